// The settings that ship. Every default of a policy stands here and nowhere else, spelt as one would write it.

export const defaults = {
  launch: {
    /** What EC2 calls the version that its owner has marked as the default. */
    templateVersion: "$Default",
    onDemandBase: 0,
    spotShare: "0%",
    /** Boot, warm-up and registration of an ordinary web server; replaced by measurements after the first launches. */
    leadTime: "4m",
  },
  haproxy: { slots: "s" },
  capacity: { target: "60%", limit: "80%" },
  rules: [{ forecast: { metric: "requests" } }],
  forecast: { serve: "99.9%", mode: "active", timeZone: "UTC" },
  step: { for: "1m" },
  schedule: { timeZone: "UTC" },
  /** Whoever is not sure that they come lets go when, for twenty minutes, fewer than half of them have. */
  peak: {
    ...{ timeZone: "UTC", ramp: "30m", release: "30m", sure: "certain", early: { below: "50%", after: "20m" } },
    prefetchBefore: "30m",
  },
  /** Four at a time fill a cache and leave a small instance room; twenty answers are the fewest that have a 95th percentile. */
  warm: { by: "function", timeout: "2m", of: 20, concurrency: 4, method: "GET", onFailure: "serve" },
  drain: { timeout: "2m", takeBack: true },
  /** A fleet whose metric is silent keeps what it has. */
  missing: "hold",
  /** Growing waits for nothing; shrinking wants twenty quiet minutes (docs/decisions/0008). */
  stabilization: { scaleOut: "0s", scaleIn: "20m" },
  /** A forecast knows what the next half hour needs: where nothing else reads metrics, two looks that agree are enough. */
  stabilizationByForecast: { scaleIn: "2m" },
  limits: { scaleOut: "1000%/1m", scaleIn: "100%/1m", surge: "10%" },
  renew: { templateVersion: true, balance: true, atOnce: "10%", during: [] },
  /** An image of Amazon Linux has 8 GB; three minutes install what an ordinary web server installs. */
  reserve: { hibernate: false, settle: "3m", storage: "8 GB" },
  mode: "live",
} as const;

/** What `simulate` runs when no policy is given. The plant replaces its bounds and its capacity. */
export const simulated = {
  fleet: "simulated",
  targetGroup: "simulated",
  launch: { template: "simulated" },
  bounds: { min: 2, max: 400 },
  capacity: { perInstance: 1000 },
} as const;
