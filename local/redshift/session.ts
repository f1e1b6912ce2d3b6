/** Sessions of the roles that a cluster reads with. */
import type { AwsCredentialIdentity } from "@aws-sdk/types";

/** What an SDK client is made from. */
export interface RoleSession {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: () => Promise<AwsCredentialIdentity>;
}

/** How a cluster reaches the rest of AWS. */
export interface Reach {
    /** Base URL of the gateway. */
    readonly endpoint: string;
    readonly region: string;
    /** Credentials of a session of the role, as the service `redshift.amazonaws.com` assumes it. */
    readonly credentialsFor: (roleArn: string) => Promise<AwsCredentialIdentity>;
}

/** A session of `roleArn`. */
export function sessionOf(
    { endpoint, region, credentialsFor }: Reach,
    roleArn: string,
): RoleSession {
    return { endpoint, region, credentials: () => credentialsFor(roleArn) };
}
