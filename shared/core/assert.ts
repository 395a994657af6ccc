// Broken invariants stop the tick. They are never caught, logged and passed over.

export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

/** Throws BrokenInvariant when `holds` is false. `invariant` says what ought to be true. */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new BrokenInvariant(invariant);
}

/** Marks a switch as exhaustive: the compiler refuses a union that has grown an arm. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unreachable: ${JSON.stringify(value)}`);
}
