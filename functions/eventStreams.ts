// Stands in for @smithy/core/event-streams in the bundles. Lambda's client is set up with it; no answer that we ask for is a stream.
export const eventStreamSerdeProvider = (): Readonly<Record<string, never>> => ({});
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
