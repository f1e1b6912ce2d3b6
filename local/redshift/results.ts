/** Results of queries, in the form in which the Data API hands them out. */
import type { DuckDBResultReader, Json } from "@duckdb/node-api";

/** What a statement gave. */
export interface Result {
    /** Rows returned or changed; -1 where the question makes no sense. */
    readonly rowCount: number;
    /** Undefined for a statement that returns no rows. */
    readonly table: ResultTable | undefined;
}

/** Rows, each a list of the API's `Field`s as JSON text: numbers of 64 bits don't fit JavaScript's. */
export interface ResultTable {
    readonly columns: readonly ColumnMetadata[];
    readonly rows: readonly (readonly string[])[];
}

/** @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ColumnMetadata.html */
export interface ColumnMetadata {
    readonly name: string;
    readonly label: string;
    readonly typeName: string;
    readonly length: number;
    readonly nullable: number;
    readonly precision: number;
    readonly scale: number;
    readonly isCaseSensitive: boolean;
    readonly isCurrency: boolean;
    readonly isSigned: boolean;
    readonly schemaName: string;
    readonly tableName: string;
}

/** The answer to a statement without rows. */
export const noRows = (rowCount = -1): Result => ({ rowCount, table: undefined });

/** Reads a query's rows. `labels` are the columns' names where they are known. */
export function resultOf(
    reader: DuckDBResultReader,
    labels: readonly string[] | undefined,
): Result {
    const types = reader.columnTypes().map(String);
    const names = reader.columnNames();
    const columns = types.map((type, index) => {
        return metadata(labels?.[index] ?? (names[index] ?? "").toLowerCase(), type);
    });
    const rows = reader
        .getRowsJson()
        .map((row) => row.map((value, index) => field(value, types[index] ?? "")));
    return { rowCount: rows.length, table: { columns, rows } };
}

/** Redshift's name, precision and scale of DuckDB's types. */
const typeNames: Readonly<Record<string, readonly [string, number, number]>> = {
    BOOLEAN: ["bool", 1, 0],
    TINYINT: ["int2", 5, 0],
    SMALLINT: ["int2", 5, 0],
    INTEGER: ["int4", 10, 0],
    BIGINT: ["int8", 19, 0],
    HUGEINT: ["numeric", 38, 0], // what SUM of BIGINT is in both
    FLOAT: ["float4", 8, 8],
    DOUBLE: ["float8", 17, 17],
    DATE: ["date", 13, 0],
    TIMESTAMP: ["timestamp", 29, 6],
    "TIMESTAMP WITH TIME ZONE": ["timestamptz", 35, 6],
    JSON: ["super", 0, 0],
};

function metadata(name: string, type: string): ColumnMetadata {
    const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
    const [typeName, precision, scale] =
        decimal === null
            ? (typeNames[type] ?? ["varchar", 65_535, 0])
            : ["numeric", Number(decimal[1]), Number(decimal[2])];
    const isNumber = /^(int|float|numeric)/.test(typeName);
    return {
        name,
        label: name,
        typeName,
        length: 0,
        nullable: 1,
        precision,
        scale,
        isCaseSensitive: typeName === "varchar",
        isCurrency: false,
        isSigned: isNumber,
        schemaName: "",
        tableName: "",
    };
}

function field(value: Json, type: string): string {
    if (value === null) return '{"isNull":true}';
    switch (type) {
        case "BOOLEAN":
            return `{"booleanValue":${asText(value)}}`;
        case "TINYINT":
        case "SMALLINT":
        case "INTEGER":
        case "BIGINT":
            return `{"longValue":${asText(value)}}`;
        case "FLOAT":
        case "DOUBLE":
            if (typeof value === "number") return `{"doubleValue":${String(value)}}`;
            return text(asText(value)); // infinity and NaN have no JSON
        default:
            return text(asText(value));
    }
}

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const text = (value: string): string => `{"stringValue":${JSON.stringify(value)}}`;
