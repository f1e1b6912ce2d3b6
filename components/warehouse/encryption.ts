/** The warehouse's keys: one for data and logs, one for the admin's secret, so that who reads the one can't read the other. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accountKeyPolicy, logGroupsUseKey, siteOf, type Statement } from "../iam";
import { auditLogGroups } from "./auditLogs";

/** Arguments of both keys. */
export interface KeyArgs {
    /** Days between scheduling the deletion and losing the key. */
    readonly deletionWindowDays: number;
    readonly protect: boolean;
}

/** Creates the key of the cluster, its snapshots and its audit logs. */
export function dataKey(
    warehouse: pulumi.ComponentResource,
    deployment: string,
    args: KeyArgs,
): aws.kms.Key {
    const logs = logGroupsUseKey(siteOf(warehouse), auditLogGroups(deployment));
    return key(warehouse, `${deployment}-warehouse`, "data, snapshots and audit logs", args, [
        logs,
    ]);
}

/** Creates the key of the secret that holds the admin's password. */
export function adminSecretKey(
    warehouse: pulumi.ComponentResource,
    deployment: string,
    args: KeyArgs,
): aws.kms.Key {
    return key(warehouse, `${deployment}-warehouse-admin`, "the admin's password", args, []);
}

function key(
    warehouse: pulumi.ComponentResource,
    name: string,
    content: string,
    { deletionWindowDays, protect }: KeyArgs,
    services: readonly Statement[],
): aws.kms.Key {
    const made = new aws.kms.Key(
        name,
        {
            description: `Redshift of ${name}: ${content}`,
            enableKeyRotation: true,
            deletionWindowInDays: deletionWindowDays,
            // none for Redshift and Secrets Manager, which use a key with the permissions of whoever calls them
            policy: accountKeyPolicy(siteOf(warehouse), ...services),
        },
        { parent: warehouse, protect },
    );
    new aws.kms.Alias(
        name,
        { name: `alias/${name}`, targetKeyId: made.keyId },
        { parent: warehouse },
    );
    return made;
}
