// What of a policy cannot be told to an instance through Systems Manager.
import { sendable, sendableCharactersMax } from "./onInstance.ts";
import { entriesOf, type Fault, fault, itemsOf, keyAt, type Place, textAt, valueAt } from "./place.ts";

interface Read {
  readonly paths?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** `at` is the map that says how to warm; `read` what of it could be read. */
export function unsendable(at: Place, { paths = [], headers = {} }: Read): readonly Fault[] {
  if (valueAt(at, "sitemap")) return [fault(keyAt(at, "sitemap"), "expected paths: by ssm no sitemap is read")];
  const faults = [
    ...itemsOf(valueAt(at, "paths") ?? at).flatMap((path) => unfit(path, sendable.path, unsentPath)),
    ...entriesOf(valueAt(at, "headers") ?? at).flatMap(({ keyAt: name, valueAt: value }) => [
      ...unfit(name, sendable.name, unsentName),
      ...unfit(value, sendable.value, unsentValue),
    ]),
    ...[valueAt(at, "cacheHeader")].flatMap((name) => (name ? unfit(name, sendable.name, unsentName) : [])),
  ];
  const characters = [...paths, ...Object.entries(headers).flat()].join(" ").length;
  if (faults.length > 0 || characters <= sendableCharactersMax) return faults;
  return [fault(at, `expected at most ${sendableCharactersMax} characters of paths and headers by ssm`)];
}

/** What is no text at all is told of elsewhere. */
function unfit(place: Place, pattern: RegExp, message: string): readonly Fault[] {
  const text = textAt(place);
  return text === undefined || pattern.test(text) ? [] : [fault(place, message)];
}
const unsentPath = "expected letters, digits and /._~!$&()*+,;=:@%?#- alone: by ssm nothing else is sent";
const unsentValue = "expected letters, digits, blanks and /._~!$&()*+,;=:@%?#- alone: by ssm nothing else is sent";
const unsentName = "expected letters, digits, - and _ alone: by ssm no other name of a header is sent";
