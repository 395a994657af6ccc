// The function that speaks to HAProxy. HAProxy itself is reached from nowhere else.
import type { HaproxyBackend } from "../../../policy/index.ts";
import type { Deployment } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import { deploy, isMissing } from "./deployment.ts";

const haproxy = about("HAProxy");

export function checkHaproxyFunction(stage: string, { looks, wanted }: Deployment): readonly Finding[] {
  const read = wanted.get("haproxy");
  if (read === undefined) return [];
  const name = `tidegate-${stage}-haproxy`;
  const toDo = `${deploy(stage)} --param haproxySubnets=… --param haproxySecurityGroups=…`;
  if (isMissing(looks.queue)) return [haproxy.note(`HAProxy takes a function in the VPC: ${toDo}`)];
  if (isMissing(read))
    return [haproxy.problem(`no function ${name}: no fleet behind HAProxy is seen, nor changed`, toDo)];
  return haproxy.judged(`function ${name}`, read, ({ vpc }) =>
    vpc.kind === "one"
      ? [haproxy.fine(`function ${name} is there, in ${vpc.id}`)]
      : [haproxy.problem(`function ${name} is in no VPC: it reaches no HAProxy`, toDo)],
  );
}

/** Only a look tells whether it answers, and has the backend and free slots. */
export const unreachedHaproxy = (stage: string, { backend, nodes }: HaproxyBackend): Finding =>
  haproxy.note(
    `backend ${backend} at ${listed(nodes.map(({ host, port }) => `${host}:${port}`))} is not asked, since only tidegate-${stage}-haproxy reaches it: a look tells what is wrong with it`,
  );
