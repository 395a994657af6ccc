// The input is wrong, or the answer is no: one clear message for the user, exit 1, no stack.

export class CliError extends Error {
  override readonly name = "CliError";
}
