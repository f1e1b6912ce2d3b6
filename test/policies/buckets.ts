/** A bucket with the resources that hold its settings, as the cases on S3 share them. */
import { document, keyArn, resource, unknown, type Given } from "./support";

export const arn = "arn:aws:s3:::data";
export const everyone = { Effect: "Deny", Principal: "*" };
export const plainHttp = {
    ...everyone,
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
};
export const oldTls = {
    ...everyone,
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
};
export const otherKey = {
    ...everyone,
    Action: "s3:PutObject",
    Resource: `${arn}/*`,
    Condition: {
        StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
    },
};

export const bucket = (properties: object = {}) =>
    resource("aws:s3/bucket:Bucket", "data", { bucket: "data", arn, ...properties });
export const logBucket = resource("aws:s3/bucket:Bucket", "logs", {
    bucket: "logs",
    arn: "arn:aws:s3:::logs",
});
export const part = (name: string, properties: object, from?: Record<string, string>) =>
    resource(
        `aws:s3/bucket${name}:Bucket${name}`,
        `data-${name}`,
        { bucket: "data", ...properties },
        from,
    );
export const policy = (...statements: object[]) =>
    part("Policy", { policy: document(...statements) });

export const rule = {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
};
export const sse = (change: object = {}) =>
    part("ServerSideEncryptionConfiguration", { rules: [{ ...rule, ...change }] });
export const byDefault = (change: object) => ({
    applyServerSideEncryptionByDefault: { ...rule.applyServerSideEncryptionByDefault, ...change },
});
export const blocks = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};
export const lifecycleRule = {
    id: "uploads",
    status: "Enabled",
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};
export const loggingTo = (target: string) =>
    part("Logging", { targetBucket: target, targetPrefix: "s3/" });

/** The same settings on a resource whose bucket's name isn't known yet; the engine only tells the dependency. */
export const byDependency = (given: Given): Given => ({
    ...given,
    properties: { ...given.properties, bucket: unknown },
    from: { bucket: "data" },
});
export const newBucket = resource("aws:s3/bucket:Bucket", "data", {
    bucket: unknown,
    arn: unknown,
});
