import { expect } from "chai";
import { tables } from "../../formats";
import { RawLake, type RawLakeArgs } from "../../components/rawLake";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { refusals } from "../support/conditions";
import { expectRejection } from "../support/errors";

const purposes = ["raw", "processed", "artifacts", "access-logs"];
const encrypted = ["raw", "processed", "artifacts"];
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/logs-dev";
const sse = "s3:x-amz-server-side-encryption";
const sseKey = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const sseCustomer = "s3:x-amz-server-side-encryption-customer-algorithm";

const bucket = (purpose: string) => `logs-dev-${purpose}-123456789012-eu-west-1`;
const lake = (args?: RawLakeArgs) => () => new RawLake("logs-dev", args);

/** The resource of `aws:s3/…` for one bucket. */
function setting(resources: readonly Resource[], type: string, purpose: string): Resource {
    const token = `aws:s3/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
    return only(resources, token, `logs-dev-${purpose}`);
}

describe("RawLake", () => {
    it("encrypts with a rotated key that CloudWatch may use for Glue's log groups alone", async () => {
        const { resources } = await deploy(lake());

        const key = only(resources, "aws:kms/key:Key");
        expect(key.inputs).to.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
        expect(parsed(key.inputs.policy).Statement).to.deep.equal([
            {
                Sid: "AccountAccess",
                Effect: "Allow",
                Action: ["kms:*"],
                Resource: "*",
                Principal: { AWS: "arn:aws:iam::123456789012:root" },
            },
            {
                Sid: "LogGroups",
                Effect: "Allow",
                Action: [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:GenerateDataKey",
                ],
                Resource: "*",
                Condition: {
                    ArnLike: {
                        "kms:EncryptionContext:aws:logs:arn":
                            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws-glue/*",
                    },
                },
                Principal: { Service: ["logs.eu-west-1.amazonaws.com"] },
            },
        ]);
        expect(only(resources, "aws:kms/alias:Alias").inputs).to.deep.equal({
            name: "alias/logs-dev-lake",
            targetKeyId: key.outputs.keyId,
        });
    });

    it("holds all it makes as its children", async () => {
        const { resources } = await deploy(lake());

        const parent = only(resources, "loglake:index:RawLake");
        const strays = resources.filter((r) => r.custom && r.parent !== parent.urn);
        expect(strays.map((resource) => resource.urn)).to.deep.equal([]);
        expect(setting(resources, "Bucket", "raw").urn).to.match(
            /::loglake:index:RawLake\$aws:s3\/bucket:Bucket::logs-dev-raw$/,
        );
    });

    it("registers the same resources in a preview, when the key is unknown", async () => {
        const urns = async (preview: boolean) =>
            (await deploy(lake(), { preview })).resources.map((resource) => resource.urn);

        expect(await urns(true)).to.have.members(await urns(false));
    });

    it("knows every name at preview, so that policies can be judged by then", async () => {
        const { resources } = await deploy(lake(), { preview: true });

        expect(only(resources, "aws:glue/crawler:Crawler").inputs).to.deep.include({
            databaseName: "logs_dev_raw",
            securityConfiguration: "logs-dev",
        });
        const delivery = parsed(setting(resources, "BucketPolicy", "access-logs").inputs.policy);
        expect(delivery.Statement).to.have.length(5);
    });

    describe("buckets", () => {
        for (const purpose of purposes) {
            it(`keeps ${purpose} private, owned and versioned`, async () => {
                const { resources } = await deploy(lake());

                expect(setting(resources, "Bucket", purpose).inputs).to.deep.equal({
                    bucket: bucket(purpose),
                    forceDestroy: false,
                });
                expect(setting(resources, "BucketPublicAccessBlock", purpose).inputs).to.deep.equal(
                    {
                        bucket: bucket(purpose),
                        blockPublicAcls: true,
                        blockPublicPolicy: true,
                        ignorePublicAcls: true,
                        restrictPublicBuckets: true,
                    },
                );
                expect(setting(resources, "BucketOwnershipControls", purpose).inputs).to.deep.equal(
                    {
                        bucket: bucket(purpose),
                        rule: { objectOwnership: "BucketOwnerEnforced" },
                    },
                );
                expect(setting(resources, "BucketVersioning", purpose).inputs).to.deep.equal({
                    bucket: bucket(purpose),
                    versioningConfiguration: { status: "Enabled" },
                });
            });

            it(`refuses plain HTTP and TLS below 1.2 on ${purpose}`, async () => {
                const { resources } = await deploy(lake());

                const { Statement } = parsed(
                    setting(resources, "BucketPolicy", purpose).inputs.policy,
                );
                const everything = {
                    Effect: "Deny",
                    Principal: "*",
                    Action: ["s3:*"],
                    Resource: [
                        `arn:aws:s3:::${bucket(purpose)}`,
                        `arn:aws:s3:::${bucket(purpose)}/*`,
                    ],
                };
                expect(Statement[0]).to.deep.equal({
                    Sid: "DenyPlainHttp",
                    ...everything,
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                });
                expect(Statement[1]).to.deep.equal({
                    Sid: "DenyOldTls",
                    ...everything,
                    Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
                });
            });

            it(`ends old versions and unfinished uploads in ${purpose}`, async () => {
                const { resources } = await deploy(lake({ noncurrentExpirationDays: 12 }));

                const { rules } = setting(
                    resources,
                    "BucketLifecycleConfiguration",
                    purpose,
                ).inputs;
                expect(rules).to.deep.include.members([
                    {
                        id: "noncurrent-versions",
                        status: "Enabled",
                        filter: { prefix: "" },
                        noncurrentVersionExpiration: { noncurrentDays: 12 },
                        expiration: { expiredObjectDeleteMarker: true },
                    },
                    {
                        id: "incomplete-uploads",
                        status: "Enabled",
                        filter: { prefix: "" },
                        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                    },
                ]);
            });
        }

        for (const purpose of encrypted) {
            it(`encrypts ${purpose} with the lake's key and refuses uploads under any other`, async () => {
                const { resources } = await deploy(lake());

                const encryption = setting(
                    resources,
                    "BucketServerSideEncryptionConfiguration",
                    purpose,
                );
                expect(encryption.inputs).to.deep.equal({
                    bucket: bucket(purpose),
                    rules: [
                        {
                            applyServerSideEncryptionByDefault: {
                                sseAlgorithm: "aws:kms",
                                kmsMasterKeyId: keyArn,
                            },
                            bucketKeyEnabled: true,
                            blockedEncryptionTypes: ["SSE-C"],
                        },
                    ],
                });
                const policy = parsed(setting(resources, "BucketPolicy", purpose).inputs.policy);
                const verdict = (headers: Record<string, string>) =>
                    refusals(policy.Statement, headers);
                expect(verdict({})).to.deep.equal([]);
                expect(verdict({ [sse]: "aws:kms", [sseKey]: keyArn })).to.deep.equal([]);
                expect(verdict({ [sse]: "aws:kms" })).to.deep.equal(["DenyDefaultKey"]);
                expect(verdict({ [sse]: "AES256" })).to.deep.equal(["DenyOtherEncryption"]);
                expect(verdict({ [sse]: "aws:kms:dsse", [sseKey]: keyArn })).to.deep.equal([
                    "DenyOtherEncryption",
                ]);
                expect(verdict({ [sse]: "aws:kms", [sseKey]: `${keyArn}-2` })).to.deep.equal([
                    "DenyOtherKeys",
                ]);
                expect(verdict({ [sseCustomer]: "AES256" })).to.deep.equal(["DenyCustomerKeys"]);
            });

            it(`logs the requests on ${purpose}, by the day of the request`, async () => {
                const { resources } = await deploy(lake());

                expect(setting(resources, "BucketLogging", purpose).inputs).to.deep.equal({
                    bucket: bucket(purpose),
                    targetBucket: bucket("access-logs"),
                    targetPrefix: "s3/",
                    targetObjectKeyFormat: {
                        partitionedPrefix: { partitionDateSource: "EventTime" },
                    },
                });
            });
        }

        it("takes access logs under SSE-S3, of its own buckets only", async () => {
            const { resources } = await deploy(lake());

            const encryption = setting(
                resources,
                "BucketServerSideEncryptionConfiguration",
                "access-logs",
            );
            expect(encryption.inputs.rules).to.deep.equal([
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                    blockedEncryptionTypes: ["SSE-C"],
                },
            ]);
            const { Statement } = parsed(
                setting(resources, "BucketPolicy", "access-logs").inputs.policy,
            );
            expect(refusals(Statement, {})).to.deep.equal([]);
            expect(refusals(Statement, { [sse]: "aws:kms", [sseKey]: keyArn })).to.deep.equal([
                "DenyOtherEncryption",
            ]);
            expect(Statement.at(-1)).to.deep.equal({
                Sid: "AllowAccessLogDelivery",
                Effect: "Allow",
                Principal: { Service: ["logging.s3.amazonaws.com"] },
                Action: ["s3:PutObject"],
                Resource: `arn:aws:s3:::${bucket("access-logs")}/s3/*`,
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnEquals: {
                        "aws:SourceArn": encrypted.map((name) => `arn:aws:s3:::${bucket(name)}`),
                    },
                },
            });
            expect(all(resources, "aws:s3/bucketLogging:BucketLogging")).to.have.length(3);
        });

        it("tells EventBridge of raw logs that arrive", async () => {
            const { resources } = await deploy(lake());

            const notification = only(resources, "aws:s3/bucketNotification:BucketNotification");
            expect(notification.inputs).to.deep.equal({ bucket: bucket("raw"), eventbridge: true });
        });

        it("hands out a bucket's name only once its policy and its encryption stand", async () => {
            const { resources } = await deploy(lake());

            const logging = setting(resources, "BucketLogging", "raw");
            expect(logging.propertyDependencies.targetBucket).to.include.members([
                setting(resources, "BucketPolicy", "access-logs").urn,
                setting(resources, "BucketServerSideEncryptionConfiguration", "access-logs").urn,
            ]);
        });
    });

    describe("retention", () => {
        const rulesOf = async (purpose: string, args?: RawLakeArgs): Promise<any[]> => {
            const { resources } = await deploy(lake(args));
            return setting(resources, "BucketLifecycleConfiguration", purpose).inputs.rules;
        };
        const whole = { status: "Enabled", filter: { prefix: "" } };

        it("moves raw logs to IA, then to Glacier, then ends them", async () => {
            const rules = await rulesOf("raw", {
                rawTransitionToIaDays: 31,
                rawTransitionToGlacierDays: 61,
                rawExpirationDays: 62,
            });

            expect(rules.slice(0, -2)).to.deep.equal([
                {
                    id: "archive",
                    ...whole,
                    transitions: [
                        { days: 31, storageClass: "STANDARD_IA" },
                        { days: 61, storageClass: "GLACIER_IR" },
                    ],
                },
                { id: "expire", ...whole, expiration: { days: 62 } },
            ]);
        });

        it("tiers processed data by use, and ends staging and run records", async () => {
            const rules = await rulesOf("processed");

            expect(rules.slice(0, -2)).to.deep.equal([
                {
                    id: "superseded-runs",
                    ...whole,
                    transitions: [{ days: 1, storageClass: "INTELLIGENT_TIERING" }],
                },
                {
                    id: "staging",
                    status: "Enabled",
                    filter: { prefix: "_staging/" },
                    expiration: { days: 7 },
                },
                {
                    id: "run-records",
                    status: "Enabled",
                    filter: { prefix: "_runs/" },
                    expiration: { days: 400 },
                },
            ]);
        });

        it("ends processed data where it is told to", async () => {
            const rules = await rulesOf("processed", { processedExpirationDays: 90 });

            expect(rules[1]).to.deep.equal({ id: "expire", ...whole, expiration: { days: 90 } });
        });

        it("ends EMR's logs but keeps code", async () => {
            expect((await rulesOf("artifacts")).slice(0, -2)).to.deep.equal([
                {
                    id: "emr-logs",
                    status: "Enabled",
                    filter: { prefix: "emr-logs/" },
                    expiration: { days: 90 },
                },
            ]);
        });

        it("ends access logs", async () => {
            const rules = await rulesOf("access-logs", { accessLogExpirationDays: 10 });

            expect(rules[0]).to.deep.equal({ id: "expire", ...whole, expiration: { days: 10 } });
        });
    });

    describe("destroying", () => {
        const guarded = async (args?: RawLakeArgs) => {
            const { resources } = await deploy(lake(args));
            return resources
                .filter((resource) => resource.protect)
                .map(({ type, name }) => `${type} ${name}`);
        };

        it("is refused for key, buckets, databases and tables unless told otherwise", async () => {
            expect(await guarded()).to.have.members([
                "aws:kms/key:Key logs-dev",
                ...purposes.map((purpose) => `aws:s3/bucket:Bucket logs-dev-${purpose}`),
                "aws:glue/catalogDatabase:CatalogDatabase logs-dev-raw",
                "aws:glue/catalogDatabase:CatalogDatabase logs-dev-processed",
                ...tables.map(({ name }) => `aws:glue/catalogTable:CatalogTable logs-dev-${name}`),
            ]);
        });

        it("is open where nothing is protected", async () => {
            expect(await guarded({ protect: false })).to.deep.equal([]);
        });

        it("takes the objects along only where it is told to", async () => {
            const { resources } = await deploy(lake({ protect: false, forceDestroy: true }));

            for (const { inputs } of all(resources, "aws:s3/bucket:Bucket")) {
                expect(inputs.forceDestroy, inputs.bucket).to.equal(true);
            }
        });
    });

    describe("arguments", () => {
        const wrong: readonly [RawLakeArgs, RegExp][] = [
            [{ rawTransitionToIaDays: 29 }, /rawTransitionToIaDays must be .*30 or more, got 29/],
            [
                { rawTransitionToIaDays: 40, rawTransitionToGlacierDays: 69 },
                /rawTransitionToGlacierDays must be 30 days or more after rawTransitionToIaDays \(40\), got 69/,
            ],
            [
                { rawExpirationDays: 90 },
                /rawExpirationDays must be after rawTransitionToGlacierDays \(90\), got 90/,
            ],
            [{ processedExpirationDays: 1 }, /processedExpirationDays must be .*got 1/],
            [{ stagingExpirationDays: 0 }, /stagingExpirationDays must be .*got 0/],
            [{ runRecordExpirationDays: 1.5 }, /runRecordExpirationDays must be .*got 1.5/],
            [{ emrLogExpirationDays: 0 }, /emrLogExpirationDays must be .*got 0/],
            [{ accessLogExpirationDays: -1 }, /accessLogExpirationDays must be .*got -1/],
            [{ noncurrentExpirationDays: 0 }, /noncurrentExpirationDays must be .*got 0/],
            [{ logRetentionDays: 100 }, /logRetentionDays must be one of 1, .*got 100/],
            [{ keyDeletionWindowDays: 31 }, /keyDeletionWindowDays must be .*7 to 30, got 31/],
        ];
        for (const [args, message] of wrong) {
            it(`refuses ${JSON.stringify(args)}`, async () => {
                await expectRejection(deploy(lake(args)), message);
            });
        }

        for (const name of ["Logs", "logs_dev", "1logs", "logs--dev", "logs-", "l".repeat(24)]) {
            it(`refuses the name ${name}, from which no bucket could be named`, async () => {
                await expectRejection(
                    deploy(() => new RawLake(name)),
                    /name must be 1 to 23 lower-case letters/,
                );
            });
        }
    });
});
