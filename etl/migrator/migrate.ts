/** Applies migrations, once each, and remembers which. */
import type { Migration } from "./files";
import { StatementError, type Warehouse } from "./warehouse";

/** Statements that a batch of the Data API may have (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html). */
const maxStatements = 40;
const maxStatementBytes = 100_000;
const quotedCharacters = 300;

const createRecord = `CREATE TABLE IF NOT EXISTS loglake.schema_migration (
    name varchar(255) NOT NULL,
    sha256 char(64) NOT NULL,
    applied_at timestamp NOT NULL
)
DISTSTYLE ALL`;

/**
 * Applies every migration that the database does not have yet. A file is one transaction together with the row that
 * records it; one that can't be goes statement by statement, its row last, and must bear being run again.
 *
 * @throws Error when an applied file has changed or is gone, or a new one has a number before an applied one.
 */
export async function migrate(
    warehouse: Warehouse,
    migrations: readonly Migration[],
    log: (line: string) => void,
): Promise<void> {
    for (const migration of migrations) checkLimits(migration);
    await warehouse.runWhenReachable("CREATE SCHEMA IF NOT EXISTS loglake");
    await warehouse.run(createRecord);
    const rows = await warehouse.query("SELECT name, sha256 FROM loglake.schema_migration");
    const applied = new Map(rows.map(([name = "", sha256 = ""]) => [name, sha256.trim()]));
    checkHistory(migrations, applied);

    const missing = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of missing) {
        await apply(warehouse, migration);
        const { name, statements } = migration;
        log(`applied ${name}: ${String(statements.length)} statements`);
    }
    if (missing.length === 0) log(`nothing to apply: ${String(applied.size)} migrations are there`);
}

function checkLimits({ name, statements, transactional }: Migration): void {
    if (transactional && statements.length >= maxStatements) {
        throw new Error(
            `${name} has ${String(statements.length)} statements, a transaction takes ${String(maxStatements - 1)}: split it`,
        );
    }
    for (const statement of statements) {
        const bytes = Buffer.byteLength(statement);
        if (bytes <= maxStatementBytes) continue;
        throw new Error(
            `${name} has a statement of ${String(bytes)} bytes, the limit is ${String(maxStatementBytes)}: ${quote(statement)}`,
        );
    }
}

function checkHistory(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): void {
    const byName = new Map(migrations.map((migration) => [migration.name, migration]));
    const last = [...applied.keys()].sort().at(-1) ?? "";
    for (const [name, sha256] of applied) {
        const migration = byName.get(name);
        if (migration === undefined) throw new Error(`${name} was applied, but its file is gone`);
        if (migration.sha256 === sha256) continue;
        throw new Error(
            `${name} has changed since it was applied: undo the change and put what it was for into a new file ` +
                `(applied ${sha256}, now ${migration.sha256})`,
        );
    }
    for (const { name } of migrations) {
        if (applied.has(name) || name > last) continue;
        throw new Error(`${name} is new, but ${last} was applied before it: give it a higher number`);
    }
}

async function apply(warehouse: Warehouse, migration: Migration): Promise<void> {
    const { name, sha256, statements, transactional } = migration;
    const record =
        "INSERT INTO loglake.schema_migration (name, sha256, applied_at) " +
        `VALUES ('${name}', '${sha256}', GETDATE())`;
    if (transactional) {
        await quoting(migration, 0, () => warehouse.runTogether([...statements, record]));
        return;
    }
    for (const [index, statement] of statements.entries()) {
        await quoting(migration, index, () => warehouse.run(statement));
    }
    await warehouse.run(record);
}

/** Says in which file and at which statement the warehouse refused. */
async function quoting(
    { name, statements }: Migration,
    first: number,
    work: () => Promise<unknown>,
): Promise<void> {
    try {
        await work();
    } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        const index = first + error.index;
        const place = `${name}, statement ${String(index + 1)} of ${String(statements.length)}`;
        throw new Error(`${place}: ${error.message}: ${quote(statements[index] ?? "the record")}`);
    }
}

function quote(statement: string): string {
    const line = statement.replace(/\s+/g, " ");
    return line.length <= quotedCharacters ? line : `${line.slice(0, quotedCharacters)}...`;
}
