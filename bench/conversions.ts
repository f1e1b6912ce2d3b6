/** Programs that turn the log into Parquet twice, and what each of them made. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Start } from "../local/processes";
import type { Bench, Measured } from "./benchmark";
import { cpuSeconds, watchMemory } from "./processTree";

/**
 * Runs a program that does its work twice in one process and prints a line of JSON with `seconds` each time.
 *
 * @throws Error when it fails.
 */
export async function measureTwice(bench: Bench, start: Start): Promise<Measured> {
    const times: { readonly at: number; readonly cpu: number; readonly seconds: number }[] = [];
    const stopWatching = watchMemory();
    const begun = performance.now();
    const exit = await bench.processes.run({
        ...start,
        onLine: (line) => {
            if (!line.startsWith('{"seconds"')) return;
            const { seconds } = JSON.parse(line) as { seconds: number };
            times.push({ at: (performance.now() - begun) / 1000, cpu: cpuSeconds(), seconds });
        },
    });
    const memory = stopWatching();
    const [first, second] = times;
    if (exit.code !== 0 || first === undefined || second === undefined)
        throw new Error(`exit code ${String(exit.code)}: ${exit.tail.slice(-5).join(" | ")}`);
    return {
        "first time, with the start: s": first.at,
        "second time in the process: s": second.seconds,
        "second time in the process: processor s": second.cpu - first.cpu,
        "peak memory: MB": memory / 1e6,
    };
}

/** What two contenders must agree on: rows, sums, times, and how many clients and agents there are. */
export type Answer = Readonly<Record<string, string>>;

/** The answer that lies in those rows of the Parquet files of `glob` that are events. */
export async function answerOf(glob: string, isEvent = "true"): Promise<Answer> {
    const [row] = await query(`
        select count(*) as rows, sum(http_response_status_code) as statuses, sum(http_response_body_size) as bytes,
            min(epoch_us(event_time)) as first, max(epoch_us(event_time)) as last,
            count(distinct client_address) as clients, count(distinct user_agent_original) as agents
        from read_parquet('${glob}') where ${isEvent}`);
    return row ?? {};
}

/** Rows of the Parquet files of `glob`. */
export async function rowsOf(glob: string): Promise<number> {
    const [row] = await query(`select count(*) as rows from read_parquet('${glob}')`);
    return Number(row?.["rows"]);
}

/** Throws unless the answer is the same. */
export function requireSame(answer: Answer, expected: Answer): void {
    const wrong = Object.entries(expected)
        .filter(([name, value]) => answer[name] !== value)
        .map(([name, value]) => `${name} ${answer[name] ?? "none"}, not ${value}`);
    if (wrong.length > 0) throw new Error(`wrong: ${wrong.join("; ")}`);
}

async function query(sql: string): Promise<Record<string, string>[]> {
    const connection = await (await DuckDBInstance.create()).connect();
    try {
        const rows = await (await connection.run(sql)).getRowObjects();
        return rows.map((row) =>
            Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
        );
    } finally {
        connection.closeSync();
    }
}

/** Bytes of all files in a folder and below it. */
export function bytesIn(folder: string): number {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
