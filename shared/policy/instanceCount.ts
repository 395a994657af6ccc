// How many instances a policy may speak of.
import { type Shape, wholeNumber } from "./shape.ts";

/** Beyond it neither EC2's API nor a log row has been thought through. */
export const instanceCountMax = 10_000;
export const instanceCount = (from: 0 | 1): Shape<number> => wholeNumber({ from, to: instanceCountMax });
