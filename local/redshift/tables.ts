/** CREATE TABLE, with what DuckDB has no word for: lengths in bytes, identity columns, keys that nobody enforces. */
import { Dialect, generateDataType } from "@polyglot-sql/sdk";
import { expressionToDuckDb, type Context, type Node } from "./dialect";
import { SqlError } from "./errors";
import { quoted, textLiteral } from "./names";

/* eslint-disable @typescript-eslint/no-explicit-any -- the parser's tree has no useful static type */

/** Longest VARCHAR in bytes (https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html). */
const maxVarcharBytes = 65_535;
const maxCharBytes = 4096;

/** Bytes of a VARCHAR, and of a CHAR, without a length. */
const defaultVarcharBytes = 256;
const defaultCharBytes = 1;

/** A statement that defines a column in DuckDB, and those that must run before. */
interface ColumnDefinition {
    readonly name: string;
    readonly sql: string;
    readonly before: readonly string[];
}

/** The columns of a CREATE TABLE as DuckDB takes them. */
export interface TableDefinition {
    readonly columns: readonly string[];
    /** Statements that must run before the table is made: sequences. */
    readonly before: readonly string[];
}

/** Translates the columns and checks the keys. @throws SqlError when Redshift would refuse the table. */
export function tableDefinition(node: Node, path: string, context: Context): TableDefinition {
    const columns = (node.columns as Node[]).map((column) =>
        columnDefinition(column, path, context),
    );
    const names = columns.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new SqlError(`column "${twice}" duplicated`);
    for (const key of keyColumns(node)) {
        if (!names.includes(key)) throw new SqlError(`column "${key}" named in key does not exist`);
    }
    return {
        columns: columns.map(({ sql }) => sql),
        before: columns.flatMap(({ before }) => before),
    };
}

/** Columns that DISTKEY, SORTKEY, PRIMARY KEY and UNIQUE name: checked, and then left to the reader. */
function keyColumns(node: Node): string[] {
    const found: string[] = [];
    const collect = (value: any): void => {
        if (Array.isArray(value)) value.forEach(collect);
        else if (value !== null && typeof value === "object") {
            if (typeof value.identifier?.name === "string") found.push(value.identifier.name);
            Object.values(value).forEach(collect);
        }
    };
    for (const property of node.properties ?? []) {
        collect(property.dist_key_property);
        collect(property.sort_key_property);
    }
    for (const constraint of node.constraints ?? []) {
        for (const key of ["PrimaryKey", "Unique"]) {
            for (const column of constraint[key]?.columns ?? []) found.push(String(column.name));
        }
    }
    return found.map((name) => name.toLowerCase());
}

function columnDefinition(column: Node, path: string, context: Context): ColumnDefinition {
    const name = String(column.name.name).toLowerCase();
    if (!column.name.quoted && reserved.has(name.toUpperCase())) {
        throw new SqlError(`syntax error at or near "${name}": it is a reserved word`);
    }
    const { type, check } = typeOf(column.data_type, quoted(name));
    const parts = [quoted(name), type];
    const before: string[] = [];
    if (column.auto_increment === true) {
        const sequence = quoted(`${path}.${name}`);
        const number = (part: Node): string => String(part?.literal?.value ?? "1");
        before.push(
            `CREATE SEQUENCE ${sequence} START ${number(column.auto_increment_start)} ` +
                `INCREMENT ${number(column.auto_increment_increment)}`,
        );
        parts.push(`DEFAULT nextval(${textLiteral(sequence)})`, "NOT NULL");
    } else if (column.default !== null && column.default !== undefined) {
        parts.push(`DEFAULT (${expressionToDuckDb(column.default, context)})`);
    }
    if (column.nullable === false) parts.push("NOT NULL");
    if (check !== undefined) parts.push(`CHECK (${check})`);
    return { name, sql: parts.join(" "), before };
}

function typeOf(type: Node, column: string): { type: string; check?: string } {
    const bytes = (length: number, max: number, word: string) => {
        if (length > max)
            throw new SqlError(`length for type ${word} cannot exceed ${String(max)}`);
        return { type: "VARCHAR", check: `strlen(${column}) <= ${String(length)}` };
    };
    switch (type.data_type) {
        case "var_char":
            return bytes(type.length ?? defaultVarcharBytes, maxVarcharBytes, "varchar");
        case "text":
            return bytes(defaultVarcharBytes, maxVarcharBytes, "varchar");
        case "char":
            return bytes(type.length ?? defaultCharBytes, maxCharBytes, "char");
        case "custom":
            if (String(type.name).toUpperCase() === "SUPER") return { type: "JSON" };
            throw new SqlError(`type "${String(type.name).toLowerCase()}" does not exist`);
        default: {
            const { success, sql } = generateDataType(type, Dialect.DuckDB) as any;
            if (success !== true)
                throw new SqlError(`type "${String(type.data_type)}" does not exist`);
            return { type: sql };
        }
    }
}

/** Words that name nothing without quotes (https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html). */
const reserved = new Set(
    `AES128 AES256 ALL ALLOWOVERWRITE ANALYSE ANALYZE AND ANY ARRAY AS ASC AUTHORIZATION AZ64 BACKUP BETWEEN BINARY
    BLANKSASNULL BOTH BYTEDICT BZIP2 CASE CAST CHECK COLLATE COLUMN CONSTRAINT CREATE CREDENTIALS CROSS CURRENT_DATE
    CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURRENT_USER_ID DEFAULT DEFERRABLE DEFLATE DEFRAG DELTA DELTA32K DESC
    DISABLE DISTINCT DO ELSE EMPTYASNULL ENABLE ENCODE ENCRYPT ENCRYPTION END EXCEPT EXPLICIT FALSE FOR FOREIGN FREEZE
    FROM FULL GLOBALDICT256 GLOBALDICT64K GRANT GROUP GZIP HAVING IDENTITY IGNORE ILIKE IN INITIALLY INNER INTERSECT
    INTERVAL INTO IS ISNULL JOIN LANGUAGE LEADING LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP LUN LUNS LZO LZOP MINUS
    MOSTLY16 MOSTLY32 MOSTLY8 NATURAL NEW NOT NOTNULL NULL NULLS OFF OFFLINE OFFSET OID OLD ON ONLY OPEN OR ORDER OUTER
    OVERLAPS PARALLEL PARTITION PERCENT PERMISSIONS PIVOT PLACING PRIMARY RAW READRATIO RECOVER REFERENCES REJECTLOG
    RESORT RESPECT RESTORE RIGHT SELECT SESSION_USER SIMILAR SNAPSHOT SOME SYSDATE SYSTEM TABLE TAG TDES TEXT255 TEXT32K
    THEN TIMESTAMP TO TOP TRAILING TRUE TRUNCATECOLUMNS UNION UNIQUE UNNEST UNPIVOT USER USING VERBOSE WALLET WHEN WHERE
    WITH WITHOUT`.split(/\s+/),
);
