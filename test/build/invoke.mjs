// Calls a built handler as Lambda does: `node invoke.mjs FILE EVENT` prints what it answers.
import { pathToFileURL } from "node:url";

const [file, event] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);
const context = { awsRequestId: "request-1", functionName: "built", getRemainingTimeInMillis: () => 30_000 };
const answer = await handler(JSON.parse(event), context);
console.log(`answer ${JSON.stringify(answer ?? "none")}`);
