/** Statements that open the lake to a role: objects, the key they are under, and the catalog. */
import * as pulumi from "@pulumi/pulumi";
import { allow, arn, bucketArn, type Conditions, type Site, type Statement } from "../iam";

/** What of the lake's objects a role may use. Prefixes are folders, such as `events/`. */
export interface ObjectAccess {
    /** Lists and reads every raw log. @default false */
    readonly readRaw?: boolean;
    /** Prefixes of the processed bucket that are listed and read. @default none */
    readonly readProcessed?: readonly string[];
    /** Prefixes of the processed bucket whose objects are got by their keys, without a look around. @default none */
    readonly getProcessed?: readonly string[];
    /** Prefixes of the processed bucket below which whole objects are put, neither read nor deleted. @default none */
    readonly putProcessed?: readonly string[];
    /** Prefixes of the processed bucket that are listed, read, written, overwritten and deleted. @default none */
    readonly writeProcessed?: readonly string[];
    /** Prefixes of the artifacts bucket that are listed and read. @default none */
    readonly readArtifacts?: readonly string[];
}

/** Names of the buckets, and the key that their objects lie under. */
export interface LakeObjects {
    readonly rawBucketName: pulumi.Input<string>;
    readonly processedBucketName: pulumi.Input<string>;
    readonly artifactsBucketName: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
}

/**
 * Statements for all of it together: each permission stands in one of them, so that a role is granted nothing twice.
 *
 * Listing is part of reading: without it S3 answers 403 for a missing object, and a client that asks whether one exists
 * fails. For that answer S3 takes the object's own key as `s3:prefix`.
 */
export function objectStatements(
    site: Site,
    lake: LakeObjects,
    access: ObjectAccess,
): readonly Statement[] {
    const { readRaw = false, getProcessed = [], putProcessed = [], writeProcessed = [] } = access;
    const raw = bucketArn(site, lake.rawBucketName);
    const processed = bucketArn(site, lake.processedBucketName);
    const listed: readonly Listed[] = [
        ...(readRaw ? [{ sid: "ListRaw", bucket: raw }] : []),
        ...listedBelow("ListProcessed", processed, [
            ...below(access.readProcessed ?? []),
            ...withFolders(writeProcessed),
        ]),
        ...listedBelow(
            "ListArtifacts",
            bucketArn(site, lake.artifactsBucketName),
            below(access.readArtifacts ?? []),
        ),
    ];
    const read = [
        ...listed.flatMap(({ bucket, keys = ["*"] }) => objectArns(bucket, keys)),
        ...objectArns(processed, below(getProcessed)),
    ];
    const put = objectArns(processed, below([...putProcessed, ...writeProcessed]));
    const replaced = objectArns(processed, below(writeProcessed));
    return [
        ...some(read, (arns) => ({ Sid: "Read", ...allow(["s3:GetObject"], arns) })),
        ...listed.map(({ sid, bucket, keys }) => ({
            Sid: sid,
            ...allow(["s3:ListBucket"], bucket, keys && { StringLike: { "s3:prefix": keys } }),
        })),
        ...some(
            listed.map(({ bucket }) => bucket),
            // clients ask for a bucket's Region first
            (buckets) => ({ Sid: "Locate", ...allow(["s3:GetBucketLocation"], buckets) }),
        ),
        ...some(put, (arns) => ({ Sid: "Put", ...allow(["s3:PutObject"], arns) })),
        // Hadoop deletes its own temporary and earlier files, and breaks off uploads in parts
        ...some(replaced, (arns) => ({
            Sid: "Replace",
            ...allow(["s3:DeleteObject", "s3:AbortMultipartUpload"], arns),
        })),
        ...some([...read, ...replaced], () => ({
            Sid: "Decrypt",
            ...allow(["kms:Decrypt"], lake.keyArn, throughS3(site)), // also part of an upload in parts
        })),
        ...some(put, () => ({
            Sid: "Encrypt",
            ...allow(["kms:GenerateDataKey"], lake.keyArn, throughS3(site)),
        })),
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

/** Actions that look something up in a database of the catalog. */
export type CatalogAction = (typeof databaseActions)[number] | (typeof tableActions)[number];
const databaseActions = ["glue:GetDatabase", "glue:GetDatabases"] as const;
const tableActions = [
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
] as const;

/** Looking up a database, its tables and their partitions, or as much of it as `actions` names. */
export function readCatalog(
    site: Site,
    databaseName: pulumi.Input<string>,
    actions: readonly CatalogAction[] = [...databaseActions, ...tableActions],
): readonly Statement[] {
    const named = (all: readonly CatalogAction[]) => all.filter((each) => actions.includes(each));
    return [
        ...some(named(databaseActions), (all) => ({
            Sid: "Databases",
            ...allow(all, databaseArns(site, databaseName)),
        })),
        ...some(named(tableActions), (all) => ({
            Sid: "Tables",
            ...allow(all, tableArns(site, databaseName)),
        })),
    ];
}

/** A bucket that is listed, or only the keys that match. */
interface Listed {
    readonly sid: string;
    readonly bucket: pulumi.Output<string>;
    readonly keys?: readonly string[];
}

/** A bucket of which only some keys are listed; none where there are none. */
function listedBelow(
    sid: string,
    bucket: pulumi.Output<string>,
    keys: readonly string[],
): readonly Listed[] {
    return keys.length === 0 ? [] : [{ sid, bucket, keys }];
}

/** The statement about `items`, or none where there are none. */
function some<T>(
    items: readonly T[],
    statement: (items: readonly T[]) => Statement,
): readonly Statement[] {
    return items.length === 0 ? [] : [statement(items)];
}

function objectArns(
    bucket: pulumi.Output<string>,
    keys: readonly string[],
): pulumi.Output<string>[] {
    return keys.map((key) => pulumi.interpolate`${bucket}/${key}`);
}

/** `events/` as `events/*`. */
const below = (prefixes: readonly string[]): string[] =>
    prefixes.map((prefix) => `${prefix.replace(/\/$/, "")}/*`);

/** `events/` as `events/*` and `events`: before it writes, Hadoop asks whether a file has the name of a folder above. */
const withFolders = (prefixes: readonly string[]): string[] =>
    below(prefixes).flatMap((pattern) => [pattern, pattern.slice(0, -2)]);

/** Only for objects, and only on behalf of whoever may touch them: not to decrypt what was copied out of S3. */
function throughS3(site: Site): Conditions {
    return {
        StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${site.region}.amazonaws.com` },
    };
}
