/** `npm run sql -- "select ..."`: asks the warehouse of a run that is kept up. */
import { existsSync, readFileSync } from "node:fs";
import { createApi } from "./api";
import { keptFile, type KeptServices } from "./keep";
import { UserError } from "./setup";
import { table } from "./summary";
import { askThrough } from "./warehouse";

const help = `Asks the warehouse of a run that is kept up (npm run local -- --keep), Redshift tables and Spectrum tables alike.

  npm run sql -- "select * from logs.requests_by_hour order by event_hour"
  npm run sql -- "select source, reason, count(*) from lake.quarantine group by 1, 2"

Schemas: logs (facts, dimensions and views), lake (Spectrum), loglake (load_audit, schema_migration).`;

async function main(): Promise<void> {
    const sql = process.argv.slice(2).join(" ").trim();
    if (sql === "" || sql === "--help" || sql === "-h") {
        console.log(help);
        return;
    }
    if (!existsSync(keptFile))
        throw new UserError(
            "nothing runs: start it with npm run local -- --keep, and leave that shell open",
        );
    const { accessKeyId, secretAccessKey, ...kept } = JSON.parse(
        readFileSync(keptFile, "utf8"),
    ) as KeptServices;
    const api = createApi({ ...kept, credentials: { accessKeyId, secretAccessKey } });
    const { columns, rows } = await askThrough(api, kept)(sql);
    for (const line of columns.length === 0 ? [] : table({ columns, rows })) console.log(line);
    console.log(`${String(rows.length)} rows`);
}

main().catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(
        `sql: ${code === "ECONNREFUSED" ? "the run that was kept up has ended" : message}`,
    );
    process.exit(1);
});
