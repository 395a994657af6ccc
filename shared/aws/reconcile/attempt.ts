// A call whose refusal is told, and holds up nothing else.
import { error, ok, type Result } from "../../core/index.ts";
import { failureOf } from "../outcomes.ts";

/** The error is a sentence. Throws what neither a service nor the network has done. */
export async function attempt<T>(run: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await run());
  } catch (thrown) {
    return error(failureOf(thrown).because);
  }
}
