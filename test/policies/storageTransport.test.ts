/** What bucket policies refuse. */
import {
    arn,
    plainHttp,
    oldTls,
    otherKey,
    bucket,
    logBucket,
    part,
    policy,
    sse,
    byDefault,
    loggingTo,
    byDependency,
    newBucket,
} from "./buckets";
import { describePolicy, document, keyArn, unknown, usePack } from "./support";

describe("policies on what bucket policies refuse", () => {
    usePack();

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
            "a refusal by an operator for text": [
                "tls",
                bucket(),
                policy({
                    ...plainHttp,
                    Condition: { StringEquals: { "aws:SecureTransport": "false" } },
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
            "a refusal in other words": [
                bucket(),
                policy({
                    ...plainHttp,
                    Principal: { AWS: ["*"] },
                    Action: ["S3:*"],
                    Condition: { BoolIfExists: { "AWS:SecureTransport": false } },
                }),
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
            "a refusal of anything but KMS, under any key": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
                    },
                }),
            ],
            "a refusal of the right key": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringEquals: {
                            "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn,
                        },
                    },
                }),
            ],
            "other keys of one principal only": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        ...otherKey.Condition,
                        ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/x" },
                    },
                }),
            ],
            "any key as the right one": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotLike: {
                            "s3:x-amz-server-side-encryption-aws-kms-key-id":
                                "arn:aws:kms:*:*:key/*",
                        },
                    },
                }),
            ],

            "no word on keys": ["upload-key", bucket(), policy(plainHttp)],
            "only uploads to one prefix": [
                "upload-key",
                bucket(),
                policy({ ...otherKey, Resource: `${arn}/in/*` }),
            ],
            "S3's own key as the right one": [
                "upload-key",
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" },
                    },
                }),
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
            "a key that isn't the bucket's as the right one": [
                "pinned-key",
                bucket(),
                sse(byDefault({ kmsMasterKeyId: `${keyArn.slice(0, -4)}beef` })),
                policy(otherKey),
            ],
        },
        passes: {
            "the bucket's key, by its id, as the right one": [
                bucket(),
                sse(byDefault({ kmsMasterKeyId: keyArn.split("/").pop() })),
                policy(otherKey),
            ],
            "several keys, the bucket's among them": [
                bucket(),
                sse(),
                policy({
                    ...otherKey,
                    Condition: {
                        StringNotEqualsIfExists: {
                            "s3:x-amz-server-side-encryption-aws-kms-key-id": [
                                keyArn,
                                `${keyArn.slice(0, -4)}beef`,
                            ],
                        },
                    },
                }),
            ],
            "a bucket's key that an alias names": [
                bucket(),
                sse(byDefault({ kmsMasterKeyId: "alias/lake" })),
                policy(otherKey),
            ],
            "a refusal of other keys, where one is named": [
                bucket(),
                policy({
                    ...otherKey,
                    Condition: {
                        ...otherKey.Condition,
                        StringEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
                    },
                }),
            ],

            "a refusal of other keys": [bucket(), policy(otherKey)],
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
});
