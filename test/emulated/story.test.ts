// The whole story on somebody else's AWS: deployed by `sls`, woken over the bus, decided by the deployed Lambdas, told by the
// command line. The clock is the real one; what would take long is kept short by the policy.
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { minuteMs, minuteOf, secondMs } from "../../shared/core/index.ts";
import { tidegate } from "../cli/run.ts";
import { accountAt, environmentFor, given, publish, publishOwn, type Site, standUp } from "./account.ts";
import { put, relay } from "./bus.ts";
import { complaintsOf, lastStatusOf, type Stack, sls, stackNamed } from "./deployment.ts";
import { leftOver } from "./leftOver.ts";
import { grantMisjudged } from "./roles.ts";

const stage = "story";
const fleet = "shop";
/** The table has the same name. */
const stackName = `tidegate-${stage}`;
const account = accountAt(given(process.env.TIDEGATE_TEST_MINISTACK));

/** One instance is planned for 500 requests a minute. Draining takes no time, so that the story need not wait for it. */
const policyFor = ({ subnets }: Site): string => `
fleet: ${fleet}
targetGroup: shop-web
launch: { template: shop-web, subnets: [${subnets.join(", ")}], instanceTypes: [m7g.large, m6g.large] }
bounds: { min: 2, max: 10 }
capacity: { perInstance: 1000 requests/min, target: 50% }
drain: { timeout: 0s }
stabilization: { scaleIn: 0s }
limits: { scaleOut: 1000%/1m }
rules:
  - target: { metric: requests }
  - forecast: { metric: requests, mode: shadow }
`;

let folder: string;
let site: Site;
let stack: Stack;
const params = () => ["--stage", stage, "--param", `policies=${folder}`];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-story-"));
  site = await standUp(account, { name: "shop-web", deregistrationDelaySeconds: 0 });
  await writeFile(join(folder, "shop.yml"), policyFor(site));
});
afterAll(() => rm(folder, { recursive: true }));

/** Jest would say where from, too. */
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** The fleet's living instances, as EC2 tells them. */
async function instances(): Promise<readonly string[]> {
  const owned = { Name: "tag:tidegate:fleet", Values: [`${stage}/${fleet}`] };
  const living = { Name: "instance-state-name", Values: ["pending", "running"] };
  const { Reservations: found = [] } = await account.ec2.send(
    new DescribeInstancesCommand({ Filters: [owned, living] }),
  );
  return found.flatMap(({ Instances: all = [] }) => all.map(({ InstanceId }) => given(InstanceId))).sort();
}

async function targets(): Promise<readonly string[]> {
  const { TargetHealthDescriptions: found = [] } = await account.loadBalancer.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: site.targetGroupArn }),
  );
  return found.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").map(({ Target }) => given(Target?.Id));
}

/** Asks until it is so many, and says how long that took. */
async function until(count: number, of: () => Promise<readonly unknown[]>, withinMs = 20 * secondMs): Promise<number> {
  const since = Date.now();
  for (let seen: readonly unknown[] = []; Date.now() - since < withinMs; await wait(20)) {
    seen = await of();
    if (seen.length === count) return Date.now() - since;
  }
  throw new Error(`not ${count} within ${withinMs / secondMs} s: ${await of()}`);
}

const recorded = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../functions/events", `${name}.json`), "utf8"));
const [alarmEvent, instanceEvent] = [recorded("alarm-state-change"), recorded("instance-state-change")];
const alarm = {
  ...alarmEvent,
  detail: { ...alarmEvent.detail, alarmName: `tidegate/${stage}/${fleet}/target requests` },
};
const changed = (instance = "i-0123456789abcdef0", state = "running") => ({
  ...instanceEvent,
  detail: { "instance-id": instance, state },
});

/** EC2 tells of each instance that it runs now. Whose a new one is may not be known yet: the alarm that goes on asks again. */
async function tellOf(ids: readonly string[]): Promise<void> {
  for (const id of ids) await put(account, changed(id));
  await put(account, alarm);
}
/** The next look of a fleet on the move is a minute away. */
const nextLookMs = 90 * secondMs;

/** What reconcile has put at the deploy. */
async function alarms(): Promise<readonly MetricAlarm[]> {
  const asked = new DescribeAlarmsCommand({ AlarmNamePrefix: `tidegate/${stage}/${fleet}/` });
  return (await account.metrics.send(asked)).MetricAlarms ?? [];
}
const inAlarm = async (): Promise<readonly string[]> =>
  (await alarms()).flatMap(({ AlarmName = "", StateValue }) =>
    StateValue === "ALARM" && AlarmName === alarm.detail.alarmName ? [AlarmName] : [],
  );

