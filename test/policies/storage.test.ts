/** S3: buckets with the resources that hold their settings, as one stack each. */
import {
    describePolicy,
    document,
    keyArn,
    resource,
    unknown,
    usePack,
    without,
    type Given,
} from "./support";

const arn = "arn:aws:s3:::data";
const everyone = { Effect: "Deny", Principal: "*" };
const plainHttp = {
    ...everyone,
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const oldTls = {
    ...everyone,
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
};
const otherKey = {
    ...everyone,
    Action: "s3:PutObject",
    Resource: `${arn}/*`,
    Condition: {
        StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
    },
};

const bucket = (properties: object = {}) =>
    resource("aws:s3/bucket:Bucket", "data", { bucket: "data", arn, ...properties });
const logBucket = resource("aws:s3/bucket:Bucket", "logs", {
    bucket: "logs",
    arn: "arn:aws:s3:::logs",
});
const part = (name: string, properties: object, from?: Record<string, string>) =>
    resource(
        `aws:s3/bucket${name}:Bucket${name}`,
        `data-${name}`,
        { bucket: "data", ...properties },
        from,
    );
const policy = (...statements: object[]) => part("Policy", { policy: document(...statements) });

const rule = {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
};
const sse = (change: object = {}) =>
    part("ServerSideEncryptionConfiguration", { rules: [{ ...rule, ...change }] });
const byDefault = (change: object) => ({
    applyServerSideEncryptionByDefault: { ...rule.applyServerSideEncryptionByDefault, ...change },
});
const blocks = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};
const lifecycleRule = {
    id: "uploads",
    status: "Enabled",
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};
const loggingTo = (target: string) =>
    part("Logging", { targetBucket: target, targetPrefix: "s3/" });

/** The same settings on a resource whose bucket's name isn't known yet; the engine only tells the dependency. */
const byDependency = (given: Given): Given => ({
    ...given,
    properties: { ...given.properties, bucket: unknown },
    from: { bucket: "data" },
});
const newBucket = resource("aws:s3/bucket:Bucket", "data", { bucket: unknown, arn: unknown });

