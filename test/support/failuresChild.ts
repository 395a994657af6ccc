// Prints what broken connections come out as. In a process of its own: jest's realm has another Error than Node's sockets
// throw, and the SDK wraps whatever is not an Error.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { failureOf } from "../../shared/aws/outcomes.ts";
import { wiredClients } from "./cloudClients.ts";

const hangingUp = createServer((request) => request.socket.destroy());
await new Promise<void>((resolve) => hangingUp.listen(0, "127.0.0.1", resolve));
const endpoints = {
  "hung up": `http://127.0.0.1:${(hangingUp.address() as AddressInfo).port}`,
  "nobody listens": "http://127.0.0.1:1",
  "no such host": "http://nowhere.invalid",
};
for (const [name, endpoint] of Object.entries(endpoints)) {
  const sent = wiredClients(endpoint).ec2.send(new DescribeInstancesCommand());
  const thrown = await sent.then(
    () => new Error("it was answered"),
    (error: unknown) => error,
  );
  console.log(`${name}: ${failureOf(thrown).kind}`);
}
hangingUp.close();
