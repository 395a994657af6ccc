// SDK errors as values. A service's refusal and a call without an answer are expected; anything else is a defect and flies.
import type { Action, Outcome } from "../engine/index.ts";

/** The target group is not to be touched: it is gone, or somebody else's. */
export class GroupRefused extends Error {
  override readonly name = "TargetGroup";
}

/** How a call failed. `unanswered`: whether it took effect is not known. */
export type Failure = Refusal | { readonly kind: "unanswered"; readonly because: string };
export interface Refusal {
  readonly kind: "insufficient-capacity" | "throttled" | "denied" | "failed";
  /** AWS's word for it. */
  readonly code: string;
  /** A failure of the service's own making leaves it open whether the call took effect. */
  readonly fault: "client" | "server";
  readonly because: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const kindByCode = new Map<string, Refusal["kind"]>([
  ...(
    [
      "InsufficientInstanceCapacity",
      "InsufficientHostCapacity",
      "InsufficientReservedInstanceCapacity",
      "InsufficientFreeAddressesInSubnet",
      "InstanceLimitExceeded",
      "MaxSpotInstanceCountExceeded",
      "SpotMaxPriceTooLow",
      "UnfulfillableCapacity",
      "VcpuLimitExceeded",
    ] as const
  ).map((code) => [code, "insufficient-capacity"] as const),
  ...(
    [
      "BandwidthLimitExceeded",
      "EC2ThrottledException",
      "PriorRequestNotComplete",
      "RequestLimitExceeded",
      "RequestThrottled",
      "RequestThrottledException",
      "SlowDown",
      "ThrottledException",
      "Throttling",
      "ThrottlingException",
      "TooManyRequestsException",
    ] as const
  ).map((code) => [code, "throttled"] as const),
  ...(
    [
      "AccessDenied",
      "AccessDeniedException",
      "AuthFailure",
      "Blocked",
      "CredentialsProviderError",
      "ExpiredToken",
      "ExpiredTokenException",
      "InvalidClientTokenId",
      "MissingAuthenticationToken",
      "OperationNotPermitted",
      "OptInRequired",
      "PendingVerification",
      "RequestExpired",
      "SignatureDoesNotMatch",
      "UnauthorizedOperation",
      "UnrecognizedClientException",
    ] as const
  ).map((code) => [code, "denied"] as const),
]);

const unansweredNames = ["AbortError", "NetworkingError", "RequestTimeout", "TimeoutError"];
const unansweredCodes = [
  ...["EAI_AGAIN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"],
  ...["EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"],
];

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What a thrown error says of the call that threw it. Throws it again unless a service or the network did it. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) throw thrown;
  const { name, message, code = "", $metadata } = thrown as SdkError;
  if (thrown instanceof GroupRefused) return { kind: "failed", code: name, fault: "client", because: message };
  const because = `${name.replace(/Exception$/, "")}: ${message}`;
  if (unansweredNames.includes(name) || unansweredCodes.includes(code)) return { kind: "unanswered", because };
  const kind = kindByCode.get(name);
  if (kind) return { kind, code: name, fault: "client", because };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) throw thrown;
  return { kind: "failed", code: name, fault: status < 500 ? "client" : "server", because };
}

/** What a code inside an answer of 200 means. */
export const kindOfCode = (code: string): Refusal["kind"] => kindByCode.get(code) ?? "failed";

export function refused(action: Pick<Action, "id">, { kind, because }: Pick<Refusal, "kind" | "because">): Outcome {
  if (kind === "insufficient-capacity")
    return { kind, action: action.id, instances: [], because, attempts: [], shortSubnets: [] };
  return { kind, action: action.id, because };
}

export const done = (action: Pick<Action, "id">, ...instances: readonly string[]): Outcome => ({
  kind: "done",
  action: action.id,
  instances,
});
