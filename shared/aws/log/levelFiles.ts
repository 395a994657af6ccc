// Is a LevelDB folder whole? LevelDB itself drops what it cannot read of a log, and starts anew where CURRENT is gone:
// so its files are judged before it may open them.
// https://github.com/google/leveldb/blob/main/doc/log_format.md
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const blockBytes = 32_768;
const headerBytes = 7;

/** What is broken in a LevelDB folder, naming the file; none when it may be opened. Missing and empty are whole. */
export function breakIn(folder: string): string | "none" {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const stored = names.filter((name) => /^(MANIFEST-\d+|\d+\.(log|ldb|sst))$/.test(name));
  if (stored.length === 0 && !names.includes("CURRENT")) return "none";
  if (!names.includes("CURRENT")) return "CURRENT is missing";
  const current = /^(MANIFEST-\d+)\n$/.exec(readFileSync(join(folder, "CURRENT"), "utf8"));
  if (!current?.[1]) return "CURRENT names no manifest";
  if (!names.includes(current[1])) return `${current[1]} is missing`;
  const manifest = endOf(readFileSync(join(folder, current[1])));
  if (manifest !== "whole") return `${current[1]} is ${manifest}`;
  for (const log of stored.filter((name) => name.endsWith(".log")))
    if (endOf(readFileSync(join(folder, log))) === "garbled") return `${log} is garbled`;
  return "none";
}

/** How a log file ends. A killed process leaves its last record torn; only LevelDB's own log may be so. */
function endOf(log: Buffer): "whole" | "torn" | "garbled" {
  let last: LogRecord = { kind: "torn" };
  for (let at = 0; at < log.length; ) {
    const room = blockBytes - (at % blockBytes);
    if (room < headerBytes) {
      at += room;
      continue;
    }
    last = recordAt(log, at, room);
    if (last.kind !== "record") return last.kind;
    at += headerBytes + last.bytes;
  }
  return last.kind === "record" && last.part === "ends" ? "whole" : "torn";
}

type LogRecord =
  | { readonly kind: "record"; readonly bytes: number; readonly part: "ends" | "goes on" }
  | { readonly kind: "torn" | "garbled" };

/** A header is checksum (4), length (2), type (1). Full and last end what they carry, first and middle go on. */
function recordAt(log: Buffer, at: number, room: number): LogRecord {
  if (log.length - at < headerBytes) return { kind: "torn" };
  const bytes = log.readUInt16LE(at + 4);
  const type = log[at + 6] ?? 0;
  if (type < full || type > lastPart || headerBytes + bytes > room) return { kind: "garbled" };
  const end = at + headerBytes + bytes;
  if (end > log.length) return { kind: "torn" };
  if (unmasked(log.readUInt32LE(at)) !== crc32c(log.subarray(at + 6, end))) return { kind: "garbled" };
  return { kind: "record", bytes, part: type === full || type === lastPart ? "ends" : "goes on" };
}
const full = 1;
const lastPart = 4;

/** Checksums are stored rotated and shifted, lest a checksum of bytes that hold checksums be weak. */
function unmasked(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** CRC-32C (Castagnoli); zlib's is another polynomial. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});