describe("policies on buckets", () => {
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

    describePolicy("s3-bucket-public-access-block", {
        fails: {
            "a bucket without a block": ["block", bucket()],
            "one of four blocks open": [
                "restrictPublicBuckets",
                bucket(),
                part("PublicAccessBlock", { ...blocks, restrictPublicBuckets: false }),
            ],
            "one of four blocks left out": [
                "blockPublicPolicy",
                bucket(),
                part("PublicAccessBlock", without(blocks, "blockPublicPolicy")),
            ],
        },
        passes: {
            "all four": [bucket(), part("PublicAccessBlock", blocks)],
            "the account's block": [
                bucket(),
                resource(
                    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                    "account",
                    blocks,
                ),
            ],
        },
        unseen: {
            "a block that is only known later": [
                bucket(),
                part("PublicAccessBlock", { ...blocks, blockPublicAcls: unknown }),
            ],
        },
    });

    describePolicy("s3-bucket-tls-only", {
        fails: {
            "a bucket without a policy": ["policy", bucket()],
            "a policy that says nothing on TLS": ["tls", bucket(), policy(otherKey)],
            "a refusal for the objects only": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Resource: `${arn}/*` }),
            ],
            "a refusal for the bucket only": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Resource: arn }),
            ],
            "a refusal of uploads only": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Action: "s3:PutObject" }),
            ],
            "a refusal for one principal": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Principal: { AWS: "arn:aws:iam::123456789012:role/x" } }),
            ],
            "a refusal under another condition too": [
                "tls",
                bucket(),
                policy({
                    ...plainHttp,
                    Condition: {
                        ...plainHttp.Condition,
                        IpAddress: { "aws:SourceIp": "10.0.0.0/8" },
                    },
                }),
            ],
            "a refusal of TLS itself": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
            ],
            "a refusal on another bucket": [
                "tls",
                bucket(),
                policy({ ...plainHttp, Resource: ["arn:aws:s3:::other", "arn:aws:s3:::other/*"] }),
            ],
        },
        passes: {
            "a refusal on bucket and objects": [bucket(), policy(plainHttp)],
            "a refusal in two statements": [
                bucket(),
                policy({ ...plainHttp, Resource: arn }, { ...plainHttp, Resource: `${arn}/*` }),
            ],
            "an inline policy": [bucket({ policy: document(plainHttp) })],
            "the policy of a bucket whose name is only known later": [
                newBucket,
                byDependency(policy(plainHttp)),
            ],
        },
        unseen: {
            "a policy that is only known later": [bucket(), part("Policy", { policy: unknown })],
        },
    });

    describePolicy("s3-bucket-tls-version", {
        fails: {
            "no word on versions": ["tls-version", bucket(), policy(plainHttp)],
            "a limit of 1.1": [
                "tls-version",
                bucket(),
                policy({ ...oldTls, Condition: { NumericLessThan: { "s3:TlsVersion": "1.1" } } }),
            ],
        },
        passes: {
            "a limit of 1.2": [bucket(), policy(plainHttp, oldTls)],
            "a limit of 1.3": [
                bucket(),
                policy({ ...oldTls, Condition: { NumericLessThan: { "s3:TlsVersion": "1.3" } } }),
            ],
        },
        unseen: {
            "a policy that is only known later": [bucket(), part("Policy", { policy: unknown })],
        },
    });

    describePolicy("s3-bucket-upload-encryption", {
        fails: {
            "no word on keys": ["upload-key", bucket(), policy(plainHttp)],
            "only uploads to one prefix": [
                "upload-key",
                bucket(),
                policy({ ...otherKey, Resource: `${arn}/in/*` }),
            ],
            "AWS's key as the right one": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotEquals: {
                            "s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/aws/s3",
                        },
                    },
                }),
            ],
        },
        passes: {
            "a refusal of other keys": [bucket(), policy(otherKey)],
            "a refusal of anything but KMS": [
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
                    },
                }),
            ],
            "a bucket that receives access logs": [
                logBucket,
                bucket(),
                policy(otherKey),
                loggingTo("logs"),
            ],
        },
        unseen: {
            "a policy that is only known later": [bucket(), part("Policy", { policy: unknown })],
        },
    });

    const otherId = {
        ...otherKey,
        Condition: {
            Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
            StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
        },
    };
    const otherAlgorithm = {
        ...otherKey,
        Condition: {
            Null: { "s3:x-amz-server-side-encryption": "false" },
            StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
        },
    };
    const managed = {
        ...otherKey,
        Condition: {
            Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "true" },
            StringEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
        },
    };
    const clientKey = {
        ...otherKey,
        Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
    };

    describePolicy("s3-bucket-upload-variants", {
        fails: {
            "S3's own key": ["upload::S3's own key", bucket(), policy(otherId, managed, clientKey)],
            "another KMS key": [
                "upload::another KMS key",
                bucket(),
                policy(otherAlgorithm, managed, clientKey),
            ],
            "the key that AWS manages": [
                "upload::the key that AWS manages",
                bucket(),
                policy(otherId, otherAlgorithm, clientKey),
            ],
            "a key that the client keeps": [
                "upload::a key that the client keeps",
                bucket(),
                policy(otherId, otherAlgorithm, managed),
            ],
        },
        passes: {
            "all of them refused": [bucket(), policy(otherId, otherAlgorithm, managed, clientKey)],
        },
        unseen: {
            "a policy that is only known later": [bucket(), part("Policy", { policy: unknown })],
        },
    });

    describePolicy("s3-bucket-acls-off", {
        fails: {
            "ACLs by ownership": [
                "rule.objectOwnership",
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: "ObjectWriter" } }),
            ],
            "a public ACL": ["acl", bucket({ acl: "public-read" })],
            "a public ACL apart": ["acl", bucket(), part("Acl", { acl: "public-read-write" })],
            "a public object": [
                "acl",
                resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {
                    bucket: "data",
                    acl: "public-read",
                }),
            ],
        },
        passes: {
            "the owner's control": [
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
            ],
            "AWS's default": [bucket()],
        },
        unseen: {
            "ownership that is only known later": [
                bucket(),
                part("OwnershipControls", { rule: { objectOwnership: unknown } }),
            ],
        },
    });

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
        },
        passes: {
            "a rule that ends incomplete uploads": [
                bucket(),
                part("LifecycleConfiguration", { rules: [lifecycleRule] }),
            ],
        },
        unseen: {
            "rules that are only known later": [
                bucket(),
                part("LifecycleConfiguration", { rules: unknown }),
            ],
        },
    });

    describePolicy("s3-bucket-access-logging", {
        fails: { "no access logs": ["logging", bucket()] },
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
