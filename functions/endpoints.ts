// Stands in for the clients' endpoint rules in the bundles: where a service is asked in the region that a function runs in.
// Tested against the SDK's own rules, for every region that they know.

interface Asked {
  readonly Endpoint?: string | undefined;
  readonly Region?: string | undefined;
}

/** As the SDK wants it. */
interface Endpoint {
  readonly url: URL;
  readonly properties: Record<never, never>;
  readonly headers: Record<never, never>;
}

/** Where a host is named otherwise than the client's package. */
const hosts: Readonly<Record<string, string>> = {
  "elastic-load-balancing-v2": "elasticloadbalancing",
  cloudwatch: "monitoring",
};

/** `service` is the client's package without `client-`. */
export function endpointsOf(service: string): (asked: Asked) => Endpoint {
  return ({ Endpoint, Region = "" }) => ({
    url: new URL(Endpoint ?? `https://${hosts[service] ?? service}.${Region}.${suffixOf(Region)}`),
    properties: {},
    headers: {},
  });
}

/** By the beginning of a region's name; the ordinary one is last. */
const suffixes = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["", "amazonaws.com"],
] as const;

const suffixOf = (region: string): string => suffixes.find(([start]) => region.startsWith(start))?.[1] ?? "";
