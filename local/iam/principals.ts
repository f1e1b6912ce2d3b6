/** Who asks: read off the access key that signed the request. */
import type { Identities } from "../gateway/identities";
import { deployer } from "../gateway/identities";

/** A caller. */
export interface Principal {
    readonly kind: "administrator" | "role" | "service";
    /** As error messages name it: an assumed role's with its session. */
    readonly arn: string;
    /** `aws:PrincipalArn`: the role's own ARN. */
    readonly principalArn: string;
    readonly accountId: string;
    /** Name of a service that acts for itself, such as `glue.amazonaws.com`; `""` otherwise. */
    readonly service: string;
    readonly secretAccessKey: string;
    /** Of a session. */
    readonly sessionToken?: string;
    /** End of a session, in milliseconds since 1970. @default none */
    readonly expiresAt?: number;
}

/** Name of the user that deploys. */
const deployerName = "deployer";

/** Whom an access key belongs to; undefined where it is nobody's. */
export function principalOf(
    accessKeyId: string | undefined,
    identities: Identities,
    accountId: string,
): Principal | undefined {
    if (accessKeyId === undefined) return undefined;
    const account = { accountId, service: "" };
    if (accessKeyId === deployer.accessKeyId) {
        const arn = deployerArn(accountId);
        const { secretAccessKey } = deployer;
        return { ...account, kind: "administrator", arn, principalArn: arn, secretAccessKey };
    }
    const service = identities.serviceOf(accessKeyId);
    if (service !== undefined) {
        const { secretAccessKey } = identities.ofService(service);
        return {
            ...account,
            kind: "service",
            arn: service,
            principalArn: service,
            service,
            secretAccessKey,
        };
    }
    const session = identities.of(accessKeyId);
    if (session === undefined) return undefined;
    const { roleArn, sessionName, secretAccessKey, sessionToken, expiresAt } = session;
    const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    return {
        ...account,
        kind: "role",
        arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
        principalArn: roleArn,
        secretAccessKey,
        sessionToken,
        expiresAt,
    };
}

/** The user that deploys: the one administrator. */
export const deployerArn = (accountId: string): string =>
    `arn:aws:iam::${accountId}:user/${deployerName}`;
