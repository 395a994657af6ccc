// An instant in a finding.
import type { EpochMs } from "../core/index.ts";

export const minute = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
