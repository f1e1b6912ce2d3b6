/**
 * Signature Version 4, checked as AWS checks it: in the header or in the query of a presigned URL.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { queryOf, type RequestHead } from "../gateway/route";

/** How a signature is wrong. */
export type SignatureProblem = "missing" | "mismatch" | "skewed" | "expired";

/** A request's signature may be so old or so far ahead, in milliseconds. */
const allowedSkew = 15 * 60_000;

const unsigned = "UNSIGNED-PAYLOAD";

interface Signature {
    /** `20260304/eu-west-1/s3/aws4_request` */
    readonly scope: string;
    readonly signedHeaders: readonly string[];
    readonly value: string;
    /** `20260304T101112Z` */
    readonly date: string;
    /** Seconds for which a presigned URL holds. */
    readonly expires?: number;
}

/**
 * Checks the signature of a request against the secret of the key that it names; undefined where it is right. `body` is
 * undefined for an upload that is passed on as it comes: then the hash that the request declares is what was signed.
 */
export function problemWithSignature(
    head: RequestHead,
    body: Buffer | undefined,
    secretAccessKey: string,
    now = Date.now(),
): SignatureProblem | undefined {
    const query = queryOf(head.path);
    const signature = fromHeader(head) ?? fromQuery(query);
    if (signature === undefined) return "missing";
    const signed = instantOf(signature.date);
    if (signature.expires !== undefined) {
        if (now > signed + signature.expires * 1000) return "expired";
    } else if (!(Math.abs(now - signed) <= allowedSkew)) return "skewed";

    const declared = head.headers["x-amz-content-sha256"];
    const hash = typeof declared === "string" ? declared : undefined;
    const actual = body === undefined ? undefined : sha256(body);
    const isHash = hash !== undefined && /^[0-9a-f]{64}$/.test(hash);
    if (isHash && actual !== undefined && hash !== actual) return "mismatch";

    const payload = hash ?? (signature.expires === undefined ? actual : unsigned) ?? unsigned;
    const request = canonicalRequest(head, query, signature, payload);
    const text = `AWS4-HMAC-SHA256\n${signature.date}\n${signature.scope}\n${sha256(request)}`;
    const expected = hmac(signingKey(secretAccessKey, signature.scope), text).toString("hex");
    return equal(expected, signature.value) ? undefined : "mismatch";
}

function fromHeader({ headers }: RequestHead): Signature | undefined {
    const [, credential = "", signedHeaders = "", value = ""] =
        /^AWS4-HMAC-SHA256\s+Credential=([^\s,]+),\s*SignedHeaders=([^\s,]+),\s*Signature=([0-9a-f]+)/.exec(
            headers.authorization ?? "",
        ) ?? [];
    if (value === "") return undefined;
    const date = headers["x-amz-date"];
    return {
        scope: credential.slice(credential.indexOf("/") + 1),
        signedHeaders: signedHeaders.split(";"),
        value,
        date: typeof date === "string" ? date : "",
    };
}

function fromQuery(query: URLSearchParams): Signature | undefined {
    const value = query.get("X-Amz-Signature");
    if (value === null) return undefined;
    const credential = query.get("X-Amz-Credential") ?? "";
    return {
        scope: credential.slice(credential.indexOf("/") + 1),
        signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
        value,
        date: query.get("X-Amz-Date") ?? "",
        expires: Number(query.get("X-Amz-Expires") ?? 0),
    };
}

function canonicalRequest(
    { method, headers, path: sent }: RequestHead,
    query: URLSearchParams,
    { scope, signedHeaders }: Signature,
    payload: string,
): string {
    const [plain = "/"] = sent.split("?"); // as it is: a key may hold what a URL would be tidied of
    const isS3 = scope.split("/")[2] === "s3";
    // S3 signs the path as it is sent; the others encode what is sent once more
    const path = isS3 ? plain : plain.split("/").map(encode).join("/");
    const parameters = [...query]
        .filter(([name]) => name !== "X-Amz-Signature")
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .sort();
    const lines = signedHeaders.map((name) => {
        const value = [headers[name] ?? ""].flat().join(",");
        return `${name}:${value.trim().replace(/\s+/g, " ")}\n`;
    });
    return [
        method,
        path,
        parameters.join("&"),
        lines.join(""),
        signedHeaders.join(";"),
        payload,
    ].join("\n");
}

const keys = new Map<string, Buffer>();

/** The key of a day, Region and service; made once. */
function signingKey(secretAccessKey: string, scope: string): Buffer {
    const id = `${secretAccessKey}/${scope}`;
    let key = keys.get(id);
    if (key === undefined) {
        key = scope
            .split("/")
            .reduce<Buffer>(
                (previous, part) => hmac(previous, part),
                Buffer.from(`AWS4${secretAccessKey}`),
            );
        if (keys.size > 1000) keys.clear();
        keys.set(id, key);
    }
    return key;
}

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

function equal(expected: string, given: string): boolean {
    return (
        expected.length === given.length &&
        timingSafeEqual(Buffer.from(expected), Buffer.from(given))
    );
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function encode(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

/** Milliseconds of `20260304T101112Z`; NaN where it is no such time. */
function instantOf(date: string): number {
    return Date.parse(
        date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
    );
}
