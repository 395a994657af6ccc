// What a command that warms an instance from within may be told. The document that is deployed and the check of a policy are both made
// of these, so that what a policy may say is what AWS will pass on.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html

/** Nothing that ends a quoted text or begins another parameter: no quote, backslash, brace or line's end. */
const pathCharacter = "[A-Za-z0-9/._~!$&()*+,;=:@%?#-]";
const valueCharacter = "[A-Za-z0-9 /._~!$&()*+,;=:@%?#-]";
const path = `/${pathCharacter}{0,1023}`;
/** A header's name, or `none`. */
const token = "[A-Za-z0-9_-]{1,100}";
const value = `${valueCharacter}{1,1024}`;
const header = `${token}:${value}`;

/** By name: a regular expression for the whole of the value, and what it is. */
export const parameters = {
  Protocol: { pattern: "^https?$", description: "How the target group speaks to the instance" },
  Port: { pattern: "^[1-9][0-9]{0,4}$", description: "Where it listens, on 127.0.0.1" },
  Method: { pattern: "^(GET|HEAD)$", description: "How to ask" },
  Paths: { pattern: `^${path}( ${path}){0,49}$`, description: "What to ask for, a blank between two" },
  Headers: { pattern: `^(none|${header}(\\|${header}){0,19})$`, description: "Name:value, a bar between two; or none" },
  CacheHeader: { pattern: `^${token}$`, description: "Where an answer says that a cache had it; or none" },
  Concurrency: { pattern: "^[1-9][0-9]?$", description: "Requests at a time" },
  BoundMs: { pattern: "^[1-9][0-9]{0,4}$", description: "Warm is a p95 no higher, in milliseconds" },
  Count: { pattern: "^[1-9][0-9]{0,3}$", description: "Of so many of the newest answers" },
  AnswerMs: { pattern: "^[1-9][0-9]{0,5}$", description: "An answer that takes longer is a bad one" },
  TimeoutMs: { pattern: "^[1-9][0-9]{0,5}$", description: "After so long warming has failed" },
} as const;
export type Parameter = keyof typeof parameters;

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
/** Each by itself. */
export const sendable = { path: whole(path), value: whole(value), name: whole(token) };
/** Of paths and headers together: a command's parameters travel with it. */
export const sendableCharactersMax = 4_000;
