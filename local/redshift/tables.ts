/** CREATE TABLE, with what DuckDB has no word for: lengths in bytes, identity columns, keys that nobody enforces. */
import { Dialect, generateDataType, type DataType } from "@polyglot-sql/sdk";
import { expressionToDuckDb, type Context } from "./dialect";
import { SqlError } from "./errors";
import { quoted, textLiteral } from "./names";
import type { Tree } from "./tree";

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
export function tableDefinition(node: Tree, path: string, context: Context): TableDefinition {
    const columns = node
        .get("columns")
        .items.map((column) => columnDefinition(column, path, context));
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
function keyColumns(node: Tree): string[] {
    const found: (string | undefined)[] = [];
    for (const property of node.get("properties").items) {
        property.visit((key, value) => {
            if (key === "identifier") found.push(value.name);
        });
    }
    for (const constraint of node.get("constraints").items) {
        for (const kind of ["PrimaryKey", "Unique"]) {
            found.push(...constraint.get(kind, "columns").items.map(({ name }) => name));
        }
    }
    return found.filter((name) => name !== undefined);
}

function columnDefinition(column: Tree, path: string, context: Context): ColumnDefinition {
    const name = column.get("name").name ?? "";
    if (!column.get("name").is("quoted") && reserved.has(name.toUpperCase())) {
        throw new SqlError(`syntax error at or near "${name}": it is a reserved word`);
    }
    const { type, check } = typeOf(column.get("data_type"), quoted(name));
    const parts = [quoted(name), type];
    const before: string[] = [];
    if (column.is("auto_increment")) {
        const sequence = quoted(`${path}.${name}`);
        const number = (key: string) => column.get(key, "literal", "value").text ?? "1";
        before.push(
            `CREATE SEQUENCE ${sequence} START ${number("auto_increment_start")} ` +
                `INCREMENT ${number("auto_increment_increment")}`,
        );
        parts.push(`DEFAULT nextval(${textLiteral(sequence)})`, "NOT NULL");
    } else if (column.get("default").present) {
        parts.push(`DEFAULT (${expressionToDuckDb(column.get("default"), context)})`);
    }
    if (column.get("nullable").value === false) parts.push("NOT NULL");
    if (check !== undefined) parts.push(`CHECK (${check})`);
    return { name, sql: parts.join(" "), before };
}

function typeOf(type: Tree, column: string): { type: string; check?: string } {
    const bytes = (length: number, max: number, word: string) => {
        if (length > max) {
            throw new SqlError(`length for type ${word} cannot exceed ${String(max)}`);
        }
        return { type: "VARCHAR", check: `strlen(${column}) <= ${String(length)}` };
    };
    const kind = type.get("data_type").text ?? "";
    const length = type.get("length").number;
    switch (kind) {
        case "var_char":
            return bytes(length ?? defaultVarcharBytes, maxVarcharBytes, "varchar");
        case "text":
            return bytes(defaultVarcharBytes, maxVarcharBytes, "varchar");
        case "char":
            return bytes(length ?? defaultCharBytes, maxCharBytes, "char");
        case "custom":
            if (type.name === "super") return { type: "JSON" };
            throw new SqlError(`type "${type.name ?? ""}" does not exist`);
        default: {
            const { sql } = generateDataType(type.value as DataType, Dialect.DuckDB);
            if (sql === undefined) throw new SqlError(`type "${kind}" does not exist`);
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
