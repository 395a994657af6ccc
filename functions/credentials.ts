// Stands in for @aws-sdk/credential-provider-node in the bundles. Lambda hands a role's credentials over in the
// environment; files, SSO and instance metadata would only make the bundle larger and its start slower.
import { type RoleCredentials, roleCredentials } from "./environment.ts";

export const defaultProvider = () => async (): Promise<RoleCredentials> => roleCredentials();
