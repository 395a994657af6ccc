// dynalite 4 ships no types. Only what is used of it.
declare module "dynalite" {
  import type { Server } from "node:http";

  export default function dynalite(options: {
    readonly path?: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
  }): Server;
}

declare module "dynalite/db/index.js" {
  const stores: {
    /** Opens by itself; `db.open()` waits for it and throws what went wrong. Without a path it is in memory. */
    create(options: { readonly path: string }): {
      readonly db: {
        open(): Promise<void>;
        close(): Promise<void>;
        iterator(): AsyncIterable<readonly [string, unknown]>;
      };
    };
  };
  export default stores;
}
