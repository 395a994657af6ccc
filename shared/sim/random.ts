// Chance for the imagined world. Every draw follows from the seed and the labels on the way to it, so a run can be told
// again: the same seed, the same bytes.
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { assert, type Ratio } from "../core/index.ts";

export interface Random {
  /** From 0, included, to 1, excluded. */
  uniform(): number;
  /** Mean 0, deviation 1. Takes two uniform draws. */
  normal(): number;
  /** The lognormal with this median and this 95th percentile, both above 0. Takes two uniform draws. */
  lognormal(p50: number, p95: number): number;
  /** True in this share of draws. */
  chance(rate: Ratio): boolean;
  /** A stream of its own. It depends on the seed and the labels only, not on what has been drawn before. */
  fork(label: string): Random;
}

/** Any finite number is a seed; neighbouring seeds give unrelated streams. */
export function createRandom(seed: number): Random {
  assert(Number.isFinite(seed), "a seed is a finite number");
  return streamAt(String(seed));
}

function streamAt(path: string): Random {
  const generator = xoroshiro128plusFromState([0, 1, 2, 3].map((word) => hashOf(`${path}#${word}`)));
  const uniform = () => uniformFloat64(generator);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    lognormal(p50, p95) {
      assert(p50 > 0 && p95 >= p50, "a lognormal needs 0 < p50 ≤ p95");
      return p50 * Math.exp((Math.log(p95 / p50) / normalP95) * normal());
    },
    chance: (rate) => uniform() < rate,
    fork: (label) => streamAt(`${path}/${label}`),
  };
}

/** The 95th percentile of the standard normal. */
const normalP95 = 1.6448536269514722;

/**
 * FNV-1a over the text's UTF-16 units, then Murmur3's finaliser, since FNV alone leaves neighbours alike.
 * http://www.isthe.com/chongo/tech/comp/fnv/ and https://github.com/aappleby/smhasher (both public domain).
 */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
