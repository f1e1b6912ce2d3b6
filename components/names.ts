/** Physical names. They follow from the deployment's name alone, so that a document that holds one is known at preview. */
import * as pulumi from "@pulumi/pulumi";
import type { Site } from "./iam";

/** What a bucket of the lake is for. */
export type BucketPurpose = "raw" | "processed" | "artifacts" | "access-logs";

/** The two layers of the catalog: as uploaded, and as Spark writes it. */
export type Layer = "raw" | "processed";

/**
 * Characters of the longest name: a bucket's may have 63, and `-access-logs-123456789012-ap-southeast-1` takes 40
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
 */
const maxLength = 23;

/**
 * Checks the name that every physical name of a deployment begins with, and returns it.
 *
 * @throws InputPropertyError when a service would refuse a name made from it.
 */
export function deploymentName(name: string): string {
    if (/^[a-z](?:-?[a-z0-9])*$/.test(name) && name.length <= maxLength) return name;
    throw new pulumi.InputPropertyError({
        propertyPath: "name",
        reason:
            `name must be 1 to ${String(maxLength)} lower-case letters, digits and single hyphens, ` +
            `beginning with a letter, got ${JSON.stringify(name)}`,
    });
}

/** Name of a bucket: unique in the world by the account and the Region in it. */
export function bucketName(
    site: Site,
    name: string,
    purpose: BucketPurpose,
): pulumi.Output<string> {
    return pulumi.interpolate`${name}-${purpose}-${site.accountId}-${site.region}`;
}

/** Name of a Glue database: with underscores, so that SQL needs no quotes. */
export function databaseName(name: string, layer: Layer): string {
    return `${name.replaceAll("-", "_")}_${layer}`;
}
