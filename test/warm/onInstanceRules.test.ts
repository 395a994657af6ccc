// The script that warms an instance from within says what shared/warm says, call by call; and no value gets out of its quotes.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { WarmVerdict } from "../../shared/engine/index.ts";
import { type Parameter, parameters } from "../../shared/policy/index.ts";
import { type Answer, answerOf, type Exchange } from "../../shared/warm/answer.ts";
import { parametersFor, usualLimits } from "../../shared/warm/index.ts";
import { type Aim, begun, noted, resultOf, taken, verdictOn } from "../../shared/warm/progress.ts";
import { followed, siteOf } from "../../shared/warm/redirect.ts";
import { jobFor, ofPaths, serve } from "./instance.ts";
import { type Driver, drive, limitLine, limitNames, run, script, written } from "./rendered.ts";

const job = jobFor(8080, { headers: { Host: "www.Example.com:80" }, cacheHeader: "x-cache" });
let python: Driver;
beforeAll(() => {
  python = drive(job);
});
afterAll(() => python.end());

type Event =
  | { readonly kind: "take" }
  | {
      readonly kind: "answer";
      readonly turn: number;
      readonly answer: Answer;
      readonly clock: "time-left" | "time-up";
    };
interface Sequence {
  readonly paths: readonly string[];
  readonly aim: Aim;
  readonly events: readonly Event[];
}

/** Whose turn it was, and what each answer led to; answers come in any order, as those of several who ask at once. */
function judged({ paths, aim, events }: Sequence): unknown {
  let progress = begun(paths);
  const turns: string[] = [];
  const told: string[] = [];
  for (const event of events) {
    if (event.kind === "take") {
      const turn = taken(progress);
      progress = turn.progress;
      turns.push(turn.path);
      told.push(turn.path);
      continue;
    }
    progress = noted(progress, { path: turns[event.turn % turns.length] ?? "", answer: event.answer }, aim);
    told.push(verdictOn(progress, aim, event.clock));
    if (told.at(-1) !== "go-on") break;
  }
  return [told, resultOf(progress, told.at(-1) as WarmVerdict, 0.5)];
}
const judgedByPython = ({ paths, aim: { untilP95Ms, untilCount, requestsMax }, events }: Sequence): Promise<unknown> =>
  python.call("judged", paths, [untilP95Ms, untilCount, requestsMax], events);

const path = fc.constantFrom("/", "/a", "/b", "/c?d=e", `/${"long".repeat(80)}`);
const failure = fc
  .tuple(
    fc.constantFrom("bad", "bad", "useless", "not-listening"),
    fc.constantFrom("answered 500", "broke off (EPIPE)"),
  )
  .map(([kind, because]) => ({ kind, because }) as Answer);
const take = fc.constant<Event>({ kind: "take" });

/** All about as quick as `usualMs`, some by a hair less than a bound; others quicker all the time. */
const answerOfAbout = (usualMs: number): fc.Arbitrary<Answer> => {
  const ms = fc.oneof(
    fc.constantFrom(usualMs, usualMs * 0.95, usualMs - 0.5),
    fc.double({ min: usualMs * 0.8, max: usualMs, noNaN: true }),
  );
  const good = fc.record({
    kind: fc.constant("good" as const),
    ms,
    cache: fc.constantFrom("hit" as const, "other" as const, "untold" as const),
  });
  return fc.oneof({ weight: 40, arbitrary: good }, { weight: 2, arbitrary: failure });
};
const clock = fc.nat(150).map((at) => (at === 150 ? ("time-up" as const) : ("time-left" as const)));
const eventsOf = (answer: fc.Arbitrary<Answer>, length: number): fc.Arbitrary<readonly Event[]> => {
  const one = fc.record({ kind: fc.constant("answer" as const), turn: fc.nat(200), answer, clock });
  return fc.array(fc.oneof(take, { weight: 2, arbitrary: one }), { minLength: length, maxLength: length });
};
const events = fc
  .tuple(fc.constantFrom(10, 100, 101, 400), fc.constantFrom(10, 80, 400), fc.nat(80))
  .chain(([coldMs, warmMs, length]) =>
    fc.tuple(eventsOf(answerOfAbout(coldMs), length), eventsOf(answerOfAbout(warmMs), 120)),
  )
  .map(([cold, warm]): readonly Event[] => [{ kind: "take" }, ...cold, ...warm]);
const sequence: fc.Arbitrary<Sequence> = fc.record({
  paths: fc.array(path, { minLength: 1, maxLength: 8 }),
  aim: fc.record({
    untilP95Ms: fc.constantFrom(1, 80, 100, 300),
    untilCount: fc.integer({ min: 5, max: 25 }),
    requestsMax: fc.integer({ min: 30, max: 200 }),
  }),
  events,
});

