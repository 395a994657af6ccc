// Which addresses may be asked: an instance's own and nothing else that would answer from there. The metadata service hands out
// the credentials of whoever asks: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
import { BlockList, isIP } from "node:net";

export type Refused = readonly [net: string, prefix: number, because: string];

/** A VPC may use any other range as its private one, so that being private is for EC2 to say, who names the address. */
const refused: readonly Refused[] = [
  ["0.0.0.0", 8, "stands for no host"],
  ["127.0.0.0", 8, "is this machine itself"],
  ["169.254.0.0", 16, "is link-local, where the metadata service is"],
  ["224.0.0.0", 3, "is no single host's"],
  ["::", 128, "stands for no host"],
  ["::1", 128, "is this machine itself"],
  ["64:ff9b::", 96, "hides an IPv4 address in an IPv6 one"],
  ["fe80::", 10, "is link-local"],
  ["fd00:ec2::", 32, "is a service of AWS's own, the metadata service's among them"],
  ["ff00::", 8, "is no single host's"],
];

/** What is refused as IPv4 is refused as IPv4 in IPv6, too: Node's list sees to that. */
export const listed = ([net, prefix, because]: Refused) => {
  const list = new BlockList();
  list.addSubnet(net, prefix, net.includes(":") ? "ipv6" : "ipv4");
  return { list, because };
};
/** The mark lets a bundle leave it out that asks nobody. */
const lists = /* @__PURE__ */ refused.map(listed);

/** Why this address may not be asked, or none. A name is none either: it could mean another address each time. */
export const refusalOf = (address: string): string | "none" => refusalBy(lists, address);

export function refusalBy(refusing: readonly ReturnType<typeof listed>[], address: string): string | "none" {
  const version = isIP(address);
  if (version === 0) return `${address.slice(0, 100)} is no IP address`;
  const family = version === 4 ? "ipv4" : "ipv6";
  const found = refusing.find(({ list }) => list.check(address, family));
  return found === undefined ? "none" : `${address} ${found.because}`;
}
