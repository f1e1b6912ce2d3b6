import {
    CancelStatementCommand,
    DescribeStatementCommand,
    ExecuteStatementCommand,
    GetStatementResultCommand,
    ListStatementsCommand,
} from "@aws-sdk/client-redshift-data";
import { expect } from "chai";
import { expectRejection } from "../support/errors";
import {
    adminSecretArn,
    clusterIdentifier,
    databaseName,
    run,
    startCluster,
    type TestCluster,
} from "../support/redshift";

const target = { ClusterIdentifier: clusterIdentifier, Database: databaseName };
const asAdmin = { ...target, SecretArn: adminSecretArn };

describe("Redshift's stand-in", () => {
    let cluster: TestCluster;
    const admin = (sql: string) => cluster.admin(sql);

    before(async () => {
        cluster = await startCluster();
        await admin("CREATE SCHEMA s");
    });
    after(() => cluster.close());

    describe("Data API", () => {
        it("hands values out by their types", async () => {
            const rows = await admin(
                "SELECT 1, 2::bigint, 1.50::decimal(8, 2), 0.5::float, true, 'é', NULL, " +
                    "DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05.5'",
            );
            expect(rows).to.deep.equal([
                [1, 2, "1.50", 0.5, true, "é", null, "2026-01-02", "2026-01-02 03:04:05.5"],
            ]);
        });

        it("hands out integers of 64 bits whole", async () => {
            const { Id } = await run(cluster.client(), {
                Sql: "SELECT 9007199254740993::bigint",
                SecretArn: adminSecretArn,
            });
            const response = await fetch(cluster.gateway.endpoint, {
                method: "POST",
                headers: {
                    authorization:
                        "AWS4-HMAC-SHA256 Credential=AKIADEPLOYER/20260101/eu-west-1/redshift-data/aws4_request",
                    "x-amz-target": "RedshiftData.GetStatementResult",
                    "content-type": "application/x-amz-json-1.1",
                },
                body: JSON.stringify({ Id }),
            });
            expect(await response.text()).to.contain('[[{"longValue":9007199254740993}]]');
        });

        it("names columns as Redshift does", async () => {
            const client = cluster.client();
            const { Id } = await run(client, {
                Sql: "SELECT COUNT(*), MAX(x) AS Most, 1 + 1 FROM (SELECT 1 AS x) AS t",
                SecretArn: adminSecretArn,
            });
            const { ColumnMetadata = [] } = await client.send(
                new GetStatementResultCommand({ Id }),
            );
            expect(ColumnMetadata.map(({ name, typeName }) => [name, typeName])).to.deep.equal([
                ["count", "int8"],
                ["most", "int4"],
                ["?column?", "int4"],
            ]);
        });

        it("pages long results", async () => {
            const client = cluster.client();
            const { Id, ResultRows } = await run(client, {
                Sql: "SELECT * FROM generate_series(1, 2500) AS t (n)",
                SecretArn: adminSecretArn,
            });
            expect(ResultRows).to.equal(2500);
            const sizes: number[] = [];
            let NextToken: string | undefined;
            do {
                const page = await client.send(new GetStatementResultCommand({ Id, NextToken }));
                sizes.push(page.Records?.length ?? 0);
                NextToken = page.NextToken;
            } while (NextToken !== undefined);
            expect(sizes).to.deep.equal([1000, 1000, 500]);
        });

        it("puts parameters in as values, whatever is in them", async () => {
            const { Id } = await run(cluster.client(), {
                Sql: "SELECT :text || ':text', :n::int + 1",
                Parameters: [
                    { name: "text", value: "it's :n" },
                    { name: "n", value: "41" },
                ],
                SecretArn: adminSecretArn,
            });
            const { Records } = await cluster.client().send(new GetStatementResultCommand({ Id }));
            expect(Records).to.deep.equal([[{ stringValue: "it's :n:text" }, { longValue: 42 }]]);
        });

        it("refuses a parameter without a value, and a value without a parameter", async () => {
            const submit = (Sql: string) =>
                cluster.client().send(
                    new ExecuteStatementCommand({
                        ...asAdmin,
                        Sql,
                        Parameters: [{ name: "a", value: "1" }],
                    }),
                );
            await expectRejection(submit("SELECT :a, :b"), /Cannot find parameter: b/);
            await expectRejection(submit("SELECT 1"), /Unused parameters: a/);
        });

        it("runs a batch as one transaction, and says which statement failed", async () => {
            const answer = await run(cluster.client(), {
                Sqls: ["CREATE TABLE s.t (a int)", "SELECT * FROM s.nowhere", "SELECT 1"],
                SecretArn: adminSecretArn,
            });
            expect(answer.Status).to.equal("FAILED");
            expect(answer.Error).to.equal(
                'Query #2 failed with ERROR: relation "s.nowhere" does not exist',
            );
            expect(
                answer.SubStatements?.map(({ Id, Status, Error: error }) => [
                    Id === undefined ? "" : Id.split(":")[1],
                    Status,
                    error,
                ]),
            ).to.deep.equal([
                ["1", "FINISHED", undefined],
                ["2", "FAILED", 'ERROR: relation "s.nowhere" does not exist'],
                ["3", "ABORTED", undefined],
            ]);
            await expectRejection(admin("SELECT * FROM s.t"), /relation "s.t" does not exist/);
        });

        it("keeps the result of each statement of a batch", async () => {
            const client = cluster.client();
            const { SubStatements = [], HasResultSet } = await run(client, {
                Sqls: ["SELECT 1", "SELECT 2"],
                SecretArn: adminSecretArn,
            });
            expect(HasResultSet).to.equal(true);
            const results = await Promise.all(
                SubStatements.map(({ Id }) => client.send(new GetStatementResultCommand({ Id }))),
            );
            expect(results.map(({ Records }) => Records)).to.deep.equal([
                [[{ longValue: 1 }]],
                [[{ longValue: 2 }]],
            ]);
        });

        it("answers a repeated request with the statement that the first one began", async () => {
            await admin("CREATE TABLE s.once (a int)");
            const client = cluster.client();
            const insert = { ...asAdmin, Sql: "INSERT INTO s.once VALUES (1)", ClientToken: "x" };
            const [first, second] = [
                await client.send(new ExecuteStatementCommand(insert)),
                await client.send(new ExecuteStatementCommand(insert)),
            ];
            expect(second.Id).to.equal(first.Id);
            expect(await admin("SELECT COUNT(*) FROM s.once")).to.deep.equal([[1]]);
            await expectRejection(
                client.send(new ExecuteStatementCommand({ ...insert, Sql: "SELECT 1" })),
                /ClientToken was used before/,
            );
        });

        it("refuses what the service refuses before it runs anything", async () => {
            const client = cluster.client();
            const submit = (change: object) =>
                client.send(
                    new ExecuteStatementCommand({ ...asAdmin, Sql: "SELECT 1", ...change }),
                );
            await expectRejection(
                submit({ ClusterIdentifier: "other" }),
                /Redshift endpoint doesn't exist in this region/,
            );
            await expectRejection(
                submit({ SecretArn: `${adminSecretArn}x` }),
                /can't find the specified secret/,
            );
            await expectRejection(submit({ DbUser: "x" }), /can't both be set/);
            await expectRejection(
                submit({ Sql: `SELECT '${"x".repeat(100_000)}'` }),
                /1 to 100000 bytes, got 100009/,
            );
            await expectRejection(
                run(client, {
                    Sqls: Array<string>(41).fill("SELECT 1"),
                    SecretArn: adminSecretArn,
                }),
                /1 to 40 statements, got 41/,
            );
        });

        it("fails a statement to a database that there is not, and more than one in one", async () => {
            const fail = async (change: object) =>
                (
                    await run(cluster.client(), {
                        Sql: "SELECT 1",
                        SecretArn: adminSecretArn,
                        ...change,
                    })
                ).Error;
            expect(await fail({ Database: "other" })).to.equal(
                'ERROR: database "other" does not exist',
            );
            expect(await fail({ Sql: "SELECT 1; SELECT 2" })).to.match(/one SQL statement/);
        });

        it("cancels a statement that waits, and none that has ended", async () => {
            const client = cluster.client();
            await admin("CREATE TABLE s.n AS SELECT * FROM generate_series(1, 100000) AS t (n)");
            const slow = "SELECT COUNT(*) FROM s.n AS a CROSS JOIN s.n AS b WHERE a.n * b.n = 7";
            const first = await client.send(new ExecuteStatementCommand({ ...asAdmin, Sql: slow }));
            const waiting = await client.send(
                new ExecuteStatementCommand({ ...asAdmin, Sql: "SELECT 1" }),
            );
            await client.send(new CancelStatementCommand({ Id: waiting.Id }));
            await client.send(new CancelStatementCommand({ Id: first.Id }));
            expect(await admin("SELECT 1")).to.deep.equal([[1]]);
            const statuses = await Promise.all(
                [first, waiting].map(({ Id }) => client.send(new DescribeStatementCommand({ Id }))),
            );
            expect(statuses.map(({ Status }) => Status)).to.deep.equal(["ABORTED", "ABORTED"]);
            await expectRejection(
                client.send(new CancelStatementCommand({ Id: waiting.Id })),
                /already in ABORTED state/,
            );
        });

        it("shows a statement to the role that ran it alone", async () => {
            const { Id } = await run(cluster.client("one"), {
                Sql: "SELECT 1",
                StatementName: "mine",
            });
            const describe = (role: string) =>
                cluster.client(role).send(new DescribeStatementCommand({ Id }));
            expect((await describe("one")).Status).to.equal("FINISHED");
            await expectRejection(describe("two"), /Query does not exist/);
            const list = (role: string) =>
                cluster.client(role).send(new ListStatementsCommand({ StatementName: "mi" }));
            expect((await list("one")).Statements?.map((statement) => statement.Id)).to.deep.equal([
                Id,
            ]);
            expect((await list("two")).Statements).to.deep.equal([]);
        });
    });

    describe("SQL", () => {
        it("counts the length of a varchar in bytes, and refuses what is longer", async () => {
            await admin("CREATE TABLE s.words (word varchar(3))");
            await admin("INSERT INTO s.words VALUES ('äb')");
            await expectRejection(
                admin("INSERT INTO s.words VALUES ('ääb')"),
                /^ERROR: Value too long for character type: column word takes 3 bytes$/,
            );
        });

        it("gives a varchar without a length 256 bytes", async () => {
            await admin("CREATE TABLE s.plain (word varchar, other text)");
            await admin(`INSERT INTO s.plain VALUES ('${"x".repeat(256)}', '')`);
            for (const values of [`'${"x".repeat(257)}', ''`, `'', '${"x".repeat(257)}'`]) {
                await expectRejection(
                    admin(`INSERT INTO s.plain VALUES (${values})`),
                    /takes 256 bytes/,
                );
            }
        });

        it("refuses a NULL where there must be none, and enforces no key", async () => {
            await admin("CREATE TABLE s.keys (a bigint NOT NULL, b int UNIQUE, PRIMARY KEY (a))");
            await admin("INSERT INTO s.keys VALUES (1, 1), (1, 1)");
            expect(await admin("SELECT COUNT(*) FROM s.keys")).to.deep.equal([[2]]);
            await expectRejection(
                admin("INSERT INTO s.keys VALUES (NULL, 1)"),
                /^ERROR: Cannot insert a NULL value into column a$/,
            );
        });

        it("numbers rows, and fills in defaults", async () => {
            await admin(
                "CREATE TABLE s.defaults (id bigint IDENTITY(10, 5), a int ENCODE az64, at timestamp DEFAULT GETDATE()) " +
                    "DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id)",
            );
            await admin("INSERT INTO s.defaults (a) VALUES (1), (2)");
            expect(
                await admin(
                    "SELECT id, a, DATEDIFF(day, at, GETDATE()) FROM s.defaults ORDER BY a",
                ),
            ).to.deep.equal([
                [10, 1, 0],
                [15, 2, 0],
            ]);
        });

        it("refuses keys on columns that there are not, and reserved words as names", async () => {
            await expectRejection(
                admin("CREATE TABLE s.x (a int) SORTKEY (b)"),
                /column "b" named in key does not exist/,
            );
            await expectRejection(
                admin("CREATE TABLE s.x (tag int)"),
                /"tag": it is a reserved word/,
            );
            await expectRejection(
                admin("CREATE TABLE s.x (a varchar(65536))"),
                /length for type varchar cannot exceed 65535/,
            );
        });

        it("divides integers as Redshift does", async () => {
            expect(await admin("SELECT 7 / 2, 7 / 2.0")).to.deep.equal([[3, 3.5]]);
        });

        it("commits what came before a TRUNCATE, even when the batch fails after it", async () => {
            await admin("CREATE TABLE s.kept (a int)");
            await admin("CREATE TABLE s.emptied (a int)");
            const answer = await run(cluster.client(), {
                Sqls: [
                    "INSERT INTO s.kept VALUES (1)",
                    "TRUNCATE s.emptied",
                    "INSERT INTO s.kept VALUES (2)",
                    "SELECT broken",
                ],
                SecretArn: adminSecretArn,
            });
            expect(answer.Status).to.equal("FAILED");
            expect(await admin("SELECT a FROM s.kept")).to.deep.equal([[1]]);
        });

        it("copies types and lengths with LIKE", async () => {
            await admin("CREATE TABLE s.original (word varchar(3) NOT NULL)");
            await admin("CREATE TABLE s.twin (LIKE s.original)");
            await expectRejection(admin("INSERT INTO s.twin VALUES ('long')"), /takes 3 bytes/);
            await expectRejection(
                admin("INSERT INTO s.twin VALUES (NULL)"),
                /NULL value into column word/,
            );
        });

        it("merges, updates and deletes", async () => {
            await admin(
                "CREATE TABLE s.merged AS SELECT 1 AS id, 'old' AS word UNION ALL SELECT 2, 'gone'",
            );
            await admin(
                "CREATE TABLE s.changes AS SELECT 1 AS id, 'new' AS word UNION ALL SELECT 3, 'more'",
            );
            await admin(
                "MERGE INTO s.merged USING s.changes AS c ON merged.id = c.id " +
                    "WHEN MATCHED THEN UPDATE SET word = c.word " +
                    "WHEN NOT MATCHED THEN INSERT VALUES (c.id, c.word)",
            );
            await admin("DELETE FROM s.merged WHERE id = 2");
            await admin("UPDATE s.merged SET word = UPPER(word) WHERE id = 3");
            expect(await admin("SELECT * FROM s.merged ORDER BY id")).to.deep.equal([
                [1, "new"],
                [3, "MORE"],
            ]);
        });

        it("says what it does not support, and does not pretend", async () => {
            for (const sql of [
                "UNLOAD ('SELECT 1') TO 's3://b/x' IAM_ROLE 'arn'",
                "SET search_path TO s",
                "COPY s.t FROM 's3://b/x' IAM_ROLE 'arn' FORMAT AS CSV",
                "COMMENT ON SCHEMA s IS 'x'",
            ]) {
                await expectRejection(admin(sql), /not supported by the local stand-in/);
            }
        });
    });
});
