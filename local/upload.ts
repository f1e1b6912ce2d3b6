/** Puts log files into the raw bucket, as a team that ships logs would. */
import { createReadStream } from "node:fs";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { LogFile } from "./logs";

/** Uploads `files` in parts, so that their size does not matter, a few at a time. */
export async function upload(
    s3: S3Client,
    bucket: string,
    files: readonly LogFile[],
    say: (line: string) => void,
): Promise<void> {
    const queue = [...files];
    const worker = async () => {
        for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
            await new Upload({
                client: s3,
                params: { Bucket: bucket, Key: file.key, Body: createReadStream(file.path) },
            }).done();
            say(`  ${file.key}  ${size(file.bytes)}`);
        }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
}

function size(bytes: number): string {
    return bytes < 1e6
        ? `${Math.ceil(bytes / 1000).toString()} kB`
        : `${(bytes / 1e6).toFixed(1)} MB`;
}
