import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    CreateDatabaseCommand,
    CreatePartitionCommand,
    CreateTableCommand,
    GlueClient,
    UpdatePartitionCommand,
} from "@aws-sdk/client-glue";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { expect } from "chai";
import { expectRejection } from "../support/errors";
import { pythonWithMoto, startMotoServer } from "../support/motoServer";
import { startCluster, warehouseRoleArn, type TestCluster } from "../support/redshift";

const bucket = "processed";
const parquetSerde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

describe("COPY and Spectrum of Redshift's stand-in", () => {
    const closing: (() => void | Promise<void>)[] = [];
    let cluster: TestCluster;
    let s3: S3Client;
    let glue: GlueClient;
    let files: DuckDBConnection;
    const admin = (sql: string) => cluster.admin(sql);

    before(async function () {
        const python = pythonWithMoto();
        if (python === undefined) this.skip();
        const moto = await startMotoServer(python);
        closing.push(() => moto.close());
        cluster = await startCluster(moto.endpoint);
        closing.push(() => cluster.close());
        const identity = {
            endpoint: cluster.gateway.endpoint,
            region: "eu-west-1",
            credentials: { accessKeyId: "AKIADEPLOYER", secretAccessKey: "secret" },
        };
        s3 = new S3Client({ ...identity, forcePathStyle: true });
        glue = new GlueClient(identity);
        closing.push(
            () => {
                s3.destroy();
            },
            () => {
                glue.destroy();
            },
        );
        files = await (await DuckDBInstance.create()).connect();
        await s3.send(
            new CreateBucketCommand({
                Bucket: bucket,
                CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
            }),
        );
        await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "catalog" } }));
        await admin("CREATE SCHEMA s");
        await admin(
            `CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE 'catalog' IAM_ROLE '${warehouseRoleArn}'`,
        );
    });
    after(async () => {
        for (const end of closing.reverse()) await end();
    });

    /** Puts a Parquet file with the rows of `query`. */
    async function put(key: string, query: string): Promise<number> {
        const path = join(tmpdir(), `loglake-${String(process.pid)}-${key.replaceAll("/", "-")}`);
        await files.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
        const Body = readFileSync(path);
        rmSync(path);
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
        return Body.length;
    }

    const putText = (key: string, Body: string) =>
        s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));

    const copy = (table: string, from: string, options = "") =>
        admin(
            `COPY s.${table} FROM 's3://${bucket}/${from}' IAM_ROLE '${warehouseRoleArn}' FORMAT AS PARQUET ${options}`,
        );

    describe("COPY", () => {
        it("loads every file below a prefix, column by column in their order", async () => {
            await admin("CREATE TABLE s.pairs (a bigint, b varchar(10))");
            await put("pairs/1.parquet", "SELECT 1::bigint AS x, 'one' AS y");
            await put("pairs/2.parquet", "SELECT 2::bigint AS p, 'two' AS q");
            await copy("pairs", "pairs/");
            expect(await admin("SELECT * FROM s.pairs ORDER BY a")).to.deep.equal([
                [1, "one"],
                [2, "two"],
            ]);
        });

        it("reads as the role that it is given, on behalf of the user", async () => {
            await admin("CREATE TABLE s.who (a bigint)");
            await put("who/1.parquet", "SELECT 1::bigint AS a");
            const before = cluster.gateway.calls.length;
            await copy("who", "who/");
            const reads = cluster.gateway.calls
                .slice(before)
                .filter(({ service }) => service === "s3");
            expect(reads.map(({ action }) => action)).to.deep.equal(["ListObjectsV2", "GetObject"]);
            expect(new Set(reads.map(({ role }) => role))).to.deep.equal(
                new Set([warehouseRoleArn]),
            );
            expect(cluster.externalIds.at(-1)).to.equal(
                "arn:aws:redshift:eu-west-1:123456789012:dbuser:loglake-test/loglake_admin",
            );
        });

        it("refuses a file with another number of columns", async () => {
            await admin("CREATE TABLE s.three (a bigint, b bigint, c bigint)");
            await put("three/1.parquet", "SELECT 1::bigint AS a, 2::bigint AS b");
            await expectRejection(
                copy("three", "three/"),
                /Unmatched number of columns between table and file. Table columns: 3, Data columns: 2, File name: s3:\/\/processed\/three\/1.parquet/,
            );
        });

        it("refuses a file with another type", async () => {
            await admin("CREATE TABLE s.typed (a bigint, at timestamp)");
            await put("typed/1.parquet", "SELECT 1::int AS a, now()::timestamp AS at");
            await expectRejection(
                copy("typed", "typed/"),
                /incompatible Parquet schema for column 'a'. Column type: BIGINT, Parquet type: INTEGER/,
            );
        });

        it("refuses a value that is too long, and loads nothing then", async () => {
            await admin("CREATE TABLE s.short (a varchar(3))");
            await put("short/1.parquet", "SELECT 'ok' AS a");
            await put("short/2.parquet", "SELECT 'äöü' AS a");
            await expectRejection(
                copy("short", "short/"),
                /Value too long .* column a takes 3 bytes/,
            );
            expect(await admin("SELECT COUNT(*) FROM s.short")).to.deep.equal([[0]]);
        });

        it("refuses what is not Parquet, and a prefix with nothing below", async () => {
            await admin("CREATE TABLE s.text (a varchar)");
            await putText("text/_SUCCESS", "");
            await expectRejection(
                copy("text", "text/"),
                /File 's3:\/\/processed\/text\/_SUCCESS' is not a valid Parquet file \(0 bytes\)/,
            );
            await expectRejection(
                copy("text", "nothing/"),
                /prefix 's3:\/\/processed\/nothing\/' does not exist/,
            );
            await expectRejection(
                copy("text", "text/", "MAXERROR 5"),
                /MAXERROR argument is not supported for PARQUET/,
            );
        });

        it("loads what a manifest names, whose lengths must be right", async () => {
            await admin("CREATE TABLE s.listed (a bigint)");
            const size = await put("listed/1.parquet", "SELECT 1::bigint AS a");
            await put("listed/2.parquet", "SELECT 2::bigint AS a");
            const url = `s3://${bucket}/listed/1.parquet`;
            const manifest = (entry: object) =>
                putText(
                    "listed.manifest",
                    JSON.stringify({ entries: [{ url, mandatory: true, ...entry }] }),
                );

            await manifest({ meta: { content_length: size } });
            await copy("listed", "listed.manifest", "MANIFEST");
            expect(await admin("SELECT a FROM s.listed")).to.deep.equal([[1]]);

            await manifest({ meta: { content_length: size + 1 } });
            await expectRejection(
                copy("listed", "listed.manifest", "MANIFEST"),
                /manifest .* says/,
            );
            await manifest({});
            await expectRejection(
                copy("listed", "listed.manifest", "MANIFEST"),
                /no meta content_length/,
            );
            await manifest({ url: `${url}x`, meta: { content_length: size } });
            await expectRejection(
                copy("listed", "listed.manifest", "MANIFEST"),
                /Mandatory url is not present in manifest .*listed\/1.parquetx/,
            );
        });
    });

    describe("Spectrum", () => {
        const location = (path: string) => `s3://${bucket}/${path}`;
        const descriptor = (path: string, columns: readonly (readonly [string, string])[]) => ({
            Location: location(path),
            Columns: columns.map(([Name, Type]) => ({ Name, Type })),
            SerdeInfo: { SerializationLibrary: parquetSerde },
        });
        const eventColumns = [
            ["event_id", "string"],
            ["bytes", "bigint"],
        ] as const;

        async function declare(
            name: string,
            columns: readonly (readonly [string, string])[] = eventColumns,
        ) {
            await glue.send(
                new CreateTableCommand({
                    DatabaseName: "catalog",
                    TableInput: {
                        Name: name,
                        StorageDescriptor: descriptor(`${name}/`, columns),
                        PartitionKeys: [{ Name: "dt", Type: "string" }],
                    },
                }),
            );
        }

        const partition = (name: string, dt: string, path: string) => ({
            DatabaseName: "catalog",
            TableName: name,
            PartitionInput: { Values: [dt], StorageDescriptor: descriptor(path, eventColumns) },
        });

        it("reads the partitions that the catalog has, with their values", async () => {
            await declare("events");
            await put("events/dt=1/run=a/1.parquet", "SELECT 'a' AS event_id, 5::bigint AS bytes");
            await put("events/dt=2/run=a/1.parquet", "SELECT 'b' AS event_id, 6::bigint AS bytes");
            await put("events/dt=3/run=a/1.parquet", "SELECT 'c' AS event_id, 7::bigint AS bytes");
            expect(await admin("SELECT * FROM lake.events")).to.deep.equal([]);
            for (const dt of ["1", "2"]) {
                await glue.send(
                    new CreatePartitionCommand(partition("events", dt, `events/dt=${dt}/run=a/`)),
                );
            }
            expect(await admin("SELECT * FROM lake.events ORDER BY dt")).to.deep.equal([
                ["a", 5, "1"],
                ["b", 6, "2"],
            ]);
        });

        it("reads a partition where it points now", async () => {
            await declare("moved");
            await put("moved/run=a/1.parquet", "SELECT 'old' AS event_id, 1::bigint AS bytes");
            await put("moved/run=b/1.parquet", "SELECT 'new' AS event_id, 1::bigint AS bytes");
            await glue.send(new CreatePartitionCommand(partition("moved", "1", "moved/run=a")));
            expect(await admin("SELECT event_id FROM lake.moved")).to.deep.equal([["old"]]);
            await glue.send(
                new UpdatePartitionCommand({
                    ...partition("moved", "1", "moved/run=b"),
                    PartitionValueList: ["1"],
                }),
            );
            expect(await admin("SELECT event_id FROM lake.moved")).to.deep.equal([["new"]]);
        });

        it("finds columns by name, leaves missing ones empty and hidden files out", async () => {
            await declare("named");
            await put(
                "named/dt=1/1.parquet",
                "SELECT 9::bigint AS bytes, 'x' AS event_id, true AS more",
            );
            await put("named/dt=1/2.parquet", "SELECT 'y' AS event_id");
            await putText("named/dt=1/_SUCCESS", "");
            await putText("named/dt=1/.crc", "x");
            await glue.send(new CreatePartitionCommand(partition("named", "1", "named/dt=1/")));
            expect(await admin("SELECT event_id, bytes FROM lake.named ORDER BY 1")).to.deep.equal([
                ["x", 9],
                ["y", null],
            ]);
        });

        it("refuses a file whose type is not the catalog's", async () => {
            await declare("wrong");
            await put("wrong/dt=1/1.parquet", "SELECT 'x' AS event_id, 1::int AS bytes");
            await glue.send(new CreatePartitionCommand(partition("wrong", "1", "wrong/dt=1/")));
            await expectRejection(
                admin("SELECT * FROM lake.wrong"),
                /wrong\/dt=1\/1.parquet' has an incompatible Parquet schema for column 'bytes'/,
            );
        });

        it("knows no table that the catalog does not", async () => {
            await expectRejection(
                admin("SELECT * FROM lake.nothing"),
                /^ERROR: relation "lake.nothing" does not exist$/,
            );
        });

        it("is open to who may use the schema, and as the schema's role", async () => {
            await declare("open");
            await cluster.as("analyst", "SELECT 1");
            await expectRejection(
                cluster.as("analyst", "SELECT * FROM lake.open"),
                /^ERROR: permission denied for schema lake$/,
            );
            await admin('GRANT USAGE ON SCHEMA lake TO "IAMR:analyst"');
            const before = cluster.gateway.calls.length;
            expect(await cluster.as("analyst", "SELECT COUNT(*) FROM lake.open")).to.deep.equal([
                [0],
            ]);
            const reads = cluster.gateway.calls
                .slice(before)
                .filter(({ service }) => service === "glue");
            expect(reads.map(({ action }) => action)).to.deep.equal(["GetTable", "GetPartitions"]);
            expect(new Set(reads.map(({ role }) => role))).to.deep.equal(
                new Set([warehouseRoleArn]),
            );
            expect(cluster.externalIds.at(-1)).to.match(/:dbuser:loglake-test\/IAMR:analyst$/);
        });

        it("is reached by views that bind late, made before the table is there, and by no others", async () => {
            await admin(
                "CREATE VIEW s.late AS SELECT COUNT(*) AS n FROM lake.later WITH NO SCHEMA BINDING",
            );
            await expectRejection(
                admin("SELECT * FROM s.late"),
                /relation "lake.later" does not exist/,
            );
            await declare("later");
            await put("later/dt=1/1.parquet", "SELECT 'x' AS event_id, 1::bigint AS bytes");
            await glue.send(new CreatePartitionCommand(partition("later", "1", "later/dt=1/")));
            expect(await admin("SELECT n FROM s.late")).to.deep.equal([[1]]);
            await expectRejection(
                admin("CREATE VIEW s.bound AS SELECT * FROM lake.later"),
                /External tables are not supported in views/,
            );
            await expectRejection(
                admin("CREATE VIEW s.loose AS SELECT * FROM later WITH NO SCHEMA BINDING"),
                /relation names inside should be qualified/,
            );
        });
    });
});
