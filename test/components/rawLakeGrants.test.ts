import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ObjectAccess } from "../../components/lake/access";
import { RawLake } from "../../components/rawLake";
import { deploy, only, parsed } from "../support/deploy";
import { expectRejection } from "../support/errors";

const key = "arn:aws:kms:eu-west-1:123456789012:key/logs-dev";
const bucket = (purpose: string) => `arn:aws:s3:::logs-dev-${purpose}-123456789012-eu-west-1`;
const glueArn = (resource: string) => `arn:aws:glue:eu-west-1:123456789012:${resource}`;
const viaS3 = { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } };
const allow = (Action: string[], Resource: unknown, Condition?: unknown) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
});

/** The statements that a grant to a role of someone else's makes. */
async function granted(
    grant: (lake: RawLake, role: aws.iam.Role) => aws.iam.RolePolicy,
    policyName: string,
): Promise<unknown> {
    const { resources } = await deploy(() => {
        const role = new aws.iam.Role("reader", { name: "reader", assumeRolePolicy: "{}" });
        grant(new RawLake("logs-dev"), role);
    });
    const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", policyName);
    expect(policy.inputs).to.include({ name: policyName, role: "reader" });
    expect(policy.parent).to.equal(only(resources, "loglake:index:RawLake").urn);
    return parsed(policy.inputs.policy).Statement;
}

