/** External schemas: tables of the Glue Data Catalog, read in place. */
import type { DuckDBConnection } from "@duckdb/node-api";
import {
    GetTableCommand,
    GlueClient,
    paginateGetPartitions,
    type Table,
} from "@aws-sdk/client-glue";
import { pathOf, type Relation } from "./access";
import { SqlError } from "./errors";
import { Objects, type StoredObject } from "./objects";
import { columnsOfFile, incompatible, isCompatible, type TypedColumn } from "./parquet";
import type { Reader } from "./reader";
import type { RoleSession } from "./session";
import { pathInSql, quoted, textList, textLiteral } from "./names";

/** An external schema as `CREATE EXTERNAL SCHEMA` declares it. */
export interface ExternalSchema {
    readonly name: string;
    /** Database of the catalog. */
    readonly catalogDatabase: string;
    readonly roleArn: string;
    readonly ifNotExists: boolean;
}

/** Reads `CREATE EXTERNAL SCHEMA [IF NOT EXISTS] x FROM DATA CATALOG DATABASE 'y' IAM_ROLE 'arn'`, the words of which are read up to SCHEMA. */
export function readExternalSchema(reader: Reader): ExternalSchema {
    const ifNotExists = reader.take("IF", "NOT", "EXISTS");
    const name = reader.name().toLowerCase();
    reader.expect("FROM", "DATA", "CATALOG");
    let catalogDatabase: string | undefined;
    let roleArn: string | undefined;
    while (!reader.ended) {
        if (reader.take("DATABASE")) catalogDatabase = reader.text();
        else if (reader.take("IAM_ROLE")) roleArn = reader.text();
        else if (reader.take("REGION")) reader.text();
        else reader.refuse();
    }
    if (catalogDatabase === undefined || roleArn === undefined) {
        throw new SqlError("CREATE EXTERNAL SCHEMA needs DATABASE and IAM_ROLE");
    }
    return { name, catalogDatabase, roleArn, ifNotExists };
}

/** A partition, or the whole of a table that has none. */
interface Part {
    readonly location: string;
    readonly values: readonly string[];
}

/** Makes a view of DuckDB that reads the table's files as they are now. */
export async function mountTable(
    connection: DuckDBConnection,
    relation: Relation,
    schema: ExternalSchema,
    session: RoleSession,
    folder: string,
): Promise<void> {
    const glue = new GlueClient(session);
    const objects = new Objects(session, schema.roleArn, folder);
    try {
        const table = await tableOf(glue, relation, schema);
        const declared = columnsOf(table);
        const selects: string[] = [];
        for (const part of await partsOf(glue, table, relation, schema)) {
            const listed = (await objects.list(part.location)).filter(({ uri }) => !isHidden(uri));
            const files = await objects.fetchAll(listed.filter(({ size }) => size > 0));
            selects.push(...(await selectsOf(connection, table, declared, part, files)));
        }
        const rows = selects.length > 0 ? selects.join(" UNION ALL ") : nothing(table, declared);
        await connection.run(`CREATE OR REPLACE VIEW ${pathInSql(relation)} AS ${rows}`);
    } finally {
        glue.destroy();
        objects.close();
    }
}

async function tableOf(
    glue: GlueClient,
    relation: Relation,
    schema: ExternalSchema,
): Promise<Table> {
    try {
        const { Table: table } = await glue.send(
            new GetTableCommand({ DatabaseName: schema.catalogDatabase, Name: relation.name }),
        );
        if (table !== undefined) return checkFormat(table, relation);
    } catch (error) {
        if ((error as Error).name !== "EntityNotFoundException") throw glueFailure(error, schema);
    }
    throw new SqlError(`relation "${pathOf(relation)}" does not exist`);
}

function checkFormat(table: Table, relation: Relation): Table {
    const library = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? "";
    if (/parquet/i.test(library)) return table;
    throw new SqlError(
        `external table ${pathOf(relation)} is read with ${library || "no serde"}: ` +
            "only Parquet is supported by the local stand-in for Redshift",
    );
}

