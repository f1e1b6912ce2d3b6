import { expect } from "chai";
import { expectRejection } from "../support/errors";
import {
    adminSecretArn,
    run,
    startCluster,
    warehouseRoleArn,
    type TestCluster,
} from "../support/redshift";

describe("Users of Redshift's stand-in", () => {
    let cluster: TestCluster;
    const admin = (sql: string) => cluster.admin(sql);
    const loader = (sql: string) => cluster.as("loader", sql);

    beforeEach(async () => {
        cluster = await startCluster();
        for (const sql of [
            "CREATE SCHEMA logs",
            "CREATE TABLE logs.facts (a int)",
            "CREATE TABLE logs.other (a int)",
            'CREATE USER "IAMR:loader" PASSWORD DISABLE',
        ]) {
            await admin(sql);
        }
    });
    afterEach(() => cluster.close());

    it("are the roles that call, and can do nothing at first", async () => {
        expect(await loader("SELECT CURRENT_USER")).to.deep.equal([["IAMR:loader"]]);
        await expectRejection(
            loader("SELECT * FROM logs.facts"),
            /^ERROR: permission denied for schema logs$/,
        );
        await expectRejection(loader("CREATE SCHEMA x"), /permission denied/);
        await expectRejection(loader("GRANT USAGE ON SCHEMA logs TO PUBLIC"), /permission denied/);
        await expectRejection(loader("CREATE ROLE x"), /permission denied/);
    });

    it("need the schema's USAGE and the table's privilege, each by itself", async () => {
        await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
        await expectRejection(
            loader("SELECT * FROM logs.facts"),
            /^ERROR: permission denied for relation facts$/,
        );
        await admin('GRANT SELECT ON logs.facts TO "IAMR:loader"');
        expect(await loader("SELECT COUNT(*) FROM logs.facts")).to.deep.equal([[0]]);
        await expectRejection(
            loader("INSERT INTO logs.facts VALUES (1)"),
            /permission denied for relation facts/,
        );
        await admin('REVOKE USAGE ON SCHEMA logs FROM "IAMR:loader"');
        await expectRejection(
            loader("SELECT * FROM logs.facts"),
            /permission denied for schema logs/,
        );
    });

    const needs: [string, string][] = [
        ["INSERT", "INSERT INTO logs.facts VALUES (1)"],
        ["DELETE", "DELETE FROM logs.facts"],
        ["UPDATE", "UPDATE logs.facts SET a = 1"],
    ];
    for (const [privilege, sql] of needs) {
        it(`need ${privilege} for ${sql}`, async () => {
            await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
            const others = ["SELECT", "INSERT", "DELETE", "UPDATE"].filter(
                (one) => one !== privilege,
            );
            await admin(`GRANT ${others.join(", ")} ON logs.facts TO "IAMR:loader"`);
            await expectRejection(loader(sql), /permission denied for relation facts/);
            await admin(`GRANT ${privilege} ON logs.facts TO "IAMR:loader"`);
            await loader(sql);
        });
    }

    it("need SELECT on what a change reads, however deep", async () => {
        await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
        await admin('GRANT INSERT, DELETE, SELECT ON logs.facts TO "IAMR:loader"');
        for (const sql of [
            "INSERT INTO logs.facts SELECT a FROM logs.other",
            "INSERT INTO logs.facts WITH x AS (SELECT a FROM logs.other) SELECT a FROM x",
            "DELETE FROM logs.facts WHERE a IN (SELECT a FROM logs.other)",
            "SELECT (SELECT MAX(a) FROM logs.other) FROM logs.facts",
        ]) {
            await expectRejection(loader(sql), /permission denied for relation other/);
        }
    });

    it("have what their roles have, also through another role", async () => {
        await admin("CREATE ROLE inner_role");
        await admin("CREATE ROLE outer_role");
        await admin("GRANT USAGE ON SCHEMA logs TO ROLE inner_role");
        await admin("GRANT SELECT ON ALL TABLES IN SCHEMA logs TO ROLE inner_role");
        await admin("GRANT ROLE inner_role TO ROLE outer_role");
        await admin('GRANT ROLE outer_role TO "IAMR:loader"');
        expect(await loader("SELECT COUNT(*) FROM logs.other")).to.deep.equal([[0]]);
        await admin('REVOKE ROLE outer_role FROM "IAMR:loader"');
        await expectRejection(
            loader("SELECT * FROM logs.other"),
            /permission denied for schema logs/,
        );
    });

    it("have nothing on tables that came after ALL TABLES", async () => {
        await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
        await admin('GRANT SELECT ON ALL TABLES IN SCHEMA logs TO "IAMR:loader"');
        await admin("CREATE TABLE logs.late (a int)");
        await expectRejection(
            loader("SELECT * FROM logs.late"),
            /permission denied for relation late/,
        );
    });

    it("read a view without a privilege on its tables", async () => {
        await admin("CREATE VIEW logs.totals AS SELECT SUM(a) AS total FROM logs.facts");
        await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
        await expectRejection(
            loader("SELECT * FROM logs.totals"),
            /permission denied for relation totals/,
        );
        await admin('GRANT SELECT ON logs.totals TO "IAMR:loader"');
        expect(await loader("SELECT * FROM logs.totals")).to.deep.equal([[null]]);
    });

    it("change only what they own", async () => {
        await admin('GRANT USAGE, CREATE ON SCHEMA logs TO "IAMR:loader"');
        await admin('GRANT ALL ON logs.facts TO "IAMR:loader"');
        for (const sql of [
            "TRUNCATE logs.facts",
            "DROP TABLE logs.facts",
            "ALTER TABLE logs.facts ADD COLUMN b int",
            "COMMENT ON TABLE logs.facts IS 'x'",
        ]) {
            await expectRejection(loader(sql), /must be owner of relation facts/);
        }
        await loader("CREATE TABLE logs.mine (a int)");
        await loader("TRUNCATE logs.mine");
        await loader("DROP TABLE logs.mine");
    });

    it("get nothing from a transaction that failed", async () => {
        const answer = await run(cluster.client(), {
            Sqls: [
                'GRANT USAGE ON SCHEMA logs TO "IAMR:loader"',
                'GRANT SELECT ON logs.facts TO "IAMR:loader"',
                "SELECT broken",
            ],
            SecretArn: adminSecretArn,
        });
        expect(answer.Status).to.equal("FAILED");
        await expectRejection(
            loader("SELECT * FROM logs.facts"),
            /permission denied for schema logs/,
        );
    });

    it("must exist to be granted anything, and so must what is granted", async () => {
        const grants: [string, RegExp][] = [
            ['GRANT USAGE ON SCHEMA logs TO "IAMR:other"', /user "IAMR:other" does not exist/],
            ["GRANT USAGE ON SCHEMA logs TO ROLE other", /role "other" does not exist/],
            ['GRANT ROLE other TO "IAMR:loader"', /role "other" does not exist/],
            [
                'GRANT SELECT ON logs.nothing TO "IAMR:loader"',
                /relation "logs.nothing" does not exist/,
            ],
            ['GRANT USAGE ON SCHEMA nowhere TO "IAMR:loader"', /schema "nowhere" does not exist/],
            ['GRANT USAGE ON logs.facts TO "IAMR:loader"', /unrecognized privilege type USAGE/],
            ['GRANT SELECT ON SCHEMA logs TO "IAMR:loader"', /unrecognized privilege type SELECT/],
            ['CREATE USER "IAMR:loader" PASSWORD DISABLE', /user "IAMR:loader" already exists/],
        ];
        for (const [sql, message] of grants) await expectRejection(admin(sql), message);
    });

    it("may hand a role to COPY until everybody's right to is revoked", async () => {
        await admin('GRANT USAGE ON SCHEMA logs TO "IAMR:loader"');
        await admin('GRANT INSERT ON logs.facts TO "IAMR:loader"');
        const copy = `COPY logs.facts FROM 's3://b/x/' IAM_ROLE '${warehouseRoleArn}' FORMAT AS PARQUET`;
        const refused = /User IAMR:loader is not authorized to assume IAM Role .* for COPY/;
        await expectRejection(loader(copy), /S3ServiceException/); // there is no S3 behind this cluster
        await admin("REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL");
        await expectRejection(loader(copy), refused);
        await admin(`GRANT ASSUMEROLE ON '${warehouseRoleArn}' TO "IAMR:loader" FOR UNLOAD`);
        await expectRejection(loader(copy), refused);
        await admin(`GRANT ASSUMEROLE ON '${warehouseRoleArn}' TO "IAMR:loader" FOR COPY`);
        await expectRejection(loader(copy), /S3ServiceException/);
    });

    it("can't use a role that is not attached to the cluster", async () => {
        const arn = "arn:aws:iam::123456789012:role/other";
        for (const sql of [
            `COPY logs.facts FROM 's3://b/x/' IAM_ROLE '${arn}' FORMAT AS PARQUET`,
            `CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE 'd' IAM_ROLE '${arn}'`,
        ]) {
            await expectRejection(
                admin(sql),
                /requested role .*other is not associated to cluster/,
            );
        }
    });

    it("make and open external schemas outside of transactions only", async () => {
        const create = `CREATE EXTERNAL SCHEMA lake FROM DATA CATALOG DATABASE 'd' IAM_ROLE '${warehouseRoleArn}'`;
        const batch = async (sql: string) =>
            (await run(cluster.client(), { Sqls: ["SELECT 1", sql], SecretArn: adminSecretArn }))
                .Error;
        expect(await batch(create)).to.match(
            /CREATE EXTERNAL SCHEMA cannot run inside a transaction block/,
        );
        await admin(create);
        const grant = 'GRANT USAGE ON SCHEMA lake TO "IAMR:loader"';
        expect(await batch(grant)).to.match(
            /GRANT on an external schema cannot run inside a transaction block/,
        );
        await admin(grant);
        await expectRejection(
            admin('GRANT SELECT ON ALL TABLES IN SCHEMA lake TO "IAMR:loader"'),
            /Operation not supported on external tables/,
        );
    });
});
