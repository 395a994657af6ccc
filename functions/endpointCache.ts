// Stands in for @aws-sdk/endpoint-cache in the bundles. DynamoDB's client makes one, and none of its commands asks it.
export class EndpointCache {}
