/** `DeleteObjects` where some keys are refused: S3 deletes the others, and each refusal stands in its answer. */
import type { Api } from "../api";
import type { Call, Reply } from "../gateway/call";
import { escapeXml } from "../gateway/replies";
import { keysIn } from "./needs/s3";
import { accessDenied } from "./refusals";
import { placeOf } from "./s3Path";
import type { Judged } from "./usage";

/** Deletes what is not refused, and answers as S3 does (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html). */
export async function deleteAllowed(
    call: Call,
    refused: readonly Judged[],
    backend: Api,
): Promise<Reply> {
    const { bucket } = placeOf(call.path);
    const errors = new Map(
        refused.map((each) => [each.need.resource, accessDenied(call, each)] as const),
    );
    const errorOf = (key: string) => errors.get(`arn:aws:s3:::${bucket}/${key}`);
    const keys = keysIn(call.body.toString("utf8"));
    const allowed = keys.filter((key) => errorOf(key) === undefined);
    if (allowed.length > 0) {
        const Objects = allowed.map((Key) => ({ Key }));
        await backend("s3", "DeleteObjects", { Bucket: bucket, Delete: { Objects } });
    }
    const lines = keys.map((key) => {
        const error = errorOf(key);
        const name = `<Key>${escapeXml(key)}</Key>`;
        return error === undefined
            ? `<Deleted>${name}</Deleted>`
            : `<Error>${name}<Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
    });
    return {
        status: 200,
        headers: { "content-type": "application/xml" },
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult>${lines.join("")}</DeleteResult>`,
    };
}
