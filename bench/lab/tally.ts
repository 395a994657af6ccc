// What came back in one compressed minute, as the clients saw it: the message from the load's process to the lab.
import { type Histogram, recorded } from "./histogram.ts";

/** Why a request counts as failed. `cut`: the connection was closed without an answer. */
export type Failure = "status" | "cut" | "connection" | "timeout";

export interface Tally {
  readonly minute: number;
  readonly sentCount: number;
  readonly answeredCount: number;
  readonly failed: Readonly<Record<Failure, number>>;
  /** Latencies of answers by instances that had been answering for less than a compressed minute, and by all others. */
  readonly fresh: Histogram;
  readonly settled: Histogram;
}

export const noFailures: Tally["failed"] = { status: 0, cut: 0, connection: 0, timeout: 0 };

export const failedIn = ({ failed }: Pick<Tally, "failed">): number =>
  failed.status + failed.cut + failed.connection + failed.timeout;

export type Age = "fresh" | "settled";

export interface Tallying {
  sent(): void;
  answered(ms: number, age: Age): void;
  failed(why: Failure): void;
  /** Ends the minute: its tally, and the next one begins. */
  next(minute: number): Tally;
}

export function createTallying(): Tallying {
  const empty = () => ({
    sentCount: 0,
    answeredCount: 0,
    failed: { ...noFailures },
    fresh: {} as Record<number, number>,
    settled: {} as Record<number, number>,
  });
  let now = empty();
  let minuteNow = 0;
  return {
    sent: () => {
      now.sentCount += 1;
    },
    answered: (ms, age) => {
      now.answeredCount += 1;
      recorded(now[age], ms);
    },
    failed: (why) => {
      now.failed[why] += 1;
    },
    next: (minute) => {
      const done = { minute: minuteNow, ...now };
      [now, minuteNow] = [empty(), minute];
      return done;
    },
  };
}

export interface AgesGiven {
  /** How long an instance is new, from its first answer on. */
  readonly freshMs: number;
  /** Those that were there from the beginning. */
  readonly oldIds: readonly string[];
}

/** By when a request was sent: what a new instance took in its first minute counts, however late the answer came. */
export function createAges({ freshMs, oldIds }: AgesGiven): (id: string, sentAt: number, now: number) => Age {
  const since = new Map<string, number>(oldIds.map((id) => [id, Number.NEGATIVE_INFINITY]));
  return (id, sentAt, now) => {
    const first = since.get(id) ?? now;
    since.set(id, first);
    return sentAt - first < freshMs ? "fresh" : "settled";
  };
}
