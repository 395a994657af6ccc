// The instance types: known to the region, and offered in the zones of the subnets.
import type { Offer } from "../facts.ts";
import { about, type Finding, listed } from "../finding.ts";
import type { Launching } from "./examined.ts";

const types = about("instance types");

export function checkInstanceTypes({ facts: { instanceTypes, subnets, template } }: Launching): readonly Finding[] {
  const { names, found, offers } = instanceTypes;
  if (names.length === 0) {
    if (template.kind === "error") return [];
    if (template.value.instanceType.kind === "by-requirements")
      return [types.warning("the template asks for attributes: vCPU quotas cannot be checked", listTypes)];
    return [types.problem("neither the policy nor the template names an instance type", listTypes)];
  }
  return types.judged("the instance types", found, (known) => {
    const strange = names.filter((name) => !known.some((type) => type.name === name));
    const said = `no ${listed(strange)} in this region`;
    if (strange.length > 0) return [types.problem(said, "correct `launch.instanceTypes`, or the template's")];
    const zones = subnets.found.kind === "ok" ? [...new Set(subnets.found.value.map(({ zone }) => zone))].sort() : [];
    return zones.length === 0
      ? []
      : types.judged("where they are offered", offers, (o) => checkOffers(names, zones, o));
  });
}

const listTypes = "list `launch.instanceTypes` in the policy";

function checkOffers(names: readonly string[], zones: readonly string[], offers: readonly Offer[]): readonly Finding[] {
  const offered = (name: string, at: string): boolean => offers.some(({ type, zone }) => type === name && zone === at);
  const elsewhere = "take types that every zone offers, or other subnets";
  const bare = zones.filter((zone) => !names.some((name) => offered(name, zone)));
  if (bare.length > 0) {
    const found = `no ${names.join(" or ")} in ${listed(bare)}`;
    return [bare.length === zones.length ? types.problem(found, elsewhere) : types.warning(found, elsewhere)];
  }
  const rare = names.flatMap((name) => {
    const lacking = zones.filter((zone) => !offered(name, zone));
    return lacking.length > 0 ? [types.warning(`${name} is not offered in ${listed(lacking)}`, elsewhere)] : [];
  });
  return rare.length > 0 ? rare : [types.fine(`every zone offers ${listed(names)}: ${listed(zones)}`)];
}
