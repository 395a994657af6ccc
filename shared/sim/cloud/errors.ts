// AWS's refusals, by the names that the SDK's exceptions carry.

export class AwsError extends Error {
  override readonly name: string;
  readonly httpStatusCode: number;
  constructor(name: string, message: string, httpStatusCode = 400) {
    super(message);
    this.name = name;
    this.httpStatusCode = httpStatusCode;
  }
}

export const instanceNotFound = (id: string): AwsError =>
  new AwsError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);

/** EC2 counts missing capacity among its own failures: 500. */
export const noCapacity = (): AwsError =>
  new AwsError("InsufficientInstanceCapacity", "There is no capacity for the requested instances in any pool.", 500);
