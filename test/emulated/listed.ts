// What emulators get wrong. Each group: for whom, since what, what its failing tests show, and their names in the World contract.
import type { Emulator } from "./places.ts";

export interface Listed {
  readonly because: string;
  /** In the failure's message: a test that fails for another reason is not covered. */
  readonly shows: RegExp;
}
interface Group extends Listed {
  readonly at: readonly Emulator[];
  readonly tests: readonly string[];
}

const both: readonly Emulator[] = ["ministack", "moto"];

export const groups: readonly Group[] = [
  {
    at: both,
    because: "nothing goes wrong on request in an emulator",
    shows: /no emulator (has faults|can be told its (faults|newestMinute))/,
    tests: [
      "that was refused stays refused under its id; the next generation's gets through",
      "for which there is not room enough says what came, and where there was none",
      "may show its newest minute in part",
      "that has been silent for long is missing, and says for how long",
      "a launch that EC2 does not show is in flight, and is not bought again",
      "one that a stale read hides again is in flight too",
      "a stale read shows what was",
      "a launch that is throttled",
      "a launch that is denied",
      "a look whose DescribeInstances is throttled has seen nothing",
      "a look whose DescribeTargetHealth is throttled has seen nothing",
      "a look whose DescribeTargetGroups is throttled has seen nothing",
      "metrics that cannot be read are missing, because, and nothing else is",
      "a warm-up only starts; that it is done shows later",
      "a warm-up only starts; that it is failed shows later",
    ],
  },
  {
    at: both,
    because: "its instances are no web servers that could be warmed",
    shows: /this deployment has no warmer/,
    tests: ["a warm-up that cannot be had is an outcome"],
  },
  {
    at: both,
    because: "its instances are no web servers that could be warmed",
    shows: /- {5}"kind": "done",\n[\s\S]*\+ {5}"kind": "not-started",/,
    tests: ["one that is started is to be warmed anew"],
  },
  {
    at: both,
    because: "StartInstances starts what is terminated",
    shows: /- {3}"failed",\n\+ {3}"done",/,
    tests: ["one that is no longer there cannot be started, and the others can"],
  },
  {
    at: both,
    because: "CreateFleet takes no notice of its ClientToken and launches again",
    shows: /- {7}"i-\w+",\n.*\n\+ {7}"i-\w+"/,
    tests: ["asked for again under its id brings the same instances, and no more"],
  },
  {
    at: both,
    because: "CreateFleet takes no notice of its ClientToken, and so not of another request under a known one",
    shows: /IdempotentParameterMismatch[\s\S]*\+ {3}"kind": "done"/,
    tests: ["with other counts under the same id is refused, and launches nothing"],
  },
  {
    at: both,
    because: "a target is healthy the moment it is registered",
    shows: /"initial"[\s\S]*"healthy"/,
    tests: [
      "a launch boots, is registered, and serves",
      "of registrations fails for the one that does not run, and for no other",
    ],
  },
  {
    at: both,
    because: "a target that is deregistered is out at once, whatever the delay",
    shows: /Expected: "draining"\nReceived: "unregistered"/,
    tests: ["a drained target is draining for the whole delay, and then out"],
  },
  {
    at: both,
    because: "an instance runs at once, and was launched when the emulator's own clock says",
    shows: /- {7}"launchedAt": 17724\d+,[\s\S]*\+ {7}"state": "running"/,
    tests: ["tells whose an instance is, since when, and how long a target drains"],
  },
  {
    at: ["ministack"],
    because: "CreateFleet buys on demand whatever share is to be spot",
    shows: /- {3}"spot m7g.large",\n\+ {3}"on-demand m7g.large",/,
    tests: ["tells how an instance was bought, and of what type it is"],
  },
  {
    at: both,
    because: "a metric asked for without dimensions is that of all dimensions",
    shows: /- {3}"because": "no points",\n- {3}"kind": "missing",\n\+ {3}"kind": "known"/,
    tests: [
      "is known by its exact dimensions: Average",
      "is known by its exact dimensions: Sum",
      "is known by its exact dimensions: Maximum",
      "is known by its exact dimensions: SampleCount",
    ],
  },
  {
    at: ["ministack"],
    because: "the percentile between two samples is their mean, and the contract's is the lower one",
    shows: /- {5}40,\n\+ {5}41,/,
    tests: ["is known by its exact dimensions: p50"],
  },
  {
    at: ["moto"],
    because: "it knows no percentiles, and answers with a page of HTML",
    shows: /"<!doctype/,
    tests: ["is known by its exact dimensions: p50"],
  },
  {
    at: ["ministack"],
    because: "it knows no metric math",
    shows: /CloudWatch answered InternalError/,
    tests: [
      "may be math over several, known where all of them are",
      "is missing, not zero, where nobody publishes it, though hosts were counted",
    ],
  },
  {
    at: ["moto"],
    because: "of metric math it knows the name of a series and nothing else",
    shows: /Received: .*"no points"/,
    tests: ["may be math over several, known where all of them are"],
  },
  {
    at: ["ministack"],
    because: "DescribeTargetGroups answers with none where AWS says TargetGroupNotFound",
    shows: /a target group that is found has an ARN/,
    tests: ["a target group that does not exist: nothing is seen, nothing done, and the log says why"],
  },
];

export function listed(emulator: Emulator, name: string): Listed | "none" {
  return groups.find(({ at, tests }) => at.includes(emulator) && tests.includes(name)) ?? "none";
}
