// What an instance is known by, whichever world it lives in.

/** Its value is `<stage>/<fleet>`. */
export const fleetTag = "tidegate:fleet";
/** The launch action that asked for it: how a recovery finds what a lost answer brought. */
export const actionTag = "tidegate:action";