describe("RawLake's grants", () => {
    const objects = (purpose: string, ...keys: string[]) =>
        keys.map((each) => `${bucket(purpose)}/${each}`);
    const read = (arns: string[]) => ({ Sid: "Read", ...allow(["s3:GetObject"], arns) });
    const list = (purpose: string, keys?: string[]) => ({
        Sid: `List${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}`,
        ...allow(["s3:ListBucket"], bucket(purpose), keys && { StringLike: { "s3:prefix": keys } }),
    });
    const locate = (...purposes: string[]) => ({
        Sid: "Locate",
        ...allow(["s3:GetBucketLocation"], purposes.map(bucket)),
    });
    const decrypt = { Sid: "Decrypt", ...allow(["kms:Decrypt"], key, viaS3) };
    const encrypt = { Sid: "Encrypt", ...allow(["kms:GenerateDataKey"], key, viaS3) };

    const accesses: [string, ObjectAccess, unknown[]][] = [
        [
            "every raw log",
            { readRaw: true },
            [read(objects("raw", "*")), list("raw"), locate("raw"), decrypt],
        ],
        [
            "prefixes that are read, and none beside them",
            { readProcessed: ["events/", "_runs"] },
            [
                read(objects("processed", "events/*", "_runs/*")),
                list("processed", ["events/*", "_runs/*"]),
                locate("processed"),
                decrypt,
            ],
        ],
        [
            "objects that are got by their keys",
            { getProcessed: ["_runs/"] },
            [read(objects("processed", "_runs/*")), decrypt],
        ],
        [
            "objects that are put, and neither read nor deleted",
            { putProcessed: ["_runs/"] },
            [{ Sid: "Put", ...allow(["s3:PutObject"], objects("processed", "_runs/*")) }, encrypt],
        ],
        [
            "prefixes that are written, read back and replaced",
            { writeProcessed: ["events/"] },
            [
                read(objects("processed", "events/*", "events")),
                list("processed", ["events/*", "events"]),
                locate("processed"),
                { Sid: "Put", ...allow(["s3:PutObject"], objects("processed", "events/*")) },
                {
                    Sid: "Replace",
                    ...allow(
                        ["s3:DeleteObject", "s3:AbortMultipartUpload"],
                        objects("processed", "events/*"),
                    ),
                },
                decrypt,
                encrypt,
            ],
        ],
        [
            "a prefix of the artifacts",
            { readArtifacts: ["spark-app/"] },
            [
                read(objects("artifacts", "spark-app/*")),
                list("artifacts", ["spark-app/*"]),
                locate("artifacts"),
                decrypt,
            ],
        ],
        [
            "all of it, each permission once",
            {
                readRaw: true,
                readProcessed: ["events/"],
                getProcessed: ["a/"],
                putProcessed: ["b/"],
                writeProcessed: ["_staging/"],
                readArtifacts: ["etl/"],
            },
            [
                read([
                    ...objects("raw", "*"),
                    ...objects("processed", "events/*", "_staging/*", "_staging"),
                    ...objects("artifacts", "etl/*"),
                    ...objects("processed", "a/*"),
                ]),
                list("raw"),
                list("processed", ["events/*", "_staging/*", "_staging"]),
                list("artifacts", ["etl/*"]),
                locate("raw", "processed", "artifacts"),
                {
                    Sid: "Put",
                    ...allow(["s3:PutObject"], objects("processed", "b/*", "_staging/*")),
                },
                {
                    Sid: "Replace",
                    ...allow(
                        ["s3:DeleteObject", "s3:AbortMultipartUpload"],
                        objects("processed", "_staging/*"),
                    ),
                },
                decrypt,
                encrypt,
            ],
        ],
    ];
    for (const [what, access, expected] of accesses) {
        it(`grantObjects opens ${what}`, async () => {
            const statements = await granted(
                (lake, role) => lake.grantObjects("x", role, access),
                "x-objects",
            );
            expect(statements).to.deep.equal(expected);
        });
    }

    it("grantObjects refuses to open nothing in particular", async () => {
        for (const access of [{}, { readRaw: false, readProcessed: [] }]) {
            await expectRejection(
                granted((lake, role) => lake.grantObjects("x", role, access), "none"),
                /access must name something, got nothing/,
            );
        }
    });

    it("grantRunCrawler starts and watches the one crawler", async () => {
        const statements = await granted(
            (lake, role) => lake.grantRunCrawler("x", role),
            "x-run-crawler",
        );

        expect(statements).to.deep.equal([
            allow(["glue:StartCrawler", "glue:GetCrawler"], glueArn("crawler/logs-dev-raw")),
        ]);
    });

    for (const layer of ["raw", "processed"] as const) {
        it(`grantReadCatalog looks up ${layer} tables alone`, async () => {
            const statements = await granted(
                (lake, role) => lake.grantReadCatalog("x", role, layer),
                `x-read-${layer}-catalog`,
            );

            const database = [glueArn("catalog"), glueArn(`database/logs_dev_${layer}`)];
            expect(statements).to.deep.equal([
                {
                    Sid: "Databases",
                    ...allow(["glue:GetDatabase", "glue:GetDatabases"], database),
                },
                {
                    Sid: "Tables",
                    ...allow(
                        [
                            "glue:GetTable",
                            "glue:GetTables",
                            "glue:GetPartition",
                            "glue:GetPartitions",
                            "glue:BatchGetPartition",
                        ],
                        [...database, glueArn(`table/logs_dev_${layer}/*`)],
                    ),
                },
            ]);
        });
    }

    it("grantReadCatalog looks up no more than it is told", async () => {
        const statements = await granted(
            (lake, role) => lake.grantReadCatalog("x", role, "raw", ["glue:GetTables"]),
            "x-read-raw-catalog",
        );

        const tables = ["catalog", "database/logs_dev_raw", "table/logs_dev_raw/*"].map(glueArn);
        expect(statements).to.deep.equal([{ Sid: "Tables", ...allow(["glue:GetTables"], tables) }]);
    });

    it("grantPublishPartitions points partitions of processed tables, and changes no table", async () => {
        const statements = await granted(
            (lake, role) => lake.grantPublishPartitions("x", role),
            "x-publish-partitions",
        );

        expect(statements).to.deep.equal([
            allow(
                ["glue:GetTable", "glue:BatchCreatePartition", "glue:UpdatePartition"],
                [
                    glueArn("catalog"),
                    glueArn("database/logs_dev_processed"),
                    glueArn("table/logs_dev_processed/*"),
                ],
            ),
        ]);
    });
});
