/** The bytes behind Pulumi's assets and archives. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { zipSync, type Zippable } from "fflate";

/** The bytes of an object's content: an asset, an archive as a zip, text, or Base64. */
export async function materialise(
    source: unknown,
    text?: unknown,
    base64?: unknown,
): Promise<Buffer> {
    if (typeof text === "string") return Buffer.from(text);
    if (typeof base64 === "string") return Buffer.from(base64, "base64");
    if (source instanceof pulumi.asset.FileAsset) return readFileSync(await source.path);
    if (source instanceof pulumi.asset.StringAsset) return Buffer.from(await source.text);
    if (source instanceof pulumi.asset.FileArchive) {
        const path = await source.path;
        return statSync(path).isDirectory() ? zip(folder(path)) : readFileSync(path);
    }
    if (source instanceof pulumi.asset.AssetArchive) return zip(await entries(source));
    throw new Error(`no bytes in ${String(source)}: an asset, an archive or text was expected`);
}

type Files = Record<string, Buffer>;

async function entries(archive: pulumi.asset.AssetArchive): Promise<Files> {
    const files: Files = {};
    for (const [path, item] of Object.entries(await archive.assets)) {
        if (item instanceof pulumi.asset.AssetArchive) {
            for (const [inner, bytes] of Object.entries(await entries(item)))
                files[`${path}/${inner}`] = bytes;
        } else if (item instanceof pulumi.asset.FileArchive) {
            for (const [inner, bytes] of Object.entries(folder(await item.path)))
                files[`${path}/${inner}`] = bytes;
        } else {
            files[path] = await materialise(item);
        }
    }
    return files;
}

function folder(path: string): Files {
    return Object.fromEntries(
        readdirSync(path, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name))
            .map((file) => [relative(path, file).split(sep).join("/"), readFileSync(file)]),
    );
}

/** The same files make the same bytes: in order of name, all of the first day that the format knows. */
function zip(files: Files): Buffer {
    const mtime = new Date(1980, 0, 1);
    const sorted = Object.keys(files).sort();
    const zippable: Zippable = {};
    for (const name of sorted) zippable[name] = [files[name] ?? Buffer.alloc(0), { mtime }];
    return Buffer.from(zipSync(zippable, { level: 6 }));
}
