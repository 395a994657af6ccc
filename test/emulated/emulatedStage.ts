// A fleet's place in an emulator: the real World over real SDK clients, a real HTTP server and a table it keeps. The contract's
// time is imagined, the emulator's is not: one middleware translates what CloudWatch is asked and answers.
import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createAwsWorld, ensureTable, putOverride, putPeak, type Table } from "../../shared/aws/index.ts";
import { fleetTag } from "../../shared/control/index.ts";
import { minuteOf, secondMs } from "../../shared/core/index.ts";
import type { Cloud, CloudOptions } from "../../shared/sim/cloud/index.ts";
import { plant as plainPlant, start } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { never } from "../support/cloudClients.ts";
import { brakeIn, type Open, type Stage } from "../support/worlds.ts";
import {
  type Account,
  accountAt,
  given,
  imageId,
  type Minute,
  publish,
  publishOwn,
  type Site,
  standUp,
} from "./account.ts";
import { noteCalls, shiftTime } from "./middleware.ts";

/** What an imagined cloud is made with and an emulator can be, too. */
const expressible: readonly (keyof CloudOptions)[] = ["traffic", "plant", "published"];

export const emulatedStage =
  ({ endpoint, reset }: { readonly endpoint: string; readonly reset: string }): Open =>
  async (changed = {}) => {
    const beyond = Object.keys(changed).find((key) => !expressible.includes(key as keyof CloudOptions));
    if (beyond) throw new Error(`no emulator can be told its ${beyond}`);
    await fetch(endpoint + reset, { method: "POST" });
    const account = accountAt(endpoint);
    const site = await standUp(account, { name: "shop-web", deregistrationDelaySeconds: 60 });
    const table: Table = { client: account.dynamodb, name: "tidegate-contract", stage: "contract" };
    await ensureTable(table);
    return stageOf({ account, site, table, changed });
  };

interface Given {
  readonly account: Account;
  readonly site: Site;
  readonly table: Table;
  readonly changed: Partial<CloudOptions>;
}

function stageOf({ account, site, table, changed }: Given): Stage {
  const { traffic = { load: () => 600, filled: () => false }, plant = plainPlant, published = [] } = changed;
  const calls: string[] = [];
  const hidden: Minute[] = [];
  let now = start;
  shiftTime(account.metrics, minuteOf(Date.now()) - start);
  noteCalls(account, calls);
  const world: Stage["world"] = (evaluator = "one", name = table.name) =>
    createAwsWorld({
      clients: account,
      table: { ...table, name },
      now: () => now,
      evaluator: () => evaluator,
      warmer: { kind: "none" },
      abortIn: never,
    });
  const tally = async (): Promise<Record<string, number>> => {
    const { instances } = await world().observe(cloudPolicy());
    const counts: Record<string, number> = {};
    for (const { state, target } of instances.kind === "seen" ? instances.instances : [])
      counts[`${state} ${target.kind}`] = (counts[`${state} ${target.kind}`] ?? 0) + 1;
    return counts;
  };
  return {
    get cloud(): Cloud {
      throw new Error("no emulator has faults or a life of its own");
    },
    world,
    owner: `${table.stage}/shop`,
    calls,
    peak: (peak) => putPeak(table, "shop", { peak, by: "ann", addedAt: 0 }),
    override: (override) => putOverride(table, "shop", override),
    brake: brakeIn(table),
    passTo: async (at) => {
      now = at;
      const due = hidden.findLastIndex((minute) => minute.at + plant.lagSeconds * secondMs <= now);
      const shown = hidden.splice(0, due + 1);
      if (shown.length > 0) await publish(account, site, shown);
      for (const minute of shown) await publishOwn(account, published, minute.at);
    },
    closeMinute: async () => {
      if (traffic.filled(now)) return;
      hidden.push({ at: now, requests: traffic.load(now), hosts: (await tally())["running healthy"] ?? 0 });
    },
    serving: (count, tags = { [fleetTag]: `${table.stage}/shop` }) => serving(account, site, { count, tags }),
    launched: () => launched(account),
    terminate: async (ids) => void (await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }))),
    tally,
  };
}

interface Asked {
  readonly count: number;
  readonly tags: Readonly<Record<string, string>>;
}

async function serving({ ec2, loadBalancer }: Account, site: Site, { count, tags }: Asked): Promise<readonly string[]> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { Instances: instances = [] } = await ec2.send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateName: site.name },
      ImageId: imageId,
      SubnetId: site.subnets[0],
      MinCount: count,
      MaxCount: count,
      ...(Tags.length > 0 ? { TagSpecifications: [{ ResourceType: "instance", Tags }] } : {}),
    }),
  );
  const ids = instances.map(({ InstanceId }) => given(InstanceId)).sort();
  const Targets = ids.map((Id) => ({ Id }));
  await ec2.send(new DescribeInstancesCommand({ InstanceIds: [...ids] }));
  await loadBalancer.send(new RegisterTargetsCommand({ TargetGroupArn: site.targetGroupArn, Targets }));
  return ids;
}

async function launched({ ec2 }: Account): Promise<readonly string[]> {
  const { Reservations: found = [] } = await ec2.send(new DescribeInstancesCommand({}));
  return found.flatMap(({ Instances: all = [] }) => all.map(({ InstanceId }) => given(InstanceId))).sort();
}
