// Lets a Node that does not yet run TypeScript by itself (before 22.18) import our sources: `node --import ./cli/typescript.mjs`.
import { register } from "node:module";

if (!process.features.typescript) {
  process.setSourceMapsEnabled(true);
  register("./transform.mjs", import.meta.url);
}
