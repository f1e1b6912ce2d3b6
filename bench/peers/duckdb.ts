/** An access log turned into Parquet by DuckDB; like `spark.py`, twice in one process, with a line of JSON after each time. */
import { DuckDBInstance } from "@duckdb/node-api";

const fields = "client, identity, user, time, method, target, version, status, size, referer, agent"
    .split(", ")
    .map((name) => `'${name}'`)
    .join(", ");

/** The same expression as in `spark.py`. */
const apache = String.raw`^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) HTTP/([0-9.]+)" (\d{3}) (\S+) "([^"]*)" "([^"]*)"`;

/** One expression for all fields, and the same columns as in `spark.py`. */
function copy(log: string, out: string): string {
    const lines = `read_csv(${quoted(log)}, columns = {'line': 'VARCHAR'}, header = false, auto_detect = false,
        delim = '\x01', quote = '', escape = '', null_padding = true, strict_mode = false)`;
    return `copy (
        select
            try_strptime(f.time, '%d/%b/%Y:%H:%M:%S %z')::timestamp as event_time,
            nullif(f.client, '-') as client_address,
            nullif(f.user, '-') as user_name,
            f.method as http_request_method,
            split_part(f.target, '?', 1) as url_path,
            nullif(split_part(f.target, '?', 2), '') as url_query,
            f.version as network_protocol_version,
            f.status::int as http_response_status_code,
            try_cast(f.size as bigint) as http_response_body_size,
            nullif(nullif(f.referer, '-'), '') as http_request_header_referer,
            nullif(nullif(f.agent, '-'), '') as user_agent_original
        from (select regexp_extract(line, ${quoted(apache)}, [${fields}]) as f from ${lines})
        where f.time <> '' and event_time is not null
    ) to ${quoted(out)} (format parquet, compression zstd)`;
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

async function main([log = "", out = ""]: readonly string[]): Promise<void> {
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run("set timezone = 'UTC'");
    for (let time = 0; time < 2; time++) {
        const begun = performance.now();
        await connection.run(copy(log, out));
        console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000 }));
    }
    connection.closeSync();
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
