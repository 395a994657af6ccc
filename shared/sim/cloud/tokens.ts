// Client tokens: the same request gets the first answer again, a failure too; another request under it is refused.
import { dayMs, type EpochMs, error, type Result } from "../../core/index.ts";
import { AwsError } from "./errors.ts";

/** By token, oldest first. */
export type Tokens<Answer> = Map<string, Remembered<Answer>>;
interface Remembered<Answer> {
  readonly parameters: string;
  readonly at: EpochMs;
  readonly answer: Result<Answer, AwsError>;
}

/** How long a token is known, so that they do not pile up. AWS promises less. */
const rememberedForMs = dayMs;

export interface Asked {
  readonly token: string;
  readonly parameters: unknown;
  readonly at: EpochMs;
}

export function once<Answer>(tokens: Tokens<Answer>, asked: Asked, run: () => Result<Answer, AwsError>) {
  const { token, at } = asked;
  if (token === "") return run();
  dropOld(tokens, at);
  const parameters = canonical(asked.parameters);
  const known = tokens.get(token);
  if (known === undefined) {
    const answer = run();
    tokens.set(token, { parameters, at, answer });
    return answer;
  }
  return known.parameters === parameters ? known.answer : error(mismatch(token));
}

const mismatch = (token: string): AwsError =>
  new AwsError("IdempotentParameterMismatch", `The client token '${token}' was used with other parameters.`);

function dropOld<Answer>(tokens: Tokens<Answer>, now: EpochMs): void {
  for (const [token, { at }] of tokens) {
    if (at > now - rememberedForMs) return;
    tokens.delete(token);
  }
}

/** JSON with sorted keys: two spellings of one request are one request. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
