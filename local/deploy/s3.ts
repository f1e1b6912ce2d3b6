/** Buckets, their settings, and objects. */
import { materialise } from "./assets";
import { compact, pascal, tagList, type Creator, type Creators } from "./types";

const bucket: Creator = async (inputs, { api, region }, name) => {
    const Bucket = String(inputs.bucket ?? name);
    await api("s3", "CreateBucket", {
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: region },
    });
    const { tags } = inputs;
    if (tags !== undefined) {
        await api("s3", "PutBucketTagging", { Bucket, Tagging: { TagSet: tagList(tags) } });
    }
    return {
        id: Bucket,
        outputs: {
            bucket: Bucket,
            arn: `arn:aws:s3:::${Bucket}`,
            bucketDomainName: `${Bucket}.s3.amazonaws.com`,
        },
    };
};

/** A setting that is one call with the bucket's name. */
function setting(
    operation: string,
    input: (inputs: Record<string, unknown>) => Record<string, unknown>,
): Creator {
    return async (inputs, { api }) => {
        await api("s3", operation, { Bucket: inputs.bucket, ...input(inputs) });
        return { id: String(inputs.bucket) };
    };
}

const object: Creator = async (inputs, { api }) => {
    const Key = String(inputs.key);
    const Body = await materialise(inputs.source, inputs.content, inputs.contentBase64);
    const { ETag, VersionId } = await api(
        "s3",
        "PutObject",
        compact({
            Bucket: inputs.bucket,
            Key,
            Body,
            ContentType: inputs.contentType,
            ServerSideEncryption: inputs.serverSideEncryption,
            SSEKMSKeyId: inputs.kmsKeyId,
            BucketKeyEnabled: inputs.bucketKeyEnabled,
            Metadata: inputs.metadata,
        }),
    );
    return { id: Key, outputs: { etag: ETag, versionId: VersionId ?? "null" } };
};

function lifecycleRule(rule: any): Record<string, unknown> {
    const {
        id,
        status,
        filter,
        abortIncompleteMultipartUpload,
        noncurrentVersionExpiration,
        ...rest
    } = rule;
    const { and, tag, ...simple } = filter ?? { prefix: "" };
    const transitions = (list: any[] | undefined) => list?.map(pascal);
    return compact({
        ID: id,
        Status: status,
        Filter: {
            ...pascal(simple),
            ...(and === undefined
                ? {}
                : { And: { ...pascal({ ...and, tags: undefined }), Tags: tagList(and.tags) } }),
            ...(tag === undefined ? {} : { Tag: pascal(tag) }),
        },
        Expiration: pascal(rest.expiration),
        Transitions: transitions(rest.transitions),
        NoncurrentVersionTransitions: transitions(rest.noncurrentVersionTransitions),
        NoncurrentVersionExpiration: pascal(noncurrentVersionExpiration),
        AbortIncompleteMultipartUpload: pascal(abortIncompleteMultipartUpload),
    });
}

/** moto knows no `BlockedEncryptionTypes` yet and the SDK no `KmsMasterKeyId`: the API's name is `KMSMasterKeyID`. */
function encryptionRule(rule: any): Record<string, unknown> {
    const { sseAlgorithm, kmsMasterKeyId } = rule.applyServerSideEncryptionByDefault;
    return compact({
        ApplyServerSideEncryptionByDefault: compact({
            SSEAlgorithm: sseAlgorithm,
            KMSMasterKeyID: kmsMasterKeyId,
        }),
        BucketKeyEnabled: rule.bucketKeyEnabled,
        BlockedEncryptionTypes:
            rule.blockedEncryptionTypes === undefined
                ? undefined
                : { EncryptionType: rule.blockedEncryptionTypes },
    });
}

export const s3: Creators = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting(
        "PutPublicAccessBlock",
        (inputs) => ({
            PublicAccessBlockConfiguration: {
                BlockPublicAcls: inputs["blockPublicAcls"],
                BlockPublicPolicy: inputs["blockPublicPolicy"],
                IgnorePublicAcls: inputs["ignorePublicAcls"],
                RestrictPublicBuckets: inputs["restrictPublicBuckets"],
            },
        }),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(
        "PutBucketOwnershipControls",
        (inputs) => ({
            OwnershipControls: { Rules: [pascal(inputs["rule"])] },
        }),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": setting("PutBucketVersioning", (inputs) => ({
        VersioningConfiguration: pascal(inputs["versioningConfiguration"]),
    })),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
        setting("PutBucketEncryption", (inputs) => ({
            ServerSideEncryptionConfiguration: {
                Rules: (inputs["rules"] as any[]).map(encryptionRule),
            },
        })),
    "aws:s3/bucketPolicy:BucketPolicy": setting("PutBucketPolicy", (inputs) => ({
        Policy: inputs["policy"],
    })),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(
        "PutBucketLifecycleConfiguration",
        (inputs) => ({
            LifecycleConfiguration: { Rules: (inputs["rules"] as any[]).map(lifecycleRule) },
        }),
    ),
    "aws:s3/bucketLogging:BucketLogging": setting("PutBucketLogging", (inputs) => ({
        BucketLoggingStatus: {
            LoggingEnabled: pascal({
                targetBucket: inputs["targetBucket"],
                targetPrefix: inputs["targetPrefix"],
                targetObjectKeyFormat: inputs["targetObjectKeyFormat"],
            }),
        },
    })),
    "aws:s3/bucketNotification:BucketNotification": setting(
        "PutBucketNotificationConfiguration",
        (inputs) => ({
            NotificationConfiguration:
                inputs["eventbridge"] === true ? { EventBridgeConfiguration: {} } : {},
        }),
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": object,
    "aws:s3/bucketObject:BucketObject": object,
};
