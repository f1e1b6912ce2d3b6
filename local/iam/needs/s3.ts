/** What S3's requests need, of buckets, objects and the keys that these lie under. */
import { queryOf } from "../../gateway/route";
import { placeOf } from "../s3Path";
import type { Asked, ServiceNeeds, Surroundings } from "./types";

/**
 * Operations that ask for another action than their own name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const actions: Readonly<Record<string, string>> = {
    HeadObject: "GetObject",
    CopyObject: "PutObject",
    CreateMultipartUpload: "PutObject",
    UploadPart: "PutObject",
    UploadPartCopy: "PutObject",
    CompleteMultipartUpload: "PutObject",
    ListParts: "ListMultipartUploadParts",
    ListObjects: "ListBucket",
    ListObjectsV2: "ListBucket",
    HeadBucket: "ListBucket",
    ListObjectVersions: "ListBucketVersions",
    ListMultipartUploads: "ListBucketMultipartUploads",
    ListBuckets: "ListAllMyBuckets",
    DeleteObjects: "DeleteObject",
    GetBucketEncryption: "GetEncryptionConfiguration",
    PutBucketEncryption: "PutEncryptionConfiguration",
    DeleteBucketEncryption: "PutEncryptionConfiguration",
    GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
    PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
    DeleteBucketLifecycleConfiguration: "PutLifecycleConfiguration",
    GetBucketNotificationConfiguration: "GetBucketNotification",
    PutBucketNotificationConfiguration: "PutBucketNotification",
    GetPublicAccessBlock: "GetBucketPublicAccessBlock",
    PutPublicAccessBlock: "PutBucketPublicAccessBlock",
    DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
    GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
    PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
    GetBucketReplication: "GetReplicationConfiguration",
    PutBucketReplication: "PutReplicationConfiguration",
    GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
    PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
    GetBucketCors: "GetBucketCORS",
    PutBucketCors: "PutBucketCORS",
    DeleteBucketCors: "PutBucketCORS",
    DeleteBucketTagging: "PutBucketTagging",
    DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
};

/** Headers and parameters of a request that its conditions may name. */
const fromHeaders = [
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
];
const fromQuery = { prefix: "s3:prefix", delimiter: "s3:delimiter", "max-keys": "s3:max-keys" };

const encryptionKey = "x-amz-server-side-encryption-aws-kms-key-id";

export const s3: ServiceNeeds = {
    before: async (surroundings) => {
        const { call, policies } = surroundings;
        const { bucket, key } = placeOf(call.path);
        const action = s3Action(call.action);
        if (bucket === "") return [{ action, resources: ["*"] }];
        const context = contextOf(surroundings);
        if (call.action === "DeleteObjects") {
            const keys = keysIn(call.body.toString("utf8"));
            return [{ action, resources: keys.map((each) => arnOf(bucket, each)), context }];
        }
        const own = {
            action,
            resources: [key === "" ? arnOf(bucket) : arnOf(bucket, key)],
            context,
        };
        const encrypt = async () =>
            useKey(surroundings, "kms:GenerateDataKey", await keyOfUpload(surroundings, bucket));
        switch (call.action) {
            case "PutObject":
            case "CreateMultipartUpload":
                return [own, ...(await encrypt())];
            case "CompleteMultipartUpload": {
                // the parts are read back before they become the object
                // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions)
                const { keyArn } = await policies.bucketEncryption(bucket);
                return [own, ...(await useKey(surroundings, "kms:Decrypt", keyArn))];
            }
            case "CopyObject":
            case "UploadPartCopy": {
                const source = placeOf(
                    `/${String(call.headers["x-amz-copy-source"]).replace(/^\//, "")}`,
                );
                const from = await policies.bucketEncryption(source.bucket);
                return [
                    {
                        action: "s3:GetObject",
                        resources: [arnOf(source.bucket, source.key)],
                        context: {},
                    },
                    ...(await useKey(surroundings, "kms:Decrypt", from.keyArn, source)),
                    own,
                    ...(await encrypt()),
                ];
            }
            default:
                return [own];
        }
    },
    after: async (surroundings, { status, headers }) => {
        const { call, policies } = surroundings;
        const { bucket, key } = placeOf(call.path);
        if (key === "" || !/^(Get|Head)Object$/.test(call.action)) return [];
        if (status === 404) {
            // who may not list is not told that there is nothing
            // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, Permissions)
            const context = { "s3:prefix": key };
            return [{ action: "s3:ListBucket", resources: [arnOf(bucket)], context }];
        }
        const under = headers[encryptionKey];
        if (call.action !== "GetObject" || status >= 300 || typeof under !== "string") return [];
        return useKey(surroundings, "kms:Decrypt", policies.keyArn(under));
    },
};

/** The action that an operation asks for. */
export const s3Action = (operation: string): string => `s3:${actions[operation] ?? operation}`;

const arnOf = (bucket: string, key?: string): string =>
    key === undefined ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;

/** The key that an upload asks for, or else its bucket's; undefined under S3's own. */
async function keyOfUpload(
    { call: { headers }, policies }: Surroundings,
    bucket: string,
): Promise<string | undefined> {
    const named = headers[encryptionKey];
    if (typeof named === "string") return policies.keyArn(named);
    if (headers["x-amz-server-side-encryption"] === "AES256") return undefined;
    return (await policies.bucketEncryption(bucket)).keyArn;
}

/** S3 asks KMS on behalf of whoever asks S3; a bucket key's context is the bucket, not the object. */
async function useKey(
    { call, policies, site, principal }: Surroundings,
    action: string,
    keyArn: string | undefined,
    place = placeOf(call.path),
): Promise<Asked[]> {
    if (keyArn === undefined) return [];
    const { bucketKey } = await policies.bucketEncryption(place.bucket);
    return [
        {
            action,
            resources: [keyArn],
            context: {
                "kms:ViaService": `s3.${site.region}.amazonaws.com`,
                "kms:CallerAccount": principal.accountId,
                "kms:EncryptionContext:aws:s3:arn": bucketKey
                    ? arnOf(place.bucket)
                    : arnOf(place.bucket, place.key),
            },
        },
    ];
}

/** Every client of the deployed code speaks HTTPS in AWS; here the way to the endpoint is a loopback's. */
function contextOf({ call, site }: Surroundings): Record<string, string> {
    const context: Record<string, string> = {
        "s3:TlsVersion": "1.3",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:authType":
            call.headers.authorization === undefined ? "REST-QUERY-STRING" : "REST-HEADER",
        "s3:ResourceAccount": site.accountId,
    };
    for (const name of fromHeaders) {
        const value = call.headers[name];
        if (typeof value === "string") context[`s3:${name}`] = value;
    }
    const query = queryOf(call.path);
    for (const [name, key] of Object.entries(fromQuery)) {
        const value = query.get(name);
        if (value !== null) context[key] = value;
    }
    const version = query.get("versionId");
    return version === null ? context : { ...context, "s3:VersionId": version };
}

/** Keys of a `DeleteObjects`. */
export function keysIn(xml: string): string[] {
    const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
    return [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) =>
        key
            .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, digits: string) =>
                String.fromCodePoint(parseInt(digits, hex === "" ? 10 : 16)),
            )
            .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? ""),
    );
}
