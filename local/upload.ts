/** Puts log files into the raw bucket, as a team that ships logs would. */
import { createReadStream } from "node:fs";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { LogFile } from "./logs";

/** Files that are said one by one; of more, only how many are there from time to time. */
const saidFiles = 20;
const sayMilliseconds = 2000;

/** Uploads `files` in parts, so that their size does not matter, a few at a time. */
export async function upload(
    s3: S3Client,
    bucket: string,
    files: readonly LogFile[],
    say: (line: string) => void,
): Promise<void> {
    const queue = [...files];
    let done = 0;
    let said = Date.now();
    const tell = (file: LogFile) => {
        done++;
        if (files.length <= saidFiles) {
            say(`  ${file.key}  ${size(file.bytes)}`);
        } else if (done === files.length || Date.now() - said > sayMilliseconds) {
            said = Date.now();
            say(`  ${String(done)} of ${String(files.length)}`);
        }
    };
    const worker = async () => {
        for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
            await new Upload({
                client: s3,
                params: { Bucket: bucket, Key: file.key, Body: createReadStream(file.path) },
            }).done();
            tell(file);
        }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
}

function size(bytes: number): string {
    return bytes < 1e6
        ? `${Math.ceil(bytes / 1000).toString()} kB`
        : `${(bytes / 1e6).toFixed(1)} MB`;
}
