/** What buckets keep. */
import { bucket, logBucket, part, lifecycleRule, loggingTo, newBucket } from "./buckets";
import { describePolicy, resource, unknown, usePack, without, keyArn } from "./support";

const replication = (rule: object = {}, destination: object = {}) =>
    part("ReplicationConfig", {
        role: "arn:aws:iam::123456789012:role/replication",
        rules: [
            {
                status: "Enabled",
                sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
                destination: {
                    bucket: "arn:aws:s3:::replica",
                    encryptionConfiguration: { replicaKmsKeyId: keyArn },
                    ...destination,
                },
                ...rule,
            },
        ],
    });
/** The same, as the older property of the bucket has it. */
const inlineReplication = (replicaKmsKeyId: unknown) =>
    bucket({
        replicationConfiguration: {
            role: "arn:aws:iam::123456789012:role/replication",
            rules: [
                {
                    status: "Enabled",
                    sourceSelectionCriteria: { sseKmsEncryptedObjects: { enabled: true } },
                    destination: { bucket: "arn:aws:s3:::replica", replicaKmsKeyId },
                },
            ],
        },
    });
const inventory = (encryption: unknown) =>
    resource("aws:s3/inventory:Inventory", "list", {
        bucket: "data",
        destination: { bucket: { bucketArn: "arn:aws:s3:::lists", format: "CSV", encryption } },
    });

describe("policies on what buckets keep", () => {
    usePack();

    describePolicy("s3-bucket-versioning", {
        fails: {
            "no versioning": ["versioning", bucket()],
            "suspended versioning": [
                "versioning",
                bucket(),
                part("Versioning", { versioningConfiguration: { status: "Suspended" } }),
            ],
        },
        passes: {
            "versioning apart": [
                bucket(),
                part("Versioning", { versioningConfiguration: { status: "Enabled" } }),
            ],
            "versioning inline": [bucket({ versioning: { enabled: true } })],
        },
        unseen: {
            "a status that is only known later": [
                bucket(),
                part("Versioning", { versioningConfiguration: { status: unknown } }),
            ],
        },
    });

    describePolicy("s3-bucket-lifecycle", {
        fails: {
            "no lifecycle": ["lifecycle", bucket()],
            "only a disabled rule": [
                "lifecycle",
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [{ ...lifecycleRule, status: "Disabled" }],
                }),
            ],
            "no word on incomplete uploads": [
                "incomplete-uploads",
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [without(lifecycleRule, "abortIncompleteMultipartUpload")],
                }),
            ],
            "incomplete uploads in one folder only": [
                "incomplete-uploads",
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [{ ...lifecycleRule, filter: { prefix: "tmp/" } }],
                }),
            ],
            "incomplete uploads in one folder only, inline": [
                "incomplete-uploads",
                bucket({
                    lifecycleRules: [
                        { enabled: true, prefix: "tmp/", abortIncompleteMultipartUploadDays: 7 },
                    ],
                }),
            ],
            "incomplete uploads of large objects only": [
                "incomplete-uploads",
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [{ ...lifecycleRule, filter: { objectSizeGreaterThan: 1000000 } }],
                }),
            ],
            "incomplete uploads that end after ten years": [
                "incomplete-uploads",
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [
                        {
                            ...lifecycleRule,
                            abortIncompleteMultipartUpload: { daysAfterInitiation: 3650 },
                        },
                    ],
                }),
            ],
        },
        passes: {
            "a rule that ends incomplete uploads": [
                bucket(),
                part("LifecycleConfiguration", { rules: [lifecycleRule] }),
            ],
            "a rule for the whole bucket beside those for folders": [
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [
                        { id: "tmp", status: "Enabled", filter: { prefix: "tmp/" } },
                        { ...lifecycleRule, filter: { prefix: "" } },
                    ],
                }),
            ],
            "an inline rule for the whole bucket": [
                bucket({
                    lifecycleRules: [{ enabled: true, abortIncompleteMultipartUploadDays: 7 }],
                }),
            ],
        },
        unseen: {
            "rules that are only known later": [
                bucket(),
                part("LifecycleConfiguration", { rules: unknown }),
            ],
            "a rule whose folder is only known later": [
                bucket(),
                part("LifecycleConfiguration", {
                    rules: [{ ...lifecycleRule, filter: { prefix: unknown } }],
                }),
            ],
        },
    });

    describePolicy("s3-bucket-access-logging", {
        fails: {
            "no access logs": ["logging", bucket()],
            "access logs to the bucket itself": ["logging-target", bucket(), loggingTo("data")],
            "access logs to the bucket itself, inline": [
                "logging-target",
                bucket({ logging: { targetBucket: "data" } }),
            ],
        },
        passes: {
            "access logs to a bucket that has none itself": [
                bucket(),
                logBucket,
                loggingTo("logs"),
            ],
            "access logs to a bucket whose name is only known later": [
                newBucket,
                resource("aws:s3/bucket:Bucket", "logs", { bucket: unknown }),
                resource(
                    "aws:s3/bucketLogging:BucketLogging",
                    "logging",
                    { bucket: unknown, targetBucket: unknown },
                    { bucket: "data", targetBucket: "logs" },
                ),
            ],
        },
        unseen: {
            "logging of some bucket that is only known later": [
                bucket(),
                resource("aws:s3/bucketLogging:BucketLogging", "logging", {
                    bucket: unknown,
                    targetBucket: "elsewhere",
                }),
            ],
        },
    });

    describePolicy("s3-bucket-replica-encryption", {
        fails: {
            "replicas under whatever key the other bucket has": [
                "replicaKmsKeyId",
                replication({}, { encryptionConfiguration: undefined }),
            ],
            "replicas under AWS's key": [
                "replicaKmsKeyId",
                replication({}, { encryptionConfiguration: { replicaKmsKeyId: "alias/aws/s3" } }),
            ],
            "no replicas of what lies under KMS": [
                "sseKmsEncryptedObjects",
                replication({ sourceSelectionCriteria: undefined }),
            ],
            "replicas inline": ["replicaKmsKeyId", inlineReplication(undefined)],
            "replicas of the provider's older type": [
                "replicaKmsKeyId",
                resource("aws:s3/bucketV2:BucketV2", "data", {
                    replicationConfigurations: [
                        {
                            role: "arn:aws:iam::123456789012:role/replication",
                            rules: [
                                {
                                    status: "Enabled",
                                    destinations: [{ bucket: "arn:aws:s3:::replica" }],
                                },
                            ],
                        },
                    ],
                }),
            ],
        },
        passes: {
            "replicas under a key of one's own": [replication()],
            "replicas inline": [inlineReplication(keyArn)],
            "a rule that is switched off": [
                replication({ status: "Disabled", sourceSelectionCriteria: undefined }),
            ],
            "no replicas": [bucket()],
            "a key that is only known later": [
                replication({}, { encryptionConfiguration: { replicaKmsKeyId: unknown } }),
            ],
        },
        unseen: {
            "rules that are only known later": [part("ReplicationConfig", { rules: unknown })],
        },
    });

    describePolicy("s3-inventory-encryption", {
        fails: {
            "a list in the clear": ["keyId", inventory(undefined)],
            "a list under S3's own key": ["keyId", inventory({ sseS3: {} })],
        },
        passes: {
            "a key of one's own": [inventory({ sseKms: { keyId: keyArn } })],
            "a key that is only known later": [inventory({ sseKms: { keyId: unknown } })],
        },
    });
});
