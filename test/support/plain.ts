/** Inputs as plain JSON, with files and archives by their content, so that two runs can be compared. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../../local/program/mockEngine";

/** Inputs of every resource by its URN, with what the engine would compare. */
export async function registrations(
    resources: readonly Resource[],
): Promise<Record<string, unknown>> {
    const entries = await Promise.all(
        resources.map(async ({ urn, inputs, protect, dependencies }) => [
            urn,
            { inputs: await plain(inputs), protect, dependencies: [...dependencies].sort() },
        ]),
    );
    return Object.fromEntries(entries.sort()) as Record<string, unknown>;
}

async function plain(value: unknown): Promise<unknown> {
    if (value instanceof pulumi.asset.StringAsset) return { text: await value.text };
    if (value instanceof pulumi.asset.FileAsset) {
        return {
            sha256: createHash("sha256")
                .update(readFileSync(await value.path))
                .digest("hex"),
        };
    }
    if (value instanceof pulumi.asset.AssetArchive)
        return { archive: await plain(await value.assets) };
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    if (value === null || typeof value !== "object") return value;
    if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) {
        throw new Error(`no comparison for ${value.constructor.name}`);
    }
    const entries = Object.entries(value).map(async ([key, item]) => [key, await plain(item)]);
    return Object.fromEntries(await Promise.all(entries)) as unknown;
}
