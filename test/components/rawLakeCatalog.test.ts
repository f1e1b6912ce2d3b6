import { expect } from "chai";
import { RawLake } from "../../components/rawLake";
import { formats, tables } from "../../formats";
import { all, deploy, only, parsed } from "../support/deploy";

const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/logs-dev";
const rawArn = "arn:aws:s3:::logs-dev-raw-123456789012-eu-west-1";
const logGroup = "/aws-glue/crawlers-role/logs-dev-crawler-logs-dev";
const logGroupArn = `arn:aws:logs:eu-west-1:123456789012:log-group:${logGroup}`;
const glueArn = (resource: string) => `arn:aws:glue:eu-west-1:123456789012:${resource}`;
const bucket = (purpose: string) => `logs-dev-${purpose}-123456789012-eu-west-1`;
const lake = () => new RawLake("logs-dev");

describe("RawLake's catalog", () => {
    it("has a database for raw and one for processed data", async () => {
        const { resources } = await deploy(lake);

        const databases = all(resources, "aws:glue/catalogDatabase:CatalogDatabase");
        expect(databases.map((database) => database.inputs.name)).to.have.members([
            "logs_dev_raw",
            "logs_dev_processed",
        ]);
    });

    it("declares every processed table as partitioned Parquet", async () => {
        const { resources } = await deploy(lake);

        const declared = all(resources, "aws:glue/catalogTable:CatalogTable");
        expect(declared.map((table) => table.inputs)).to.have.deep.members(
            tables.map(({ name, comment, columns }) => ({
                name,
                description: comment,
                databaseName: "logs_dev_processed",
                tableType: "EXTERNAL_TABLE",
                parameters: {
                    EXTERNAL: "TRUE",
                    classification: "parquet",
                    "parquet.compression": "ZSTD",
                },
                partitionKeys: [
                    {
                        name: "dt",
                        type: "string",
                        comment: "day of the raw folder, as YYYY-MM-DD",
                    },
                ],
                storageDescriptor: {
                    location: `s3://${bucket("processed")}/${name}/`,
                    inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    serDeInfo: {
                        name: "parquet",
                        serializationLibrary:
                            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                        parameters: { "serialization.format": "1" },
                    },
                    columns,
                },
            })),
        );
        expect(tables).to.not.be.empty;
    });

    it("has Glue encrypt what it writes, logs and bookmarks", async () => {
        const { resources } = await deploy(lake);

        const configuration = only(
            resources,
            "aws:glue/securityConfiguration:SecurityConfiguration",
        );
        expect(configuration.inputs).to.deep.equal({
            name: "logs-dev",
            encryptionConfiguration: {
                s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: keyArn },
                cloudwatchEncryption: {
                    cloudwatchEncryptionMode: "SSE-KMS",
                    kmsKeyArn: keyArn,
                },
                jobBookmarksEncryption: {
                    jobBookmarksEncryptionMode: "CSE-KMS",
                    kmsKeyArn: keyArn,
                },
            },
        });
    });

    describe("crawler", () => {
        it("makes one table a source and one partition a day, and changes neither", async () => {
            const { resources } = await deploy(lake);

            const { configuration, ...crawler } = only(
                resources,
                "aws:glue/crawler:Crawler",
            ).inputs;
            expect(crawler).to.deep.equal({
                name: "logs-dev-raw",
                description: "One table a source, one partition a day",
                role: "arn:aws:iam::123456789012:role/logs-dev-crawler",
                databaseName: "logs_dev_raw",
                securityConfiguration: "logs-dev",
                classifiers: formats.map((format) => `logs-dev-${format.name}`),
                s3Targets: [
                    {
                        path: `s3://${bucket("raw")}/`,
                        exclusions: ["_**", "**/_**", ".**", "**/.**", "**.tmp"],
                        sampleSize: 5,
                    },
                ],
                recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
                schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
            });
            expect(parsed(configuration)).to.deep.equal({
                Version: 1,
                Grouping: {
                    TableLevelConfiguration: 2,
                    TableGroupingPolicy: "CombineCompatibleSchemas",
                },
                CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
            });
        });

        it("tells formats apart by the patterns that they declare", async () => {
            const { resources } = await deploy(lake);

            const classifiers = all(resources, "aws:glue/classifier:Classifier");
            expect(classifiers.map((classifier) => classifier.inputs)).to.have.deep.members(
                formats.map(
                    ({ name, kind, classification, grok, patterns = {}, jsonPath = "$" }) =>
                        kind === "json"
                            ? { name: `logs-dev-${name}`, jsonClassifier: { jsonPath } }
                            : {
                                  name: `logs-dev-${name}`,
                                  grokClassifier: {
                                      classification,
                                      grokPattern: grok,
                                      customPatterns: Object.entries(patterns)
                                          .map((pattern) => pattern.join(" "))
                                          .join("\n"),
                                  },
                              },
                ),
            );
            expect(formats).to.not.be.empty;
        });

        it("tries only the formats that it is given, in their order", async () => {
            const chosen = [...formats].reverse().slice(0, 2);
            const { resources } = await deploy(() => new RawLake("logs-dev", { formats: chosen }));

            expect(only(resources, "aws:glue/crawler:Crawler").inputs.classifiers).to.deep.equal(
                chosen.map((format) => `logs-dev-${format.name}`),
            );
            const classifiers = all(resources, "aws:glue/classifier:Classifier");
            expect(classifiers).to.have.length(chosen.length);
        });

        it("may read raw logs, fill its own database, write its own log, and nothing else", async () => {
            const { resources } = await deploy(lake);

            const role = only(resources, "aws:iam/role:Role");
            expect(parsed(role.inputs.assumeRolePolicy).Statement).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole"],
                    Principal: { Service: ["glue.amazonaws.com"] },
                    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
                },
            ]);
            const policy = only(resources, "aws:iam/rolePolicy:RolePolicy");
            expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
                {
                    Sid: "Read",
                    Effect: "Allow",
                    Action: ["s3:GetObject"],
                    Resource: [`${rawArn}/*`],
                },
                { Sid: "ListRaw", Effect: "Allow", Action: ["s3:ListBucket"], Resource: rawArn },
                {
                    Sid: "Locate",
                    Effect: "Allow",
                    Action: ["s3:GetBucketLocation"],
                    Resource: [rawArn],
                },
                {
                    Sid: "Decrypt",
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: keyArn,
                    Condition: {
                        StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
                    },
                },
                {
                    Effect: "Allow",
                    Action: ["glue:GetDatabase"],
                    Resource: [glueArn("catalog"), glueArn("database/logs_dev_raw")],
                },
                {
                    Effect: "Allow",
                    Action: [
                        "glue:GetTable",
                        "glue:GetTables",
                        "glue:CreateTable",
                        "glue:UpdateTable",
                        "glue:GetPartition",
                        "glue:GetPartitions",
                        "glue:BatchGetPartition",
                        "glue:CreatePartition",
                        "glue:BatchCreatePartition",
                        "glue:UpdatePartition",
                        "glue:BatchUpdatePartition",
                    ],
                    Resource: [
                        glueArn("catalog"),
                        glueArn("database/logs_dev_raw"),
                        glueArn("table/logs_dev_raw/*"),
                    ],
                },
                {
                    Effect: "Allow",
                    Action: ["glue:GetSecurityConfiguration"],
                    Resource: "*",
                },
                {
                    Effect: "Allow",
                    Action: ["logs:CreateLogGroup", "logs:AssociateKmsKey"],
                    Resource: `${logGroupArn}:*`,
                },
                {
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: `${logGroupArn}:log-stream:*`,
                },
            ]);
        });

        it("is created once its role may do what it needs", async () => {
            const { resources } = await deploy(lake);

            expect(only(resources, "aws:glue/crawler:Crawler").dependencies).to.include(
                only(resources, "aws:iam/rolePolicy:RolePolicy").urn,
            );
        });

        it("logs to an encrypted group that ends what it keeps", async () => {
            const kept = () => new RawLake("logs-dev", { logRetentionDays: 30 });
            const { resources } = await deploy(kept);

            expect(only(resources, "aws:cloudwatch/logGroup:LogGroup").inputs).to.deep.equal({
                name: logGroup,
                retentionInDays: 30,
                kmsKeyId: keyArn,
            });
        });
    });
});
