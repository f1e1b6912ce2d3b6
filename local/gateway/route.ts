/** Which API operation an HTTP request is, read as AWS's own front ends do. */
import type { IncomingHttpHeaders } from "node:http";

/** What a request is signed for and asks. */
export interface Route {
    /** Signing name, such as `s3`, `glue` or `elasticmapreduce`; without a signature `s3`, or `""` where it can't be S3. */
    readonly service: string;
    /** Name of the API operation, such as `PutObject`; `""` when the service's paths are not known here. */
    readonly action: string;
    readonly accessKeyId: string | undefined;
}

/** The parts of a request that say what it is. */
export interface RequestHead {
    readonly method: string;
    /** Path with its query, as sent. */
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
}

/**
 * Reads service and action off a request: the scope of its SigV4 signature names the service; the action is in
 * `X-Amz-Target` (JSON protocols), the path (CBOR and REST) or the form's `Action` (query protocol).
 */
export function routeOf(head: RequestHead, body: Buffer): Route {
    const url = new URL(head.path, "http://loopback");
    const { service, accessKeyId } = scopeOf(head, url);
    return { service, accessKeyId, action: actionOf(service, head, url, body) };
}

/** Parameters of a path's query; the path is left as it is, for a key may hold what a URL would be tidied of. */
export const queryOf = (path: string): URLSearchParams =>
    new URLSearchParams(path.split("?").slice(1).join("?"));

/** `Credential=AKIA.../20260101/eu-west-1/s3/aws4_request`, from the header or, when presigned, the query. */
function scopeOf({ headers }: RequestHead, url: URL): Pick<Route, "service" | "accessKeyId"> {
    const header = /Credential=([^\s,]+)/.exec(headers.authorization ?? "")?.[1];
    const scope = header ?? url.searchParams.get("X-Amz-Credential") ?? "";
    const [accessKeyId, , , service = isPlain(headers, url) ? "s3" : ""] = scope.split("/");
    return { service, accessKeyId: accessKeyId === "" ? undefined : accessKeyId };
}

/** A request that says nothing of operations and protocols: without a signature, only S3 is asked like this. */
function isPlain(headers: IncomingHttpHeaders, { pathname }: URL): boolean {
    return (
        headers["x-amz-target"] === undefined &&
        headers["content-type"]?.startsWith("application/x-www-form-urlencoded") !== true &&
        !pathname.startsWith("/service/")
    );
}

function actionOf(service: string, head: RequestHead, url: URL, body: Buffer): string {
    const target = head.headers["x-amz-target"];
    if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
    const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(url.pathname)?.[1];
    if (rpc !== undefined) return rpc;
    if (head.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
        const action = new URLSearchParams(body.toString("utf8")).get("Action");
        if (action !== null) return action;
    }
    if (service === "s3") return s3Action(head, url);
    const action = url.searchParams.get("Action");
    if (action !== null) return action;
    const rest = restActions[service]?.find(
        ([method, pattern]) => method === head.method && pattern.test(url.pathname),
    );
    return rest?.[2] ?? "";
}

/** REST paths of the services that the pipeline reaches beside S3, in the order in which they are tried. */
const restActions: Readonly<Record<string, readonly (readonly [string, RegExp, string])[]>> = {
    lambda: [
        ["POST", /^\/2015-03-31\/functions\/[^/]+\/invocations$/, "Invoke"],
        ["POST", /^\/2015-03-31\/functions\/?$/, "CreateFunction"],
        ["GET", /^\/2015-03-31\/functions\/?$/, "ListFunctions"],
        ["GET", /^\/2015-03-31\/functions\/[^/]+$/, "GetFunction"],
        ["GET", /^\/2015-03-31\/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
        ["POST", /^\/2015-03-31\/functions\/[^/]+\/policy$/, "AddPermission"],
        ["PUT", /^\/2017-10-31\/functions\/[^/]+\/concurrency$/, "PutFunctionConcurrency"],
    ],
    scheduler: [
        ["POST", /^\/schedules\/[^/]+$/, "CreateSchedule"],
        ["GET", /^\/schedules\/[^/]+$/, "GetSchedule"],
        ["GET", /^\/schedules\/?$/, "ListSchedules"],
    ],
};

/** Sub-resources of a bucket and of an object: the query parameter, and what the operation is then called. */
const bucketParts: Readonly<Record<string, string>> = {
    accelerate: "BucketAccelerateConfiguration",
    acl: "BucketAcl",
    cors: "BucketCors",
    encryption: "BucketEncryption",
    lifecycle: "BucketLifecycleConfiguration",
    location: "BucketLocation",
    logging: "BucketLogging",
    notification: "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    ownershipControls: "BucketOwnershipControls",
    policy: "BucketPolicy",
    publicAccessBlock: "PublicAccessBlock",
    replication: "BucketReplication",
    tagging: "BucketTagging",
    versioning: "BucketVersioning",
    website: "BucketWebsite",
};
const objectParts: Readonly<Record<string, string>> = {
    acl: "ObjectAcl",
    attributes: "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    retention: "ObjectRetention",
    tagging: "ObjectTagging",
};
const verbs: Readonly<Record<string, string>> = {
    GET: "Get",
    HEAD: "Get",
    PUT: "Put",
    DELETE: "Delete",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html, path style */
function s3Action({ method, headers }: RequestHead, url: URL): string {
    const query = url.searchParams;
    const key = url.pathname.split("/").slice(2).join("/");
    if (url.pathname === "/") return "ListBuckets";
    if (key === "") return bucketAction(method, query);
    for (const [parameter, part] of Object.entries(objectParts)) {
        if (query.has(parameter)) return `${verbs[method] ?? ""}${part}`;
    }
    switch (method) {
        case "HEAD":
            return "HeadObject";
        case "GET":
            return query.has("uploadId") ? "ListParts" : "GetObject";
        case "PUT": {
            const copies = headers["x-amz-copy-source"] !== undefined;
            if (query.has("uploadId")) return copies ? "UploadPartCopy" : "UploadPart";
            return copies ? "CopyObject" : "PutObject";
        }
        case "POST":
            if (query.has("uploads")) return "CreateMultipartUpload";
            return query.has("uploadId") ? "CompleteMultipartUpload" : "PostObject";
        case "DELETE":
            return query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
        default:
            return "";
    }
}

function bucketAction(method: string, query: URLSearchParams): string {
    for (const [parameter, part] of Object.entries(bucketParts)) {
        if (query.has(parameter)) return `${verbs[method] ?? ""}${part}`;
    }
    switch (method) {
        case "HEAD":
            return "HeadBucket";
        case "PUT":
            return "CreateBucket";
        case "DELETE":
            return "DeleteBucket";
        case "POST":
            return query.has("delete") ? "DeleteObjects" : "PostObject";
        default:
            if (query.has("uploads")) return "ListMultipartUploads";
            if (query.has("versions")) return "ListObjectVersions";
            return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    }
}
