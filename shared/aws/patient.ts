// How a client waits that has minutes: it slows down by itself where it is throttled.
import { secondMs } from "../core/index.ts";

export const patient = () => ({
  retryMode: "adaptive",
  maxAttempts: 10,
  requestHandler: { connectionTimeout: secondMs, requestTimeout: 10 * secondMs, throwOnRequestTimeout: true },
});
