/** Source code packed for a service that runs it, under a name that its content decides. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** A package ready to upload. */
export interface SourcePackage {
    /** First 16 hex digits of the SHA-256 of every file's path and content. */
    readonly hash: string;
    /** The files, as a zip archive. */
    readonly archive: pulumi.asset.AssetArchive;
}

/**
 * Packs the `*.py` files below `folder`, under `prefix` in the archive. Caches, tests and whatever else lies there are
 * left out, so that the hash changes only with the code.
 *
 * @throws Error when `folder` holds no such file.
 */
export function packPython(folder: string, prefix: string): SourcePackage {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort();
    if (files.length === 0) throw new Error(`no Python files in ${folder}`);

    const digest = createHash("sha256");
    const assets: Record<string, pulumi.asset.Asset> = {};
    for (const file of files) {
        const path = join(folder, file);
        digest.update(`${file}\0`).update(readFileSync(path)).update("\0");
        assets[`${prefix}/${file}`] = new pulumi.asset.FileAsset(path);
    }
    return {
        hash: digest.digest("hex").slice(0, 16),
        archive: new pulumi.asset.AssetArchive(assets),
    };
}

/** First 16 hex digits of the SHA-256 of one file's content. */
export function hashFile(path: string): string {
    return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
}
