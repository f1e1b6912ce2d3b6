/** Whose credentials the statements are sent with. */
import { setTimeout as sleep } from "node:timers/promises";
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from "@aws-sdk/client-sts";

/** A role to assume, in the names that the AWS provider of the deployment has for it. */
export interface AssumedRole {
    readonly roleArn: string;
    readonly externalId?: string;
    /** @default "loglake-migrations" */
    readonly sessionName?: string;
    readonly sourceIdentity?: string;
    /** JSON of a policy that restricts the session. */
    readonly policy?: string;
    readonly policyArns?: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
    readonly transitiveTagKeys?: readonly string[];
}

/** Keys that requests are signed with, and until when. */
export interface SessionCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: Date;
}

/** Gets credentials, anew each time; a client of the SDK asks again before they expire. */
export type CredentialProvider = () => Promise<SessionCredentials>;

/**
 * A provider that assumes `roles` one after the other, the first with the credentials of the environment (of `AWS_PROFILE`,
 * where it is set). Undefined when there are none: the environment's own will do.
 */
export function roleChain(
    region: string,
    roles: readonly AssumedRole[],
): CredentialProvider | undefined {
    return roles.reduce<CredentialProvider | undefined>(
        (before, role) => () => assume(region, role, before),
        undefined,
    );
}

async function assume(
    region: string,
    role: AssumedRole,
    credentials: CredentialProvider | undefined,
): Promise<SessionCredentials> {
    const client = new STSClient({ region, ...(credentials === undefined ? {} : { credentials }) });
    try {
        const { Credentials } = await whenKnown(() => client.send(new AssumeRoleCommand(requestOf(role))));
        const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
        return {
            accessKeyId: AccessKeyId,
            secretAccessKey: SecretAccessKey,
            sessionToken: SessionToken,
            expiration: Credentials?.Expiration ?? new Date(),
        };
    } catch (error) {
        const { message } = error as Error;
        throw new Error(`role ${role.roleArn} can't be assumed: ${message}`, { cause: error });
    } finally {
        client.destroy();
    }
}

/** A role that was made a moment ago is not known everywhere yet, and whoever is not can't be told from whoever may not. */
async function whenKnown<T>(ask: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + settleSeconds * 1000;
    for (;;) {
        try {
            return await ask();
        } catch (error) {
            if ((error as Error).name !== "AccessDenied" || Date.now() >= deadline) throw error;
        }
        await sleep(settleIntervalSeconds * 1000);
    }
}

const settleSeconds = 30;
const settleIntervalSeconds = 3;

function requestOf(role: AssumedRole): AssumeRoleCommandInput {
    return {
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName ?? "loglake-migrations",
        ExternalId: role.externalId,
        SourceIdentity: role.sourceIdentity,
        Policy: role.policy,
        PolicyArns: role.policyArns?.map((arn) => ({ arn })),
        Tags: Object.entries(role.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        TransitiveTagKeys: role.transitiveTagKeys && [...role.transitiveTagKeys],
    };
}