const ask = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await tidegate([...args, "--stage", stage], { env: environmentFor(account) });
  if (code !== 0) throw new Error(`tidegate ${args.join(" ")} → ${code}: ${stderr}`);
  return stdout;
};
const decisions = async () =>
  (await ask("decisions", fleet, "--json"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** What comes after a chapter that failed could only fail for its sake. */
let failed = "none";
const chapter = (name: string, play: () => Promise<void>, timeoutMs = 120_000): void =>
  test(
    name,
    async () => {
      if (failed !== "none") throw new Error(`not played: ${failed} failed`);
      failed = name;
      await play().catch(async (error: Error) => {
        for (const line of await complaintsOf(account, stackName)) say(line);
        throw error;
      });
      failed = "none";
    },
    timeoutMs,
  );

describe("a website from its first deploy to its last", () => {
  chapter("sls deploy: the stack stands, and the policy of that folder is in it", async () => {
    const packaged = ["--package", join(folder, "package")];
    await sls(account, ["package", ...params(), ...packaged]);
    await grantMisjudged(join(folder, "package"));
    await sls(account, ["deploy", ...params(), ...packaged]);
    // osls makes the stack with a bucket for its zips, and then updates it.
    stack = await stackNamed(account, stackName);
    expect(stack.status).toBe("UPDATE_COMPLETE");
    expect(stack.resources.length).toBeGreaterThan(10);
    const names = ["forecast requests", "target requests"].map((rule) => `tidegate/${stage}/${fleet}/${rule}`);
    expect((await alarms()).map(({ AlarmName }) => AlarmName).sort()).toEqual(names);
    for (const event of [alarm, changed()]) await relay(account, event);
  });

  chapter("calm: the first alarm ever brings the fewest instances that the policy allows", async () => {
    const now = minuteOf(Date.now());
    const minutes = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((ago) => ({
      at: now - ago * minuteMs,
      requests: 600,
      hosts: 2,
    }));
    await publish(account, site, minutes);
    await put(account, alarm);
    const tookMs = await until(2, instances);
    say(`from the first event to CreateFleet, with Lambdas that were never run: ${tookMs} ms`);
  });

  chapter("the clock asks for forecasts: the history is read, and what little it teaches stands", async () => {
    const FunctionName = `${stackName}-forecast`;
    const Payload = Buffer.from(JSON.stringify({ kind: "forecasts" }));
    await account.functions.send(new InvokeCommand({ FunctionName, Payload }));
    const standing = async () => {
      const { code, stdout } = await tidegate(["forecast", fleet, "--json", "--stage", stage], {
        env: environmentFor(account),
      });
      return code === 0 ? [JSON.parse(stdout)] : [];
    };
    say(`from the clock to a forecast: ${await until(1, standing, nextLookMs)} ms`);
    const [told] = await standing();
    expect(told).toMatchObject({ fleet, forecast: { kind: "abstains" }, ahead: { kind: "abstains" } });
    expect(told.forecast.knownMinutes).toBeGreaterThan(5);
  });

  chapter("they run, and are registered", async () => {
    await tellOf(await instances());
    await until(2, targets, nextLookMs);
    expect([...(await targets())].sort()).toEqual(await instances());
  });

  chapter("the peak: from the event to CreateFleet in less than two seconds", async () => {
    const at = minuteOf(Date.now()) - 2 * minuteMs;
    // The emulator's alarms look at the minute that runs, and at nothing older.
    const { TargetGroup } = site.dimensions;
    const share = {
      ...{ namespace: "AWS/ApplicationELB", name: "RequestCountPerTarget", dimensions: { TargetGroup } },
      samples: () => [1_500],
    };
    await publish(account, site, [{ at, requests: 3_000, hosts: 2 }]);
    await publishOwn(account, [share], minuteOf(Date.now()));
    say(`from the metric to ALARM: ${await until(1, inAlarm)} ms`);
    await put(account, alarm);
    const tookMs = await until(6, instances);
    say(`from the event to CreateFleet: ${tookMs} ms`);
    expect(tookMs).toBeLessThan(2 * secondMs);
    await tellOf(await instances());
    await until(6, targets, nextLookMs);
  });

  chapter("the command line tells what was decided, and why", async () => {
    const rows = await decisions();
    expect(rows.at(-1)).toMatchObject({ fleet, generation: rows.length, id: `${fleet}@${rows.length}` });
    const launched = rows.filter(({ actions = [] }) => JSON.stringify(actions).includes("launch"));
    expect(launched).toHaveLength(2);
    expect(await ask("explain", launched[1].id)).toMatch(/requests wants 6: 3\s000 requests/);
    expect(JSON.parse(await ask("fleets", "--json"))).toMatchObject([{ fleet, target: 6, serving: 6 }]);
    expect(await ask("replay", fleet, "--all")).toContain("same");
  });

  chapter("traffic falls: what is not needed is drained, and terminated", async () => {
    const now = minuteOf(Date.now());
    await publish(
      account,
      site,
      [1, 0].map((ago) => ({ at: now - ago * minuteMs, requests: 600, hosts: 6 })),
    );
    // The minute before this one is complete by then.
    await wait(now + minuteMs - Date.now());
    for (let looks = 0; looks < 10 && (await instances()).length > 2; looks++) {
      await put(account, alarm);
      await wait(2 * secondMs);
    }
    expect(await instances()).toHaveLength(2);
    expect([...(await targets())].sort()).toEqual(await instances());
  });

  chapter("sls remove: nothing stays but the table, which is the log", async () => {
    await sls(account, ["remove", ...params()]);
    const kept = [...(await lastStatusOf(account, stack.id))].filter(([, status]) => status !== "DELETE_COMPLETE");
    expect(kept).toEqual([["Table", "DELETE_SKIPPED"]]);
    expect(await leftOver(account, stackName)).toEqual([]);
    const { TableNames: tables } = await account.dynamodb.send(new ListTablesCommand({}));
    expect(tables).toContain(stackName);
    expect((await decisions()).length).toBeGreaterThan(3);
  });
});
