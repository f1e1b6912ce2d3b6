/** Encryption of buckets and objects at rest. */
import {
    bucket,
    logBucket,
    part,
    rule,
    sse,
    byDefault,
    loggingTo,
    byDependency,
    newBucket,
} from "./buckets";
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

describe("policies on what encrypts buckets", () => {
    usePack();

    describePolicy("s3-bucket-encryption", {
        fails: {
            "a bucket without encryption": ["encryption", bucket()],
            "S3's own key": ["sseAlgorithm", bucket(), sse(byDefault({ sseAlgorithm: "AES256" }))],
            "the key that AWS manages": [
                "kmsMasterKeyId",
                bucket(),
                sse(byDefault({ kmsMasterKeyId: "alias/aws/s3" })),
            ],
            "the key that AWS manages, by its ARN": [
                "kmsMasterKeyId",
                bucket(),
                sse(
                    byDefault({
                        kmsMasterKeyId: "arn:aws:kms:eu-west-1:123456789012:alias/aws/s3",
                    }),
                ),
            ],
            "KMS without naming a key": [
                "kmsMasterKeyId",
                bucket(),
                sse(byDefault({ kmsMasterKeyId: undefined })),
            ],
            "no bucket key": ["bucketKeyEnabled", bucket(), sse({ bucketKeyEnabled: false })],
            "encryption of another bucket": [
                "encryption",
                bucket(),
                resource(
                    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    "other",
                    { bucket: "other", rules: [rule] },
                ),
            ],
            "inline encryption under S3's own key": [
                "sseAlgorithm",
                bucket({
                    serverSideEncryptionConfiguration: {
                        rule: {
                            applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                            bucketKeyEnabled: true,
                        },
                    },
                }),
            ],
            "S3's own key for a bucket that logs to itself": [
                "sseAlgorithm",
                bucket(),
                sse(byDefault({ sseAlgorithm: "AES256" })),
                loggingTo("data"),
            ],
            "KMS for a bucket that receives access logs": [
                "sseAlgorithm",
                bucket(),
                logBucket,
                loggingTo("logs"),
                resource(
                    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    "logs-sse",
                    { bucket: "logs", rules: [rule] },
                ),
            ],
        },
        passes: {
            "S3's own key for audit logs of Redshift": [
                bucket(),
                sse(byDefault({ sseAlgorithm: "AES256", kmsMasterKeyId: undefined })),
                resource("aws:redshift/logging:Logging", "audit", {
                    clusterIdentifier: "dwh",
                    logDestinationType: "s3",
                    bucketName: "data",
                }),
            ],
            "encryption apart": [bucket(), sse()],
            "encryption apart, by the provider's older type": [
                resource("aws:s3/bucketV2:BucketV2", "data", { bucket: "data" }),
                resource(
                    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
                    "sse",
                    { bucket: "data", rules: [rule] },
                ),
            ],
            "encryption inline": [bucket({ serverSideEncryptionConfiguration: { rule } })],
            "encryption apart while AWS reports its default inline": [
                bucket({
                    serverSideEncryptionConfiguration: {
                        rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
                    },
                }),
                sse(),
            ],
            "dual-layer encryption, which takes no bucket key": [
                bucket(),
                sse({
                    ...byDefault({ sseAlgorithm: "aws:kms:dsse" }),
                    bucketKeyEnabled: undefined,
                }),
            ],
            "AES256 for access logs that are delivered by inline settings": [
                bucket({
                    serverSideEncryptionConfiguration: { rule },
                    logging: { targetBucket: "logs" },
                }),
                logBucket,
            ],
            "AES256 for access logs to a bucket whose name is only known later": [
                resource(
                    "aws:s3/bucket:Bucket",
                    "data",
                    {
                        bucket: "data",
                        serverSideEncryptionConfiguration: { rule },
                        logging: { targetBucket: unknown },
                    },
                    { logging: "logs" },
                ),
                resource("aws:s3/bucket:Bucket", "logs", { bucket: unknown }),
            ],
            "a key that is only known later": [
                bucket(),
                sse(byDefault({ kmsMasterKeyId: unknown })),
            ],
            "encryption of a bucket whose name is only known later": [
                newBucket,
                byDependency(sse()),
            ],
            "AES256 for access logs": [bucket(), sse(), logBucket, loggingTo("logs")],
        },
        unseen: {
            "an algorithm that is only known later": [
                bucket(),
                sse(byDefault({ sseAlgorithm: unknown })),
            ],
            "rules that are only known later": [
                bucket(),
                part("ServerSideEncryptionConfiguration", { rules: unknown }),
            ],
            "encryption of some bucket that is only known later": [
                bucket(),
                resource(
                    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    "some",
                    { bucket: unknown, rules: [rule] },
                ),
            ],
        },
    });

    describePolicy("s3-object-encryption", {
        fails: {
            "an object under S3's own key": [
                "serverSideEncryption",
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    bucket: "data",
                    serverSideEncryption: "AES256",
                }),
            ],
            "an object under AWS's key": [
                "kmsKeyId",
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    bucket: "data",
                    kmsKeyId: "alias/aws/s3",
                }),
            ],
        },
        passes: {
            "an object that leaves it to its bucket": [
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", { bucket: "data" }),
            ],
            "an object under a key of one's own": [
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    serverSideEncryption: "aws:kms",
                    kmsKeyId: keyArn,
                }),
            ],
        },
        unseen: {
            "encryption that is only known later": [
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    serverSideEncryption: unknown,
                }),
            ],
        },
    });
});
