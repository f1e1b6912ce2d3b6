/** Statements that open the lake to a role: objects, the key they are under, and the catalog. */
import * as pulumi from "@pulumi/pulumi";
import { allow, arn, type Conditions, type Site, type Statement } from "../iam";

/**
 * Reading of the objects of a bucket, or of those below `prefixes` only.
 *
 * Listing is part of it: without it S3 answers 403 for a missing object, and a client that asks whether one exists
 * fails. For that answer S3 takes the object's own key as `s3:prefix`, hence the prefix without its slash.
 */
export function readObjects(
    site: Site,
    bucketArn: pulumi.Output<string>,
    keyArn: pulumi.Input<string>,
    prefixes?: readonly string[],
): readonly Statement[] {
    return [
        allow(["s3:GetObject"], objectArns(bucketArn, prefixes)),
        allow(
            ["s3:ListBucket"],
            bucketArn,
            prefixes && { StringLike: { "s3:prefix": keysBelow(prefixes) } },
        ),
        allow(["s3:GetBucketLocation"], bucketArn), // clients ask for a bucket's Region first
        allow(["kms:Decrypt"], keyArn, throughS3(site)),
    ];
}

/**
 * Putting whole objects below `prefixes`, and nothing else. An upload in parts asks for more: for decrypting what was uploaded
 * before, which is {@link writeObjects}.
 */
export function putObjects(
    site: Site,
    bucketArn: pulumi.Output<string>,
    keyArn: pulumi.Input<string>,
    prefixes: readonly string[],
): readonly Statement[] {
    return [
        allow(["s3:PutObject"], objectArns(bucketArn, prefixes)),
        allow(["kms:GenerateDataKey"], keyArn, throughS3(site)),
    ];
}

/**
 * Writing below `prefixes`, and reading back what was written: Hadoop looks before it writes, copies where it renames,
 * and deletes its own temporary and earlier files. Decrypting is part of an upload in parts.
 */
export function writeObjects(
    site: Site,
    bucketArn: pulumi.Output<string>,
    keyArn: pulumi.Input<string>,
    prefixes: readonly string[],
): readonly Statement[] {
    return [
        ...readObjects(site, bucketArn, keyArn, prefixes),
        allow(
            [
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ],
            objectArns(bucketArn, prefixes),
        ),
        allow(["kms:GenerateDataKey"], keyArn, throughS3(site)),
    ];
}

/** ARNs that an action on one database needs: the catalog's and the database's. */
export function databaseArns(
    site: Site,
    databaseName: pulumi.Input<string>,
): readonly pulumi.Output<string>[] {
    return [
        arn(site, "glue", "catalog"),
        arn(site, "glue", pulumi.interpolate`database/${databaseName}`),
    ];
}

/** ARNs that an action on the tables of one database needs: these, and the tables'. */
export function tableArns(
    site: Site,
    databaseName: pulumi.Input<string>,
): readonly pulumi.Output<string>[] {
    return [
        ...databaseArns(site, databaseName),
        arn(site, "glue", pulumi.interpolate`table/${databaseName}/*`),
    ];
}

/** Looking up the tables and partitions of one database. */
export function readCatalog(site: Site, databaseName: pulumi.Input<string>): readonly Statement[] {
    return [
        allow(["glue:GetDatabase", "glue:GetDatabases"], databaseArns(site, databaseName)),
        allow(
            [
                "glue:GetTable",
                "glue:GetTables",
                "glue:GetPartition",
                "glue:GetPartitions",
                "glue:BatchGetPartition",
            ],
            tableArns(site, databaseName),
        ),
    ];
}

function objectArns(
    bucketArn: pulumi.Output<string>,
    prefixes?: readonly string[],
): pulumi.Output<string>[] {
    return (prefixes === undefined ? ["*"] : keysBelow(prefixes)).map(
        (key) => pulumi.interpolate`${bucketArn}/${key}`,
    );
}

/** `events/` as `events` (Hadoop asks whether a file has a folder's name) and `events/*`. */
function keysBelow(prefixes: readonly string[]): string[] {
    return prefixes
        .map((prefix) => prefix.replace(/\/$/, ""))
        .flatMap((folder) => [folder, `${folder}/*`]);
}

/** Only for objects, and only on behalf of whoever may touch them: not to decrypt what was copied out of S3. */
function throughS3(site: Site): Conditions {
    return {
        StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${site.region}.amazonaws.com` },
    };
}
