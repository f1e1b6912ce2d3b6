/** One bucket of the lake with everything that keeps it private, encrypted, versioned and tidy. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam";
import { document } from "../iam";
import { denyInsecureTransport, denyOtherEncryption, denyOtherKeys } from "./bucketPolicy";
import type { LifecycleRule } from "./lifecycle";

/** Arguments of {@link lakeBucket}. */
export interface LakeBucketArgs {
    /** Physical name. */
    readonly bucketName: pulumi.Output<string>;
    /** ARN of the bucket, from its name. */
    readonly bucketArn: pulumi.Output<string>;
    /**
     * Key that encrypts every object, the only one an upload may ask for.
     * @default SSE-S3 without a key
     */
    readonly keyArn?: pulumi.Input<string>;
    /** Rules of the lifecycle, one at least. */
    readonly lifecycleRules: readonly LifecycleRule[];
    /**
     * Bucket that receives the access logs, ready to receive them.
     * @default no access logs
     */
    readonly accessLogsBucketName?: pulumi.Input<string>;
    /** Statements of the bucket policy beside those that every bucket has. @default none */
    readonly statements?: readonly Statement[];
    /** Sends the bucket's events to EventBridge. @default false */
    readonly eventBridge?: boolean;
    /** Deletes the objects with the bucket. */
    readonly forceDestroy: boolean;
    /** Refuses to delete the bucket. */
    readonly protect: boolean;
}

/** Prefix of every access log, so that the log bucket can take those of other services beside them. */
export const accessLogPrefix = "s3/";

/**
 * Creates the bucket and its settings as children of `parent`, all named `name`.
 * Returns the bucket's name, known only once the policy and the encryption stand: nobody can write before.
 */
export function lakeBucket(
    parent: pulumi.Resource,
    name: string,
    args: LakeBucketArgs,
): pulumi.Output<string> {
    const options = { parent };
    const { bucket } = new aws.s3.Bucket(
        name,
        { bucket: args.bucketName, forceDestroy: args.forceDestroy },
        { parent, protect: args.protect },
    );
    const publicAccessBlock = new aws.s3.BucketPublicAccessBlock(
        name,
        {
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        options,
    );
    const ownership = new aws.s3.BucketOwnershipControls(
        name,
        { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
        options,
    );
    const versioning = new aws.s3.BucketVersioning(
        name,
        { bucket, versioningConfiguration: { status: "Enabled" } },
        options,
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        { bucket, rules: [encryptionRule(args.keyArn)] },
        options,
    );
    const policy = new aws.s3.BucketPolicy(
        name,
        { bucket, policy: bucketPolicy(args) },
        // S3 refuses two of these at once on one bucket ("a conflicting conditional operation is in progress")
        { parent, dependsOn: [publicAccessBlock, ownership] },
    );
    new aws.s3.BucketLifecycleConfiguration(
        name,
        { bucket, rules: [...args.lifecycleRules] },
        { parent, dependsOn: [versioning] }, // rules on noncurrent versions need versions
    );
    if (args.accessLogsBucketName !== undefined) {
        new aws.s3.BucketLogging(
            name,
            {
                bucket,
                targetBucket: args.accessLogsBucketName,
                targetPrefix: accessLogPrefix,
                // by bucket and by the day of the request, so that a query reads the days that it asks for
                targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
            },
            options,
        );
    }
    if (args.eventBridge === true) {
        new aws.s3.BucketNotification(name, { bucket, eventbridge: true }, options);
    }
    return pulumi
        .all([bucket, encryption.bucket, policy.bucket])
        .apply(([bucketName]) => bucketName);
}

function bucketPolicy(args: LakeBucketArgs): pulumi.Output<string> {
    return document(
        ...denyInsecureTransport(args.bucketArn),
        ...(args.keyArn === undefined
            ? denyOtherEncryption(args.bucketArn, "AES256")
            : [
                  ...denyOtherEncryption(args.bucketArn, "aws:kms"),
                  ...denyOtherKeys(args.bucketArn, args.keyArn),
              ]),
        ...(args.statements ?? []),
    );
}

function encryptionRule(
    keyArn: pulumi.Input<string> | undefined,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
    // what S3 does to every new bucket since April 2026, said so that older Regions and buckets do it too
    const blockedEncryptionTypes = ["SSE-C"];
    if (keyArn === undefined) {
        const applyServerSideEncryptionByDefault = { sseAlgorithm: "AES256" };
        return { applyServerSideEncryptionByDefault, blockedEncryptionTypes };
    }
    return {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true, // one KMS request for many objects: up to 99 % fewer
        blockedEncryptionTypes,
    };
}
