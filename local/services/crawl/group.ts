/** Which objects make a table, and which of its partitions each belongs to. */

/** An object in a bucket. */
export interface S3Object {
    readonly Key: string;
    readonly Size: number;
}

/** A folder of a table: one set of partition values. */
export interface Folder {
    /** Key prefix, with its slash. */
    readonly prefix: string;
    readonly values: readonly string[];
    readonly objects: readonly S3Object[];
}

/** Objects that make one table. */
export interface Group {
    readonly table: string;
    /** Key prefix of the table, with its slash. */
    readonly prefix: string;
    readonly partitionKeys: readonly string[];
    readonly folders: readonly Folder[];
    /** Keys that do not lie as deep as the table's other files. */
    readonly misplaced: readonly string[];
}

/** Where a crawler looks. */
export interface S3Target {
    readonly Path: string;
    readonly Exclusions?: readonly string[];
    /** Files read in each leaf folder. */
    readonly SampleSize?: number;
}

/** Bucket and key prefix of `s3://bucket/prefix`. */
export function parseS3Uri(uri: string): { bucket: string; key: string } {
    const [, bucket, key = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
    if (bucket === undefined) throw new Error(`not an S3 URI: ${uri}`);
    return { bucket, key };
}

/**
 * Groups objects by the folder at `tableLevel` (the bucket is level 1), and within each by folder: `dt=2026-01-01` is
 * partition key `dt`, a folder without a name is `partition_0` and so on.
 */
export function groupObjects(objects: readonly S3Object[], tableLevel: number): readonly Group[] {
    const byTable = new Map<string, S3Object[]>();
    for (const object of objects) {
        if (object.Size === 0) continue; // a folder's marker, or nothing to learn from
        const folders = object.Key.split("/").slice(0, -1);
        if (folders.length < tableLevel - 1) continue;
        const prefix = folders
            .slice(0, tableLevel - 1)
            .map((folder) => `${folder}/`)
            .join("");
        byTable.set(prefix, [...(byTable.get(prefix) ?? []), object]);
    }
    return [...byTable].map(([prefix, members]) => groupOf(prefix, members));
}

function groupOf(prefix: string, objects: readonly S3Object[]): Group {
    const byFolder = new Map<string, S3Object[]>();
    for (const object of objects) {
        const folder = object.Key.slice(0, object.Key.lastIndexOf("/") + 1);
        const members = byFolder.get(folder);
        if (members === undefined) byFolder.set(folder, [object]);
        else members.push(object);
    }
    const parts = (folder: string) => folder.slice(prefix.length).split("/").slice(0, -1);
    const depth = Math.max(...[...byFolder.keys()].map((folder) => parts(folder).length));
    const folders = [...byFolder].filter(([folder]) => parts(folder).length === depth);
    const misplaced = [...byFolder].filter(([folder]) => parts(folder).length !== depth);
    const first = parts(folders[0]?.[0] ?? prefix);
    return {
        table: tableName(prefix),
        prefix,
        partitionKeys: first.map(
            (part, index) => /^([^=]+)=/.exec(part)?.[1] ?? `partition_${String(index)}`,
        ),
        folders: folders.map(([folder, members]) => ({
            prefix: folder,
            values: parts(folder).map((part) => decodeURIComponent(part.replace(/^[^=]+=/, ""))),
            objects: members,
        })),
        misplaced: misplaced.flatMap(([, members]) => members.map(({ Key }) => Key)),
    };
}

/** Athena's and Hive's rule for names, which Glue applies to what it makes from folders. */
function tableName(prefix: string): string {
    const folder = prefix.split("/").at(-2) ?? "table";
    return folder.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

/**
 * Whether a glob of a target's exclusions matches `path`, which is relative to the target: `*` and `?` stay within a
 * folder, `**` crosses folders (https://docs.aws.amazon.com/glue/latest/dg/define-crawler.html#crawler-data-stores-exclude).
 */
export function excluded(path: string, globs: readonly string[]): boolean {
    return globs.some((glob) => globExpression(glob).test(path));
}

function globExpression(glob: string): RegExp {
    const tokens = glob.match(/\*\*|\\.|\{[^}]*\}|\[[^\]]*\]|[^]/g) ?? [];
    const pattern = tokens.map((token) => {
        if (token === "**") return ".*";
        if (token === "*") return "[^/]*";
        if (token === "?") return "[^/]";
        if (token.length > 1 && token.startsWith("{")) {
            return `(?:${token.slice(1, -1).split(",").map(literal).join("|")})`;
        }
        if (token.length > 1 && token.startsWith("[")) return token.replace("[!", "[^");
        return literal(token.replace(/^\\/, ""));
    });
    return new RegExp(`^${pattern.join("")}$`);
}

function literal(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
