// The JSON Schema of a policy, for editors. It is made of the same shapes that the parser reads with.

import { policy } from "./settings.ts";
import type { JsonSchema } from "./shape.ts";

/** Draft 7, which is what the YAML language server speaks. */
export const policyJsonSchema = (): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Tidegate policy",
  description: "What one fleet is to be: one file, one fleet. `tidegate validate` checks more than a schema can say.",
  ...policy.schema,
});
