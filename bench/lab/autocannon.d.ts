// What the lab uses of autocannon: its clients, driven one request at a time.
declare module "autocannon" {
  import type { EventEmitter } from "node:events";

  /** One keep-alive connection. */
  interface Client extends EventEmitter {
    rateInterval: NodeJS.Timeout;
    reqsMadeThisSecond: number;
    /** It has made the requests that its rate allows, and all of them are over. */
    paused: boolean;
    _doRequest(): void;
    setRequests(requests: readonly { readonly path: string }[]): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly overallRate: number;
    readonly duration: number;
    /** Seconds. */
    readonly timeout: number;
    readonly sampleInt: number;
    readonly requests: readonly { readonly path: string }[];
    readonly setupClient: (client: Client) => void;
  }
  interface Running extends EventEmitter {
    stop(): void;
  }
  export default function autocannon(options: Options, done: (error: Error | null) => void): Running;
}
