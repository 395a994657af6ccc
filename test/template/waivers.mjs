// What cfn-lint and checkov say of the packaged template and is to stay as it is. `on` is the start of `Type.LogicalId`. A waiver
// that nothing needs any more is an error, too.

export const waivers = [
  {
    check: "W3005",
    on: "AWS::Lambda::Function.",
    because: "osls writes DependsOn beside the reference to the role; the template is its, and the order the same",
  },
  {
    check: "CKV_AWS_18",
    on: "AWS::S3::Bucket.ServerlessDeploymentBucket",
    because: "it holds zips that are built from this repository; a log of who read them would need a second bucket",
  },
  {
    check: "CKV_AWS_21",
    on: "AWS::S3::Bucket.ServerlessDeploymentBucket",
    because: "every deploy writes under a name of its own, and osls keeps the last five",
  },
  {
    check: "CKV_AWS_27",
    on: "AWS::SQS::Queue.",
    because:
      "encrypted with SqsManagedSseEnabled; a KMS key would add a price to each look, which holds a fleet's name",
  },
  {
    check: "CKV_AWS_115",
    on: "AWS::Lambda::Function.",
    because:
      "reserved concurrency takes from the account's, and one that is too small delays looks when they matter most",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.DispatchLambdaFunction",
    because:
      "its failed events go to FailedLooks by an on-failure destination, which tells more than a dead-letter queue",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.EvaluateLambdaFunction",
    because: "read from SQS, where the dead-letter queue is the source queue's",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.ForecastLambdaFunction",
    because:
      "read from SQS, where the dead-letter queue is the source queue's; what the clock asked in vain goes to the same one",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.ReconcileLambdaFunction",
    because:
      "CloudFormation hears of its failures, and its own alarm tells of a day's run that failed; the next day's does the same",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.WarmLambdaFunction",
    because: "how it ended, well or not, goes to a queue by destinations, which tells more than a dead-letter queue",
  },
  {
    check: "CKV_AWS_116",
    on: "AWS::Lambda::Function.WarmingLambdaFunction",
    because: "read from SQS, where the dead-letter queue is the source queues'",
  },
  {
    check: "CKV_AWS_117",
    on: "AWS::Lambda::Function.",
    because: "it talks to AWS's public endpoints alone; in a VPC each of them would need an endpoint or a NAT gateway",
  },
  {
    check: "CKV_AWS_119",
    on: "AWS::DynamoDB::Table.Table",
    because: "encrypted with AWS's key; whoever has to hold the key sets KMSMasterKeyId and grants it to the roles",
  },
  {
    check: "CKV_AWS_158",
    on: "AWS::Logs::LogGroup.",
    because: "CloudWatch Logs encrypts every group; a key of one's own has to be granted to the service first",
  },
  {
    check: "CKV_AWS_173",
    on: "AWS::Lambda::Function.",
    because: "the environment holds names, no secrets, and is encrypted with AWS's key",
  },
];