describe("the script says what the Lambda says", () => {
  test("after each of hundreds of answers, and in the end", async () => {
    const ends = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(sequence, async (given) => {
        const [told, result] = (await judgedByPython(given)) as [string[], unknown];
        ends.add(told.at(-1));
        expect([told, result]).toEqual(judged(given));
      }),
      { numRuns: 600 },
    );
    const verdicts = ["under-bound", "stopped-falling", "time-up", "requests-spent", "no-paths"];
    expect([...ends]).toEqual(expect.arrayContaining(verdicts));
  });

  test("but cuts a trouble of more than 400 characters", async () => {
    const bad: Answer = { kind: "bad", because: "x".repeat(500) };
    const events: Event[] = [{ kind: "take" }, { kind: "answer", turn: 0, answer: bad, clock: "time-up" }];
    const aim = { untilP95Ms: 100, untilCount: 5, requestsMax: 10 };
    const answer = await judgedByPython({ paths: ["/"], aim, events });
    expect(answer).toMatchObject([["/", "time-up"], { trouble: `/ ${"x".repeat(398)}` }]);
  });

  const statuses = [200, 204, 304, 399, 400, 404, 408, 425, 429, 499, 500, 503, 599];
  const headers = ["HIT", "Hit from cloudfront", "cdn; hit", "a, hit", "MISS", "hits", "white", "_hit", "éhit", ""];
  const answered = (status: number, body: "ended" | "left-off", header?: string): Exchange => ({
    ...{ kind: "answered", status, body, headers: header === undefined ? {} : { "x-cache": header } },
  });
  test.each<Exchange>([
    ...statuses.flatMap((status) => [answered(status, "ended"), answered(status, "left-off")]),
    ...headers.map((header) => answered(200, "ended", header)),
    { kind: "broken", because: "a" },
    { kind: "astray", because: "b" },
    { kind: "not-listening", because: "c" },
  ])("of %j", async (exchange) => {
    const cache = exchange.kind === "answered" ? (exchange.headers["x-cache"] ?? null) : null;
    const answer = answerOf(exchange, { ms: 12.5, cacheHeader: "x-cache" });
    expect(await python.call("answer_of", { ...exchange, cache }, 12.5)).toEqual(answer);
  });

  test.each([
    ...["/x", "/x?y=z#f", "x;y?z", "?q", "", "#f", ".", "../../..", "/a/../b/./c", "//www.example.com/x", "/a%zz%20b"],
    ...[
      "http://www.example.com",
      "http://WWW.EXAMPLE.COM:80/x",
      "http://u:p@www.example.com/a/../b",
      "http:/x",
      "http:x",
    ],
    ...[
      "http://www.example.com?x",
      " \thttp://www.exam\nple.com/x\r\n",
      '/a b"<>`{}^|\u00e9\u0001',
      "/?a b\"<>^|\u00e9'",
      "/?",
    ],
    ...["http://www.example.com//evil.example/x", "http://www.example.com:81/", "https://www.example.com/"],
    ...[
      "http://evil.example/",
      "//evil.example",
      "///evil.example/",
      "/\\evil.example/x",
      "\\\\evil.example",
      "http:\\\\e",
    ],
    ...[
      "http://169.254.169.254/latest",
      "http://evil.example:99/?x#y",
      `http://${"e".repeat(300)}.example/`,
      "mailto:a@b",
    ],
    ...["http://[", "http://a b/", "http://www.example.com:99999/", "http://www.example.com:x/", "javascript:a()"],
    ...[
      "http://www.example.com@evil.example/",
      "http://www.example.com.evil.example/",
      "http://evil.example?www.example.com",
    ],
  ])("of a redirect to %j", async (location) => {
    for (const from of ["/p/q?z", "/", "//other.example/x"]) {
      const next = followed(location, from, siteOf(job.target, job.warm.headers));
      const expected = next.kind === "ok" ? [next.value, "none"] : ["none", next.error];
      expect([from, await python.call("followed", location, from)]).toEqual([from, expected]);
    }
  });

  test.each(Object.keys(limitNames) as (keyof typeof limitNames)[])("and has the same %s", (name) => {
    expect(script).toContain(`\n${limitLine(name, usualLimits)}`);
  });
});

describe("what is written into the script stays within its quotes", () => {
  test("each parameter has one place, between quotes, and nothing else looks like one", () => {
    for (const name of Object.keys(parameters)) expect(script.split(`r'{{ ${name} }}'`)).toHaveLength(2);
    expect(script.split("{{")).toHaveLength(Object.keys(parameters).length + 1);
    expect(script).not.toContain("${");
    expect(script).not.toMatch(/^TIDEGATE$/m);
    expect(script).toMatch(/^[\n\x20-\x7e]*$/);
  });

  const names = Object.keys(parameters) as Parameter[];
  const patternOf = (name: Parameter): RegExp => new RegExp(parameters[name].pattern);

  test.each(names)("%s: whatever its pattern allows means itself", async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(patternOf(name), { size: "small" }), async (value) => {
        expect(await python.call("quoted", value)).toEqual({ value });
      }),
      { numRuns: 100 },
    );
  });

  const morsels = ["'", '"', "\\", "\n", "\r", "\u2028", "\0", "{{", "}}", "{{ Port }}", "\nTIDEGATE\n", "`", "\u00e9"];
  const wrappings = ["'+$(id)+'", "';import os;'", "''' + r'''"];
  const [valid] = [parametersFor(job)];
  test.each(names)("%s: whatever could get out is not allowed anywhere in it", (name) => {
    const [value] = valid[name];
    fc.assert(
      fc.property(fc.constantFrom(...morsels, ...wrappings), fc.nat(value.length), (morsel, at) => {
        expect(`${value.slice(0, at)}${morsel}${value.slice(at)}`).not.toMatch(patternOf(name));
      }),
    );
  });

  test.each(names)(
    "%s: a line's end, which some take for the end of a text, leaves nothing that runs",
    async (name) => {
      expect(await python.call("quoted", `${valid[name][0]}\n`)).toEqual({ refused: "SyntaxError" });
    },
  );

  test("nothing is asked then, and nothing said", async () => {
    const served = await serve((_, response) => void response.end());
    const values = { ...parametersFor(jobFor(served.port, ofPaths("/"))), Paths: ["/\n"] as const };
    expect(await run(written(values))).toMatchObject({ exitCode: 1, stdout: "" });
    await served.close();
    expect(served.asked).toEqual([]);
  });
});

test("Python 3.6 can read it", async () => {
  expect(await python.call("oldest", script)).toBe("read");
});
