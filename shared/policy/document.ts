// Text → one YAML document, small and flat enough to be walked without fear.
import { Document, isCollection, isMap, type Node, parseDocument, visit } from "yaml";
import { type Fault, lineStartsOf, type Source } from "./place.ts";

export interface Opened {
  readonly source: Source;
  /** Of the text itself. */
  readonly faults: readonly Fault[];
  /** Behind this offset the tree is a guess, and complaints about it would be noise. */
  readonly readableTo: number;
}

/** A policy is some two KiB; fifty long rules fit as well. */
export const policyBytesMax = 64 * 1024;
/** A policy nests five deep. */
const depthMax = 12;
/** The widest map of a policy has thirteen keys; it bounds the search for duplicates and suggestions. */
const keyCountMax = 100;
/** A text that is torn more often than this is no YAML, and would only fill the screen. */
const syntaxFaultCountMax = 100;
/** Aliases may multiply: twenty of them cannot multiply beyond reason. */
const aliasCountMax = 20;

export function open(text: string): Opened {
  if (Buffer.byteLength(text) > policyBytesMax)
    return refused(whole(0, `expected at most ${policyBytesMax} bytes`), [0]);
  const content = text.replace(/^\ufeff/, "");
  const document = parseDocument(content, { uniqueKeys: false, prettyErrors: false });
  const lineStarts = lineStartsOf(content);
  const oversize = sizeFault(document);
  if (oversize !== undefined) return refused(oversize, lineStarts);
  const faults = syntaxFaults(document);
  const readableTo = Math.min(content.length + 1, ...faults.map(({ offset }) => offset));
  return { source: { document, lineStarts, state: faults.length === 0 ? "whole" : "torn" }, faults, readableTo };
}

/** Nothing of it is read. */
const refused = (fault: Fault, lineStarts: readonly number[]): Opened => ({
  source: { document: new Document(), lineStarts, state: "torn" },
  faults: [fault],
  readableTo: 0,
});

const whole = (offset: number, message: string): Fault => ({ offset, path: ".", message });

function syntaxFaults(document: Document.Parsed): readonly Fault[] {
  const { explicit, version } = document.directives.yaml;
  const directive = explicit === true && version !== "1.2" ? [whole(0, `expected YAML 1.2, found ${version}`)] : [];
  const syntax = [...document.errors, ...document.warnings]
    .slice(0, syntaxFaultCountMax)
    .map(({ code, message, pos }) =>
      whole(pos[0], code === "MULTIPLE_DOCS" ? "expected one document, found another: one file, one fleet" : message),
    );
  return [...directive, ...syntax];
}

/** The walk ends at the first node beyond a limit, so it is itself within them. */
function sizeFault(document: Document.Parsed): Fault | undefined {
  let beyond: Fault | undefined;
  let aliasCount = 0;
  const endAt = (node: Node, message: string) => {
    beyond = whole(node.range?.[0] ?? 0, message);
    return visit.BREAK;
  };
  visit(document, {
    Alias: (_, node) => {
      aliasCount += 1;
      return aliasCount > aliasCountMax ? endAt(node, `expected at most ${aliasCountMax} aliases`) : undefined;
    },
    Collection: (_, node, path) => {
      const depth = path.filter(isCollection).length + 1;
      if (depth > depthMax) return endAt(node, `expected nesting at most ${depthMax} deep`);
      const isTooWide = isMap(node) && node.items.length > keyCountMax;
      return isTooWide ? endAt(node, `expected at most ${keyCountMax} keys in a map`) : undefined;
    },
  });
  return beyond;
}
