// `prefetch` of a peak: pages that are fetched by their public names before its ramp, so that a CDN in front of the site has them.
import { dayMs, minuteMs } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { list, repeatedWords } from "./list.ts";
import { defaulted, object, required } from "./object.ts";
import { duration } from "./quantity.ts";
import { convert, type Shape, text } from "./shape.ts";
import type { Prefetch } from "./types.ts";

/** A name that ends in letters is no address; what only a network of one's own knows is no CDN's. */
const ownNames = String.raw`(?![^/]*\.(?:internal|local|localdomain|localhost)(?:[:/?]|$))`;
const host = String.raw`(?:[A-Za-z0-9-]{1,63}\.){1,10}(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})(?::\d{1,5})?`;
const url = text({
  expects: "a URL of http or https whose host is a public name",
  pattern: new RegExp(String.raw`^https?:\/\/${ownNames}${host}(?:[/?][\x21-\x22\x24-\x7e]{0,1023})?$`),
  examples: ["https://www.example.com/sale"],
});

/** What one Lambda fetches in a minute. */
const urlsMax = 100;

export const prefetch: Shape<Prefetch> = convert(
  object({
    fields: {
      urls: required(
        list({ item: url, noun: "URLs", min: 1, max: urlsMax, check: repeatedWords }),
        "What to fetch, once, by its public name: through the CDN.",
      ),
      before: defaulted(
        duration({ from: minuteMs, to: dayMs }),
        defaults.peak.prefetchBefore,
        "How long before the ramp begins.",
      ),
    },
  }),
  ({ urls, before }) => ({ urls, beforeMs: before }),
);
