/** The lines that a run quarantined, for whoever wants to know why it failed: it has published nothing that could be asked. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { table } from "./summary";

/** How many lines are shown, and how much of each. */
const shownLines = 5;
const shownCharacters = 100;

/** A few quarantined lines of each reason, of the tables of a run that were taken into `out`; none where there are none. */
export async function describeQuarantine(
    out: string,
    dt: string,
    runId: string,
): Promise<string[]> {
    const folder = join(out, "processed", "quarantine", `dt=${dt}`, `run=${runId}`);
    if (!existsSync(folder)) return [];
    const files = join(folder, "*.parquet").replaceAll("'", "''");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
        const reader = await connection.runAndReadAll(
            `select source, reason, parse_filename(log_file_path) as file, log_file_line as number,
                 left(line, ${String(shownCharacters)}) as line
             from read_parquet('${files}', hive_partitioning = false)
             qualify row_number() over (partition by source, reason order by log_file_path, log_file_line) <= ${String(shownLines)}
             order by source, reason, log_file_path, log_file_line limit ${String(4 * shownLines)}`,
        );
        const rows = reader.getRowsJson().map((row) => row.map(printable));
        if (rows.length === 0) return [];
        return table({ columns: reader.columnNames(), rows });
    } finally {
        connection.closeSync();
        instance.closeSync();
    }
}

/** Text without what a terminal would take for a command. */
function printable(value: unknown): string {
    return String(value).replace(/\p{Cc}/gu, "\u{fffd}");
}
