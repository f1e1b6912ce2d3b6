/** Answers in the forms that AWS gives them. */
import { randomUUID } from "node:crypto";
import type { Call, Reply } from "./call";

/** An error that a service answers with, by its code in the service's model. */
export class ServiceError extends Error {
    constructor(
        readonly code: string,
        message: string,
        /** HTTP status. @default 400 */
        readonly status = 400,
    ) {
        super(message);
    }
}

/** A JSON answer (`application/x-amz-json-1.1`, REST JSON). */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
    return {
        status,
        headers: {
            "content-type": "application/x-amz-json-1.1",
            "x-amzn-requestid": randomUUID(),
            ...headers,
        },
        body: Buffer.from(JSON.stringify(value)),
    };
}

/** The error as the protocol of the call has it: XML for S3 and the query services, JSON for the others. */
export function failure(call: Pick<Call, "service" | "headers">, error: ServiceError): Reply {
    const { code, message, status } = error;
    const isForm =
        call.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
    if (call.service !== "s3" && !isForm) {
        // `message` and `Message`: services differ in which of the two their model has
        return json({ __type: code, message, Message: message }, status, {
            "x-amzn-errortype": code,
        });
    }
    const requestId = randomUUID();
    const fields = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
    const xml =
        call.service === "s3"
            ? `<Error>${fields}<RequestId>${requestId}</RequestId></Error>`
            : `<ErrorResponse><Error><Type>Sender</Type>${fields}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return {
        status,
        headers: { "content-type": "application/xml", "x-amzn-requestid": requestId },
        body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
    };
}

/** The body of a JSON call as an object, of the type that the service's model gives it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- saves a cast in every handler
export function input<T>(call: Call): T {
    return (call.body.length === 0 ? {} : JSON.parse(call.body.toString("utf8"))) as T;
}

/** Text of an XML element. */
export function escapeXml(text: string): string {
    return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
}
