import * as aws from "@pulumi/aws";
import { expect } from "chai";
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
    it("grantReadRaw opens every raw log", async () => {
        const statements = await granted(
            (lake, role) => lake.grantReadRaw("x", role),
            "x-read-raw",
        );

        expect(statements).to.deep.equal([
            allow(["s3:GetObject"], [`${bucket("raw")}/*`]),
            allow(["s3:ListBucket"], bucket("raw")),
            allow(["s3:GetBucketLocation"], bucket("raw")),
            allow(["kms:Decrypt"], key, viaS3),
        ]);
    });

    it("grantReadProcessed opens the prefixes it is given, and none beside them", async () => {
        const statements = await granted(
            (lake, role) => lake.grantReadProcessed("x", role, ["events/", "_runs"]),
            "x-read-processed",
        );

        const keys = ["events", "events/*", "_runs", "_runs/*"];
        expect(statements).to.deep.equal([
            allow(
                ["s3:GetObject"],
                keys.map((name) => `${bucket("processed")}/${name}`),
            ),
            allow(["s3:ListBucket"], bucket("processed"), { StringLike: { "s3:prefix": keys } }),
            allow(["s3:GetBucketLocation"], bucket("processed")),
            allow(["kms:Decrypt"], key, viaS3),
        ]);
    });

    it("grantPutProcessed lets objects be put below its prefixes, and not be read or deleted", async () => {
        const statements = await granted(
            (lake, role) => lake.grantPutProcessed("x", role, ["_runs/"]),
            "x-put-processed",
        );

        expect(statements).to.deep.equal([
            allow(
                ["s3:PutObject"],
                [`${bucket("processed")}/_runs`, `${bucket("processed")}/_runs/*`],
            ),
            allow(["kms:GenerateDataKey"], key, viaS3),
        ]);
    });

    it("grantReadProcessed, grantPutProcessed and grantWriteProcessed refuse to open nothing in particular", async () => {
        for (const method of [
            "grantReadProcessed",
            "grantPutProcessed",
            "grantWriteProcessed",
        ] as const) {
            await expectRejection(
                granted((lake, role) => lake[method]("x", role, []), "none"),
                /prefixes must be 1 or more, got 0/,
            );
        }
    });

    it("grantWriteProcessed opens the prefixes it is given, and none beside them", async () => {
        const statements = await granted(
            (lake, role) => lake.grantWriteProcessed("x", role, ["events/", "_runs"]),
            "x-write-processed",
        );

        const keys = ["events", "events/*", "_runs", "_runs/*"];
        const objects = keys.map((name) => `${bucket("processed")}/${name}`);
        expect(statements).to.deep.equal([
            allow(["s3:GetObject"], objects),
            allow(["s3:ListBucket"], bucket("processed"), { StringLike: { "s3:prefix": keys } }),
            allow(["s3:GetBucketLocation"], bucket("processed")),
            allow(["kms:Decrypt"], key, viaS3),
            allow(
                [
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                ],
                objects,
            ),
            allow(["kms:GenerateDataKey"], key, viaS3),
        ]);
    });

    it("grantReadArtifacts opens one prefix", async () => {
        const statements = await granted(
            (lake, role) => lake.grantReadArtifacts("x", role, "spark-app/"),
            "x-read-artifacts",
        );

        const keys = ["spark-app", "spark-app/*"];
        expect(statements).to.deep.equal([
            allow(
                ["s3:GetObject"],
                keys.map((name) => `${bucket("artifacts")}/${name}`),
            ),
            allow(["s3:ListBucket"], bucket("artifacts"), { StringLike: { "s3:prefix": keys } }),
            allow(["s3:GetBucketLocation"], bucket("artifacts")),
            allow(["kms:Decrypt"], key, viaS3),
        ]);
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
                allow(["glue:GetDatabase", "glue:GetDatabases"], database),
                allow(
                    [
                        "glue:GetTable",
                        "glue:GetTables",
                        "glue:GetPartition",
                        "glue:GetPartitions",
                        "glue:BatchGetPartition",
                    ],
                    [...database, glueArn(`table/logs_dev_${layer}/*`)],
                ),
            ]);
        });
    }

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