async function partsOf(
    glue: GlueClient,
    table: Table,
    relation: Relation,
    schema: ExternalSchema,
): Promise<Part[]> {
    if ((table.PartitionKeys ?? []).length === 0) {
        return [{ location: folderOf(table.StorageDescriptor?.Location), values: [] }];
    }
    const found: Part[] = [];
    try {
        const pages = paginateGetPartitions(
            { client: glue },
            { DatabaseName: schema.catalogDatabase, TableName: relation.name },
        );
        for await (const { Partitions = [] } of pages) {
            for (const { StorageDescriptor, Values = [] } of Partitions) {
                found.push({ location: folderOf(StorageDescriptor?.Location), values: Values });
            }
        }
    } catch (error) {
        throw glueFailure(error, schema);
    }
    return found;
}

function glueFailure(error: unknown, { roleArn }: ExternalSchema): SqlError {
    const { name, message } = error as Error;
    return new SqlError(`${name}: ${message}, as ${roleArn}`);
}

const folderOf = (location = ""): string => (location.endsWith("/") ? location : `${location}/`);

/** Spectrum leaves these out (https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-data-files.html). */
function isHidden(uri: string): boolean {
    return /\/[._#][^/]*$|~$/.test(uri);
}

/** One SELECT for all files of a part that have the same columns. Spectrum finds a Parquet file's columns by name. */
async function selectsOf(
    connection: DuckDBConnection,
    table: Table,
    declared: readonly TypedColumn[],
    part: Part,
    files: readonly StoredObject[],
): Promise<string[]> {
    const byColumns = new Map<string, StoredObject[]>();
    for (const file of files) {
        const inFile = new Map<string, TypedColumn>();
        for (const column of await columnsOfFile(connection, file)) {
            inFile.set(column.name.toLowerCase(), column);
        }
        const expressions = declared.map((column) => {
            const source = inFile.get(column.name);
            if (source === undefined)
                return `CAST(NULL AS ${column.type}) AS ${quoted(column.name)}`;
            if (!isCompatible(source.type, column.type))
                throw incompatible(file, column, source.type);
            return `CAST(${quoted(source.name)} AS ${column.type}) AS ${quoted(column.name)}`;
        });
        const select = expressions.join(", ");
        byColumns.set(select, [...(byColumns.get(select) ?? []), file]);
    }
    const keys = partitionKeys(table).map(({ name, type }, index) => {
        return `CAST(${textLiteral(part.values[index] ?? "")} AS ${type}) AS ${quoted(name)}`;
    });
    return [...byColumns].map(([select, group]) => {
        const paths = textList(group.map(({ path }) => path));
        const list = [select, ...keys].filter((item) => item !== "").join(", ");
        return `SELECT ${list} FROM read_parquet(${paths}, union_by_name = true, hive_partitioning = false)`;
    });
}

/** The table without a row. */
function nothing(table: Table, declared: readonly TypedColumn[]): string {
    const columns = [...declared, ...partitionKeys(table)];
    const list = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoted(name)}`);
    return `SELECT ${list.join(", ")} WHERE false`;
}

const columnsOf = (table: Table): TypedColumn[] =>
    (table.StorageDescriptor?.Columns ?? []).map(typedColumn);

const partitionKeys = (table: Table): TypedColumn[] => (table.PartitionKeys ?? []).map(typedColumn);

/** Types of the catalog that Spectrum reads, in DuckDB's words. */
const types: Readonly<Record<string, string>> = {
    string: "VARCHAR",
    varchar: "VARCHAR",
    char: "VARCHAR",
    tinyint: "TINYINT",
    smallint: "SMALLINT",
    int: "INTEGER",
    integer: "INTEGER",
    bigint: "BIGINT",
    float: "FLOAT",
    double: "DOUBLE",
    boolean: "BOOLEAN",
    date: "DATE",
    timestamp: "TIMESTAMP",
};

function typedColumn({
    Name = "",
    Type = "",
}: {
    Name?: string | undefined;
    Type?: string | undefined;
}): TypedColumn {
    const [, word = "", parameters = ""] = /^(\w+)(\(.*\))?$/.exec(Type.toLowerCase()) ?? [];
    const type = word === "decimal" ? `DECIMAL${parameters}` : types[word];
    if (type === undefined)
        throw new SqlError(`column "${Name}" has type ${Type}, which Spectrum can't read`);
    return { name: Name.toLowerCase(), type };
}
