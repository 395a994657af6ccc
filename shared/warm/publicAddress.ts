// Which addresses a public name may lead to: none of those that no instance may have, and none of a private network.
// https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry
import { listed, type Refused, refusalBy, refusalOf } from "./address.ts";

const ofNetworks: readonly (readonly [net: string, prefix: number])[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["fc00::", 7],
  ["64:ff9b:1::", 48],
];
const refused: readonly Refused[] = [
  ...ofNetworks.map(([net, prefix]): Refused => [net, prefix, "is of a private network"]),
  ["2002::", 16, "hides an IPv4 address in an IPv6 one"],
];
const lists = /* @__PURE__ */ refused.map(listed);

/** Why nothing public is at this address, or none. */
export function publicRefusalOf(address: string): string | "none" {
  const refusal = refusalOf(address);
  return refusal === "none" ? refusalBy(lists, address) : refusal;
}
