/** The objects of S3 that COPY and Spectrum read, fetched as a session of the role that they read with. */
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { SqlError } from "./errors";
import type { RoleSession } from "./session";

/** Objects that are fetched at the same time. */
const atOnce = 8;

/** An object that lies on this machine. */
export interface StoredObject {
    readonly uri: string;
    /** File that holds its content. */
    readonly path: string;
    readonly size: number;
}

/** An object as a listing names it. */
export interface ListedObject {
    readonly uri: string;
    readonly size: number;
    readonly etag: string;
}

/** S3 as one role sees it. */
export class Objects {
    private readonly client: S3Client;

    /** `folder` keeps what was fetched, by its ETag. */
    constructor(
        session: RoleSession,
        private readonly roleArn: string,
        private readonly folder: string,
    ) {
        this.client = new S3Client({ ...session, forcePathStyle: true });
        mkdirSync(folder, { recursive: true });
    }

    /** Every object whose URI begins with `uri`. */
    async list(uri: string): Promise<ListedObject[]> {
        const { bucket, key } = parts(uri);
        const found: ListedObject[] = [];
        try {
            const pages = paginateListObjectsV2(
                { client: this.client },
                { Bucket: bucket, Prefix: key },
            );
            for await (const { Contents = [] } of pages) {
                for (const { Key = "", Size = 0, ETag = "" } of Contents) {
                    found.push({ uri: `s3://${bucket}/${Key}`, size: Size, etag: ETag });
                }
            }
        } catch (error) {
            throw this.failure(error, uri);
        }
        return found;
    }

    /** Fetches an object that is not here yet. */
    async fetch({ uri, size, etag }: ListedObject): Promise<StoredObject> {
        // each role's apart: what one may read, another may not
        const name = createHash("sha256").update(`${this.roleArn}\0${uri}\0${etag}`).digest("hex");
        const path = join(this.folder, name);
        if (existsSync(path)) return { uri, path, size };
        const { bucket, key } = parts(uri);
        try {
            const command = new GetObjectCommand({ Bucket: bucket, Key: key });
            const { Body } = await this.client.send(command);
            const partial = `${path}.part`;
            await pipeline(Body as Readable, createWriteStream(partial));
            renameSync(partial, path);
        } catch (error) {
            throw this.failure(error, uri);
        }
        return { uri, path, size };
    }

    /** Fetches many, a few at a time. */
    async fetchAll(objects: readonly ListedObject[]): Promise<StoredObject[]> {
        const fetched: StoredObject[] = [];
        for (let first = 0; first < objects.length; first += atOnce) {
            const some = objects.slice(first, first + atOnce);
            fetched.push(...(await Promise.all(some.map((object) => this.fetch(object)))));
        }
        return fetched;
    }

    /** The content of a small object. */
    async text(uri: string): Promise<string> {
        const { bucket, key } = parts(uri);
        try {
            const { Body } = await this.client.send(
                new GetObjectCommand({ Bucket: bucket, Key: key }),
            );
            return (await Body?.transformToString("utf8")) ?? "";
        } catch (error) {
            throw this.failure(error, uri);
        }
    }

    close(): void {
        this.client.destroy();
    }

    private failure(error: unknown, uri: string): SqlError {
        const { name, message, $metadata } = error as Error & {
            $metadata?: { httpStatusCode?: number };
        };
        const status = $metadata?.httpStatusCode;
        return new SqlError(
            `S3ServiceException:${message},Status ${String(status ?? 0)},Error ${name}: ${uri} as ${this.roleArn}`,
        );
    }
}

/** @throws SqlError when `uri` names no place in S3. */
export function parts(uri: string): { bucket: string; key: string } {
    const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
    if (match === null) throw new SqlError(`The S3 URI '${uri}' is not valid`);
    return { bucket: match[1] ?? "", key: match[2] ?? "" };
}
