// What a command could not do and its user can mend: one line on stderr, no stack, exit 1.

export class CliError extends Error {
  override readonly name = "CliError";
}
