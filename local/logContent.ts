/** What a file holds, told by its first bytes as `file` does: a name may say something else. */
import { closeSync, openSync, readSync } from "node:fs";
import { UserError } from "./userError";

/** Whether a file is packed by gzip, by something else that is known to pack files, or not at all. */
export type Packing = "gzip" | "other" | "none";

/** First bytes of zip, bzip2, xz, zstd, 7z, lz4 and Parquet files, in hexadecimal. */
const otherBeginnings = [
    "504b0304",
    "425a68",
    "fd377a585a00",
    "28b52ffd",
    "377abcaf271c",
    "04224d18",
    "50415231",
];

/** @throws UserError when the file can't be read. */
export function packingOf(path: string): Packing {
    const beginning = firstBytes(path, 6).toString("hex");
    if (beginning.startsWith("1f8b")) return "gzip";
    return otherBeginnings.some((bytes) => beginning.startsWith(bytes)) ? "other" : "none";
}

function firstBytes(path: string, count: number): Buffer {
    const bytes = Buffer.alloc(count);
    try {
        const file = openSync(path, "r");
        try {
            return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
        } finally {
            closeSync(file);
        }
    } catch (error) {
        throw new UserError(`can't read ${path}: ${(error as Error).message}`);
    }
}
