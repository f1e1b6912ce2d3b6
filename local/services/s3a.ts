/** What Hadoop's S3 client needs of an S3 that it reaches without TLS. */
import type { Middleware } from "../gateway/call";

/**
 * Leaves out which key an object lies under when Hadoop asks about the object. Hadoop repeats it in its copies (its
 * renames), and version 1 of the Java SDK sends no such header without TLS: it takes it for a customer's own key. The
 * copy gets the bucket's default key here, as it does in AWS.
 */
export const withoutKeys: Middleware = async (call, next) => {
    const reply = await next();
    const isHadoop = call.headers["user-agent"]?.startsWith("Hadoop") === true;
    if (!isHadoop || call.action !== "HeadObject") return reply;
    const headers = Object.entries(reply.headers).filter(
        ([name]) => !name.startsWith("x-amz-server-side-encryption"),
    );
    return { ...reply, headers: Object.fromEntries(headers) };
};
