/** COPY of Parquet files from S3. @see https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html */
import type { DuckDBConnection } from "@duckdb/node-api";
import { pathOf, type Relation } from "./access";
import { SqlError } from "./errors";
import type { ListedObject, Objects, StoredObject } from "./objects";
import { columnsOfFile, describe, incompatible, isCompatible, type TypedColumn } from "./parquet";
import type { Reader } from "./reader";
import { pathInSql, quoted, textList } from "./names";

/** A COPY, read. */
export interface Copy {
    readonly target: readonly string[];
    /** Columns that the file's go to, in the file's order. @default all of the table */
    readonly columns: readonly string[] | undefined;
    /** Prefix of the objects, or URI of the manifest. */
    readonly from: string;
    readonly roleArn: string;
    readonly manifest: boolean;
}

/** Reads a COPY. @throws SqlError when it is none that loads Parquet with an IAM role. */
export function readCopy(reader: Reader): Copy {
    reader.expect("COPY");
    const target = reader.path();
    let columns: string[] | undefined;
    if (reader.take("(")) {
        columns = reader.list(() => reader.name().toLowerCase());
        reader.expect(")");
    }
    reader.expect("FROM");
    const from = reader.text();
    let roleArn: string | undefined;
    let parquet = false;
    let manifest = false;
    while (!reader.ended) {
        if (reader.take("IAM_ROLE")) roleArn = reader.text();
        else if (reader.take("FORMAT")) {
            reader.take("AS");
            parquet = reader.take("PARQUET");
            if (!parquet) unsupported(`COPY in format ${reader.word()}`);
        } else if (reader.take("PARQUET")) parquet = true;
        else if (reader.take("MANIFEST")) manifest = true;
        else {
            const option = reader.word();
            if (notForColumnar.includes(option)) {
                throw new SqlError(`${option} argument is not supported for PARQUET based COPY`);
            }
            unsupported(`option ${option} of COPY`);
        }
    }
    if (roleArn === undefined) return unsupported("COPY without IAM_ROLE");
    if (!parquet) return unsupported("COPY of anything but Parquet");
    return { target, columns, from, roleArn, manifest };
}

const notForColumnar = [
    "MAXERROR",
    "ACCEPTANYDATE",
    "ACCEPTINVCHARS",
    "DELIMITER",
    "GZIP",
    "REGION",
    "TRUNCATECOLUMNS",
];

/** Loads the files and returns the number of rows. */
export async function runCopy(
    connection: DuckDBConnection,
    copy: Copy,
    target: Relation,
    objects: Objects,
): Promise<number> {
    const columns = await targetColumns(connection, copy, target);
    const listed = copy.manifest
        ? await ofManifest(copy.from, objects)
        : await objects.list(copy.from);
    if (listed.length === 0)
        throw new SqlError(`The specified S3 prefix '${copy.from}' does not exist`);

    const groups = new Map<string, StoredObject[]>();
    for (const file of await objects.fetchAll(listed)) {
        const names = await checkFile(connection, file, columns);
        const group = groups.get(names) ?? [];
        groups.set(names, [...group, file]);
    }
    let rows = 0;
    const into = `${pathInSql(target)} (${columns.map(({ name }) => quoted(name)).join(", ")})`;
    for (const files of groups.values()) {
        const paths = textList(files.map(({ path }) => path));
        const result = await connection.run(
            `INSERT INTO ${into} SELECT * FROM read_parquet(${paths}, hive_partitioning = false)`,
        );
        rows += result.rowsChanged;
    }
    return rows;
}

async function targetColumns(
    connection: DuckDBConnection,
    { columns }: Copy,
    target: Relation,
): Promise<TypedColumn[]> {
    const all = describe(await connection.runAndReadAll(`DESCRIBE ${pathInSql(target)}`));
    return (columns ?? all.map(({ name }) => name)).map((name) => {
        const column = all.find((candidate) => candidate.name === name);
        if (column !== undefined) return column;
        throw new SqlError(`column "${name}" of relation "${pathOf(target)}" does not exist`);
    });
}

/** Columns go by position: their number must agree, and each type. Returns the file's names, joined. */
async function checkFile(
    connection: DuckDBConnection,
    file: StoredObject,
    columns: readonly TypedColumn[],
): Promise<string> {
    const inFile = await columnsOfFile(connection, file);
    if (inFile.length !== columns.length) {
        throw new SqlError(
            "Spectrum Scan Error: Unmatched number of columns between table and file. " +
                `Table columns: ${String(columns.length)}, Data columns: ${String(inFile.length)}, File name: ${file.uri}`,
        );
    }
    inFile.forEach(({ type }, index) => {
        const column = columns[index];
        if (column !== undefined && !isCompatible(type, column.type)) {
            throw incompatible(file, column, type);
        }
    });
    return inFile.map(({ name }) => name).join("\0");
}

interface Manifest {
    readonly entries?: readonly {
        readonly url?: string;
        readonly mandatory?: boolean;
        readonly meta?: { readonly content_length?: number };
    }[];
}

/** The files that a manifest names; columnar ones need their length in it. */
async function ofManifest(uri: string, objects: Objects): Promise<ListedObject[]> {
    let manifest: Manifest;
    try {
        manifest = JSON.parse(await objects.text(uri)) as Manifest;
    } catch (error) {
        if (error instanceof SqlError) throw error;
        throw new SqlError(`Manifest file '${uri}' is not valid JSON`);
    }
    const found: ListedObject[] = [];
    for (const { url = "", mandatory = false, meta } of manifest.entries ?? []) {
        const length = meta?.content_length;
        if (length === undefined) {
            throw new SqlError(
                `Manifest file '${uri}' has no meta content_length for ${url}, which Parquet needs`,
            );
        }
        const object = (await objects.list(url)).find((candidate) => candidate.uri === url);
        if (object === undefined) {
            if (!mandatory) continue;
            throw new SqlError(`Mandatory url is not present in manifest ${uri}: ${url}`);
        }
        if (object.size !== length) {
            throw new SqlError(
                `File '${url}' has ${String(object.size)} bytes, its manifest '${uri}' says ${String(length)}`,
            );
        }
        found.push(object);
    }
    return found;
}

function unsupported(what: string): never {
    throw new SqlError(`${what} is not supported by the local stand-in for Redshift`);
}
