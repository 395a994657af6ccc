// A configuration that the adapter can drive: one frontend, one backend of empty slots, and a socket.
import type { DurationMs } from "../core/index.ts";

export interface HaproxyGiven {
  readonly socketPath: string;
  /** Where the runtime API is beside the socket, on loopback. */
  readonly runtimePort: number | "none";
  readonly bind: { readonly host: string; readonly port: number };
  readonly backend: string;
  readonly slotCount: number;
  /** Requests that are with one server at once; more wait in HAProxy, where nothing is lost with a server. As many idle connections are kept. */
  readonly inFlightMax: number;
  readonly check: { readonly path: string; readonly everyMs: DurationMs };
}

/**
 * `retries` and `redispatch` are for connections that could not be made: nothing of the request was sent. What is cut after that is
 * answered with an error or hung up on, not tried again: nobody but the client knows whether it may be.
 * `observe layer4`: a dead server has the fewest connections, and would be given every request until its next check. Three connections
 * that could not be made take it out at once.
 * `pool-max-conn`: a process that dies is given one more request over each idle connection whose end HAProxy has not read yet.
 * The servers have to keep idle connections open for longer than HAProxy does (5 s, `pool-purge-delay`).
 */
export const configOf = ({
  socketPath,
  runtimePort,
  bind,
  backend,
  slotCount,
  inFlightMax,
  check,
}: HaproxyGiven): string => `global
  stats socket ${socketPath} mode 600 level admin
${runtimePort === "none" ? "" : `  stats socket ipv4@127.0.0.1:${runtimePort} level admin\n`}  nbthread 1
  maxconn 4096

defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 20s
  timeout queue 20s
  timeout check 1s
  timeout http-keep-alive 60s
  retries 3
  option redispatch 1
  retry-on conn-failure

frontend site
  bind ${bind.host}:${bind.port}
  default_backend ${backend}

backend ${backend}
  balance leastconn
  option httpchk GET ${check.path}
  http-reuse safe
  default-server inter ${check.everyMs}ms fall 2 rise 2 maxconn ${inFlightMax} pool-max-conn ${inFlightMax} observe layer4 error-limit 3 on-error mark-down
  server-template s 1-${slotCount} 127.0.0.1:9 check disabled
`;
