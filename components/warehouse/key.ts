/** Keys of the warehouse. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accountKeyPolicy, logGroupsUseKey, siteOf } from "../iam";

/** What a key is for. */
export interface WarehouseKeyArgs {
    readonly description: string;
    readonly deletionWindowDays: number;
    readonly protect: boolean;
    /** Log groups that CloudWatch encrypts with it, as a pattern. @default none */
    readonly logGroups?: string;
}

/** A key with rotation and an alias of its own name, which IAM in this account gives access to. */
export function warehouseKey(
    warehouse: pulumi.ComponentResource,
    name: string,
    { description, deletionWindowDays, protect, logGroups }: WarehouseKeyArgs,
): aws.kms.Key {
    const site = siteOf(warehouse);
    const services = logGroups === undefined ? [] : [logGroupsUseKey(site, logGroups)];
    const key = new aws.kms.Key(
        name,
        {
            description,
            enableKeyRotation: true,
            deletionWindowInDays: deletionWindowDays,
            policy: accountKeyPolicy(site, ...services),
        },
        { parent: warehouse, protect },
    );
    new aws.kms.Alias(
        name,
        { name: `alias/${name}`, targetKeyId: key.keyId },
        { parent: warehouse },
    );
    return key;
}
