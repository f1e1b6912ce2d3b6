import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { expect } from "chai";
import { parseMigration, readMigrations, type Migration } from "../etl/migrator/files";
import { migrate } from "../etl/migrator/migrate";
import { readSettings } from "../etl/migrator/settings";
import { Warehouse } from "../etl/migrator/warehouse";
import { expectRejection } from "./support/errors";
import {
    adminSecretArn,
    clusterIdentifier,
    databaseName,
    startCluster,
    warehouseRoleArn,
    type TestCluster,
} from "./support/redshift";

const root = join(__dirname, "..");
const target = { clusterIdentifier, database: databaseName, adminSecretArn };
const variables = {
    processed_database: "loglake_test_processed",
    warehouse_role_arn: warehouseRoleArn,
    loader_user: "IAMR:loglake-test-loader",
    workflow_user: "IAMR:loglake-test-workflow",
};

const migration = (name: string, text: string) => parseMigration(name, text, {});
const names = (rows: readonly unknown[][]) => rows.map(([name]) => name);

describe("Migration files", () => {
    it("are split at a semicolon that ends a line, without comments", () => {
        const { statements, transactional } = migration(
            "001_a.sql",
            "-- it's a comment; really;\nCREATE TABLE a (\n  -- inside\n  b int\n);\n\nSELECT ';' AS x, 1;  \nSELECT 2\n",
        );
        expect(statements).to.deep.equal([
            "CREATE TABLE a (\n  b int\n)",
            "SELECT ';' AS x, 1",
            "SELECT 2",
        ]);
        expect(transactional).to.equal(true);
    });

    it("say themselves when they are no transaction", () => {
        expect(
            migration("001_a.sql", "-- loglake: no-transaction\nSELECT 1;").transactional,
        ).to.equal(false);
    });

    it("have their placeholders filled in, whose values leave the checksum alone", () => {
        const text = "SELECT '${a}', \"${b}\";";
        const first = parseMigration("001_a.sql", text, { a: "x", b: "IAMR:y" });
        expect(first.statements).to.deep.equal(["SELECT 'x', \"IAMR:y\""]);
        expect(parseMigration("001_a.sql", text, { a: "z", b: "z" }).sha256).to.equal(first.sha256);
    });

    it("are refused with a placeholder that nobody knows, or a value that would end its quotes", () => {
        expect(() => parseMigration("001_a.sql", "SELECT '${c}';", { a: "", b: "" })).to.throw(
            "001_a.sql: unknown placeholder c, known are a, b",
        );
        expect(() => parseMigration("001_a.sql", "SELECT '${a}';", { a: "x'; DROP" })).to.throw(
            "001_a.sql: value of a can't be put into SQL: x'; DROP",
        );
    });

    it("are refused without a statement, with a wrong name or with a number twice", () => {
        expect(() => migration("001_a.sql", "-- nothing\n")).to.throw("001_a.sql has no statement");
        const folder = mkdtempSync(join(tmpdir(), "loglake-migrations-"));
        try {
            expect(() => readMigrations(folder, {})).to.throw(`no migrations in ${folder}`);
            writeFileSync(join(folder, "first.sql"), "SELECT 1;");
            expect(() => readMigrations(folder, {})).to.throw(
                "must be called like 001_name.sql, got first.sql",
            );
            rmSync(join(folder, "first.sql"));
            writeFileSync(join(folder, "001_a.sql"), "SELECT 1;");
            writeFileSync(join(folder, "001_b.sql"), "SELECT 1;");
            expect(() => readMigrations(folder, {})).to.throw(
                "001_a.sql and 001_b.sql have the same number",
            );
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});

describe("Settings of the migrations", () => {
    it("list everything that is missing or wrong at once", () => {
        expect(() => readSettings({ DATABASE: "logs", MIGRATION_VARIABLES: '{"a": 1}' })).to.throw(
            "environment can't be used: CLUSTER_IDENTIFIER must be set; ADMIN_SECRET_ARN must be set; " +
                'AWS_REGION must be set; MIGRATION_VARIABLES must be a JSON object of texts, got {"a": 1}',
        );
    });
});

describe("Migrations", () => {
    let cluster: TestCluster;
    let log: string[];
    const apply = (...migrations: Migration[]) => {
        const warehouse = new Warehouse(cluster.client(), target);
        return migrate(warehouse, migrations, (line) => log.push(line));
    };
    const recorded = async () =>
        names(await cluster.admin("SELECT name FROM loglake.schema_migration ORDER BY name"));

    const first = migration("001_first.sql", "CREATE SCHEMA s;\nCREATE TABLE s.a (a int);");
    const second = migration("002_second.sql", "INSERT INTO s.a VALUES (1);");

    beforeEach(async () => {
        cluster = await startCluster();
        log = [];
    });
    afterEach(() => cluster.close());

    it("are applied in order and recorded with checksum and time", async () => {
        await apply(first, second);
        const rows = await cluster.admin(
            "SELECT name, sha256, DATEDIFF(hour, applied_at, GETDATE()) FROM loglake.schema_migration ORDER BY name",
        );
        expect(rows).to.deep.equal([
            ["001_first.sql", first.sha256, 0],
            ["002_second.sql", second.sha256, 0],
        ]);
        expect(log).to.deep.equal([
            "applied 001_first.sql: 2 statements",
            "applied 002_second.sql: 1 statements",
        ]);
    });

    it("are applied once each", async () => {
        await apply(first);
        await apply(first, second);
        await apply(first, second);
        expect(await cluster.admin("SELECT COUNT(*) FROM s.a")).to.deep.equal([[1]]);
        expect(log.at(-1)).to.equal("nothing to apply: 2 migrations are there");
    });

    it("leave nothing of a file that fails, and name the file and the statement", async () => {
        const broken = migration(
            "002_broken.sql",
            "INSERT INTO s.a VALUES (1);\nSELECT *\nFROM s.b;\nSELECT 1;",
        );
        await expectRejection(
            apply(first, broken),
            /^002_broken.sql, statement 2 of 3: ERROR: relation "s.b" does not exist: SELECT \* FROM s.b$/,
        );
        expect(await recorded()).to.deep.equal(["001_first.sql"]);
        expect(await cluster.admin("SELECT COUNT(*) FROM s.a")).to.deep.equal([[0]]);
    });

    it("run file by statement where a transaction is refused, and record it last", async () => {
        const text = (sql: string) => `-- loglake: no-transaction\n${sql}`;
        const create = `CREATE EXTERNAL SCHEMA IF NOT EXISTS lake FROM DATA CATALOG DATABASE 'd' IAM_ROLE '${warehouseRoleArn}';`;
        await expectRejection(
            apply(migration("001_lake.sql", text(`${create}\nSELECT broken;`))),
            /^001_lake.sql, statement 2 of 2: ERROR: column "broken" does not exist/,
        );
        expect(await recorded()).to.deep.equal([]);
        await apply(migration("001_lake.sql", text(create)));
        expect(await recorded()).to.deep.equal(["001_lake.sql"]);
    });

    it("refuse a file that has changed or is gone since it was applied", async () => {
        await apply(first, second);
        await expectRejection(
            apply(migration("001_first.sql", "SELECT 1;"), second),
            /^001_first.sql has changed since it was applied/,
        );
        await expectRejection(apply(second), /^001_first.sql was applied, but its file is gone$/);
    });

    it("refuse a new file with a number before an applied one", async () => {
        await apply(migration("002_b.sql", "SELECT 1;"));
        await expectRejection(
            apply(migration("001_a.sql", "SELECT 1;"), migration("002_b.sql", "SELECT 1;")),
            /^001_a.sql is new, but 002_b.sql was applied before it/,
        );
    });

    it("refuse a file that the Data API can't take as one transaction, before anything runs", async () => {
        const long = migration("002_long.sql", Array<string>(40).fill("SELECT 1;").join("\n"));
        await expectRejection(
            apply(first, long),
            /^002_long.sql has 40 statements, a transaction takes 39: split it$/,
        );
        const big = migration("002_big.sql", `SELECT '${"x".repeat(100_000)}';`);
        await expectRejection(apply(first, big), /^002_big.sql has a statement of 100009 bytes/);
        await expectRejection(recorded(), /does not exist/);
    });

    it("wait for a cluster that is not there yet", async () => {
        let asked = 0;
        const server = createServer((request, response) => {
            asked += 1;
            request.resume();
            const [name, message] =
                asked === 1
                    ? ["ValidationException", "Redshift endpoint doesn't exist in this region."]
                    : ["ValidationException", "enough"];
            response
                .writeHead(400, { "x-amzn-errortype": name })
                .end(JSON.stringify({ __type: name, message }));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const client = new RedshiftDataClient({
            endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
            region: "eu-west-1",
            credentials: { accessKeyId: "x", secretAccessKey: "x" },
        });
        try {
            const patience = { reachSeconds: 10, reachIntervalSeconds: 0.01 };
            await expectRejection(
                migrate(new Warehouse(client, target, patience), [first], () => undefined),
                /enough/,
            );
            expect(asked).to.equal(2);
            asked = 0;
            await expectRejection(
                migrate(
                    new Warehouse(client, target, { ...patience, reachSeconds: 0 }),
                    [first],
                    () => undefined,
                ),
                /endpoint doesn't exist/,
            );
        } finally {
            client.destroy();
            server.close();
            server.closeAllConnections();
        }
    });

    it("of this project run as the deployment runs them, and open the warehouse to its users", async () => {
        const { stdout } = await promisify(execFile)(
            "node",
            ["--import", "tsx", "etl/migrate.ts"],
            {
                cwd: root,
                env: {
                    PATH: process.env["PATH"],
                    CLUSTER_IDENTIFIER: clusterIdentifier,
                    DATABASE: databaseName,
                    ADMIN_SECRET_ARN: adminSecretArn,
                    MIGRATION_VARIABLES: JSON.stringify(variables),
                    AWS_REGION: "eu-west-1",
                    AWS_ENDPOINT_URL: cluster.gateway.endpoint,
                    AWS_ACCESS_KEY_ID: "AKIADEPLOYER",
                    AWS_SECRET_ACCESS_KEY: "secret",
                },
            },
        );
        const files = names(
            readMigrations(join(root, "etl", "migrations"), variables).map(({ name }) => [name]),
        );
        expect(
            stdout
                .trim()
                .split("\n")
                .map((line) => line.split(/[ :]/)[1]),
        ).to.deep.equal(files);
        expect(await recorded()).to.deep.equal(files);

        const as = (role: string, sql: string) => cluster.as(`loglake-test-${role}`, sql);
        await as("loader", "DELETE FROM staging.fact_request");
        expect(await as("workflow", "SELECT COUNT(*) FROM logs.fact_request")).to.deep.equal([[0]]);
        await expectRejection(as("workflow", "DELETE FROM logs.fact_request"), /permission denied/);
        await expectRejection(as("other", "SELECT 1 FROM logs.fact_request"), /permission denied/);
    });
});
