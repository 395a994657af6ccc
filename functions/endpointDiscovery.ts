// Stands in for @aws-sdk/middleware-endpoint-discovery in the bundles. DynamoDB's client is set up with it, and none of its commands asks it.
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
};
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;
