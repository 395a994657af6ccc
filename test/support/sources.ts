// The project's own sources, parsed: what each file imports, what it uses of its surroundings, and how long it is.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Like `Date.now`, `new Date()`, `process.env`, `async`: what a pure function does without. */
  readonly uses: readonly string[];
  readonly lineCount: number;
  readonly longestFunction: number;
}
export interface Import {
  /** A path from the root where it was relative, else the package or `node:` name as it stands. */
  readonly from: string;
  /** `type` vanishes when the file is compiled. */
  readonly kind: "type" | "value";
}

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Every source file of the folders that exist, parsed. */
export const sourcesOf = (...folders: readonly string[]): readonly SourceFile[] =>
  folders.flatMap(filesIn).map((path) => parsed(path, readFileSync(join(root, path), "utf8")));

function filesIn(folder: string): readonly string[] {
  if (!readdirSync(root).includes(folder.split("/")[0] ?? "")) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => [".ts", ".tsx", ".mjs", ".cjs"].includes(extname(name)) && !name.endsWith(".d.ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .sort();
}

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [field: string]: unknown;
}

/** `text` as the file at `path` would be. */
export function parsed(path: string, text: string): SourceFile {
  // The parser counts bytes from the first token; a token of ours in front makes that the beginning of the file.
  const marked = `0;${text.replace(/^#!/, "//")}`;
  const source = parseSync(marked, { syntax: "typescript", tsx: path.endsWith("x"), target: "es2022" });
  const bytes = Buffer.from(marked);
  const nodes = [...walk(source as unknown as Node)];
  const linesOf = ({ span }: Node): number =>
    span
      ? bytes
          .subarray(span.start - source.span.start, span.end - source.span.start)
          .toString()
          .split("\n").length
      : 0;
  return {
    path,
    imports: nodes.flatMap(importOf).map(({ from, kind }) => ({ from: fromRoot(path, from), kind })),
    uses: nodes.flatMap(useOf),
    lineCount: text.trimEnd().split("\n").length,
    longestFunction: Math.max(0, ...nodes.filter(isFunction).map(linesOf)),
  };
}

function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* walk(one);
  else if (typeof value === "object" && value !== null) {
    if ("type" in value) yield value as Node;
    for (const inner of Object.values(value)) yield* walk(inner);
  }
}

const isFunction = ({ type }: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|MethodProperty)$/.test(type ?? "");

function importOf(node: Node): readonly Import[] {
  const source = (node.source as Node | null)?.value;
  if (typeof source === "string" && /^(Import|Export\w+)Declaration$/.test(node.type ?? ""))
    return [{ from: source, kind: node.typeOnly === true ? "type" : "value" }];
  if (node.type === "TsImportType") return [{ from: String((node.argument as Node).value), kind: "type" }];
  if (node.type !== "CallExpression" || !isImportCall(node.callee as Node)) return [];
  const [first] = node.arguments as readonly { readonly expression: Node }[];
  return typeof first?.expression.value === "string" ? [{ from: first.expression.value, kind: "value" }] : [];
}

const isImportCall = (callee: Node): boolean =>
  callee.type === "Import" || (callee.type === "Identifier" && callee.value === "require");

const fromRoot = (path: string, from: string): string =>
  from.startsWith(".") ? normalize(join(dirname(path), from)).replaceAll("\\", "/") : from;

function useOf(node: Node): readonly string[] {
  if (node.type === "NewExpression" && nameOf(node.callee) === "Date" && (node.arguments as unknown[]).length === 0)
    return ["new Date()"];
  if (node.type === "VariableDeclarator" && nameOf(node.init) === "process") return ["process.env"];
  if (node.type === "MemberExpression") return [`${nameOf(node.object)}.${nameOf(node.property)}`];
  if (node.type === "AwaitExpression") return ["await"];
  if (isFunction(node) && node.async === true) return ["async"];
  return [];
}

const nameOf = (node: unknown): string => {
  const { type, value } = (node ?? {}) as Node;
  return type === "Identifier" ? String(value) : "";
};
