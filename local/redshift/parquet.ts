/** Parquet files against the columns that Redshift reads them into. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { SqlError } from "./errors";
import { textLiteral } from "./names";
import type { StoredObject } from "./objects";

/** A column of a file or of a table, its type in DuckDB's words. */
export interface TypedColumn {
    readonly name: string;
    readonly type: string;
}

/** The columns of a file, in its order. @throws SqlError when it is not Parquet. */
export async function columnsOfFile(
    connection: DuckDBConnection,
    file: StoredObject,
): Promise<TypedColumn[]> {
    try {
        const query = `DESCRIBE SELECT * FROM read_parquet(${textLiteral(file.path)}, hive_partitioning = false)`;
        return describe(await connection.runAndReadAll(query));
    } catch {
        throw new SqlError(
            `Spectrum Scan Error: File '${file.uri}' is not a valid Parquet file (${String(file.size)} bytes)`,
        );
    }
}

/** The columns that a DESCRIBE told. */
export function describe(result: { getRowsJson(): unknown[][] }): TypedColumn[] {
    return result.getRowsJson().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Whether Redshift reads a file's type into a column's: widths must agree, only text takes any length. */
export function isCompatible(fileType: string, columnType: string): boolean {
    const plain = (type: string) =>
        type.replace(/ WITH TIME ZONE$/, "").replace(/^JSON$/, "VARCHAR");
    return plain(fileType) === plain(columnType);
}

/** The error that both COPY and Spectrum answer a wrong type with. */
export function incompatible(file: StoredObject, column: TypedColumn, fileType: string): SqlError {
    return new SqlError(
        `Spectrum Scan Error: File '${file.uri}' has an incompatible Parquet schema for column ` +
            `'${column.name}'. Column type: ${column.type}, Parquet type: ${fileType}`,
    );
}
