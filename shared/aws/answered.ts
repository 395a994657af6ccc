// Lets a function answer an SDK client instead of AWS: no sockets, no retries, no clock. Tests and `npm start` compose an
// imagined cloud with the real World through it.
import type { InitializeMiddleware, MiddlewareStack } from "@smithy/types";

/** `command` is the command's name without "Command", `input` what it was made with. */
export type Answer = (service: string, command: string, input: unknown) => object | Promise<object>;

/** A refusal as AWS would give it. Whatever else an answer throws flies as it is. */
interface RefusedCall {
  readonly name: string;
  readonly message: string;
  readonly httpStatusCode: number;
}

/** Every command sent by `client` from now on is answered by `answer`. */
export function answerWith<Input extends object, Output extends object>(
  client: { readonly middlewareStack: Pick<MiddlewareStack<Input, Output>, "add"> },
  service: string,
  answer: Answer,
): void {
  const middleware: InitializeMiddleware<Input, Output> = (_next, context) => async (args) => {
    const command = String(context.commandName).replace(/Command$/, "");
    try {
      const output = await answer(service, command, args.input);
      return { response: {}, output: { $metadata: { httpStatusCode: 200 }, ...output } as unknown as Output };
    } catch (thrown) {
      throw isRefusedCall(thrown) ? serviceError(thrown) : thrown;
    }
  };
  client.middlewareStack.add(middleware, { step: "initialize", priority: "high", name: "answerWith", override: true });
}

const isRefusedCall = (thrown: unknown): thrown is RefusedCall =>
  thrown instanceof Error && "httpStatusCode" in thrown && typeof thrown.httpStatusCode === "number";

function serviceError({ name, message, httpStatusCode }: RefusedCall): Error {
  const $fault = httpStatusCode < 500 ? "client" : "server";
  return Object.assign(new Error(message), { name, $fault, $metadata: { httpStatusCode } });
}
