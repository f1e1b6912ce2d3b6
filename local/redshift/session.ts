/** Sessions of the roles that a cluster reads with. */
import type { AwsCredentialIdentity } from "@aws-sdk/types";

/** How a cluster reaches the rest of AWS. */
export interface Reach {
    /** Base URL of the gateway. */
    readonly endpoint: string;
    readonly region: string;
    /**
     * Credentials of a session of the role, as the service `redshift.amazonaws.com` assumes it: with the ARN of the
     * database user that asks as the external id
     * (https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-database-users.html).
     */
    readonly credentialsFor: (
        roleArn: string,
        externalId: string,
    ) => Promise<AwsCredentialIdentity>;
}

/** What an SDK client is made from. */
export interface RoleSession {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: () => Promise<AwsCredentialIdentity>;
}

/** A session of `roleArn` for a user of the cluster. */
export function sessionOf(
    { endpoint, region, credentialsFor }: Reach,
    roleArn: string,
    cluster: string,
    user: string,
): RoleSession {
    const [, partition = "", , , account = ""] = roleArn.split(":");
    const externalId = `arn:${partition}:redshift:${region}:${account}:dbuser:${cluster}/${user}`;
    return { endpoint, region, credentials: () => credentialsFor(roleArn, externalId) };
}
