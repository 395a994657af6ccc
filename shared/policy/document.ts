// Text → one YAML document, small and flat enough to be walked without fear.
import { type Document, isCollection, LineCounter, parseDocument, visit } from "yaml";
import type { Fault, Source } from "./place.ts";

export interface Opened {
  readonly source: Source;
  readonly faults: readonly Fault[];
}

/** A policy is some two KiB; fifty long rules fit as well. */
export const policyBytesMax = 64 * 1024;
/** A policy nests five deep. */
const depthMax = 12;
/** Aliases may multiply: twenty of them cannot multiply beyond reason. */
const aliasCountMax = 20;

/** Faults of the text itself. With `source.state` torn, what stands before the first of them can still be read. */
export function open(text: string): Opened {
  const isTooLong = Buffer.byteLength(text) > policyBytesMax;
  const lines = new LineCounter();
  const document = parseDocument(isTooLong ? "" : text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const faults = isTooLong ? [whole(0, `expected at most ${policyBytesMax} bytes`)] : faultsOf(document);
  return { source: { document, lines, state: faults.length === 0 ? "whole" : "torn" }, faults };
}

const whole = (offset: number, message: string): Fault => ({ offset, path: ".", message });

function faultsOf(document: Document.Parsed): readonly Fault[] {
  const oversize = sizeFault(document);
  if (oversize !== undefined) return [oversize];
  const { explicit, version } = document.directives.yaml;
  const directive = explicit === true && version !== "1.2" ? [whole(0, `expected YAML 1.2, found ${version}`)] : [];
  const syntax = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
    whole(pos[0], code === "MULTIPLE_DOCS" ? "expected one document, found another: one file, one fleet" : message),
  );
  return [...directive, ...syntax];
}

/** The walk ends at the first node beyond a limit, so it is itself within them. */
function sizeFault(document: Document.Parsed): Fault | undefined {
  let beyond: Fault | undefined;
  let aliasCount = 0;
  visit(document, {
    Alias: (_, { range }) => {
      aliasCount += 1;
      if (aliasCount <= aliasCountMax) return undefined;
      beyond = whole(range?.[0] ?? 0, `expected at most ${aliasCountMax} aliases`);
      return visit.BREAK;
    },
    Collection: (_, { range }, path) => {
      if (path.filter(isCollection).length < depthMax) return undefined;
      beyond = whole(range?.[0] ?? 0, `expected nesting at most ${depthMax} deep`);
      return visit.BREAK;
    },
  });
  return beyond;
}
