import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { GlueLoader, type GlueLoaderArgs } from "../../components/glueLoader";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { expectRejection } from "../support/errors";
import { assertActionsExist } from "../support/iam";
import { account, folderOf, keyArn, name, region, roleArn } from "../support/spark";

const objectType = "aws:s3/bucketObjectv2:BucketObjectv2";
const sourceFolder = folderOf({ "job.py": "run()\n", "loglake_etl/__init__.py": "" });

const argsWith = (changes: Partial<GlueLoaderArgs> = {}): GlueLoaderArgs => ({
    artifactsBucketName: "artifacts",
    keyArn,
    securityConfigurationName: name,
    processedBucketName: "processed",
    processedDatabaseName: "logs_dev_processed",
    clusterIdentifier: "warehouse",
    databaseName: "logs",
    warehouseRoleArn: roleArn("warehouse"),
    sourceFolder,
    ...changes,
});

const up = (changes?: Partial<GlueLoaderArgs>, preview = false) =>
    deploy(() => new GlueLoader(name, argsWith(changes)), { preview });

/** Keys of the two objects: the script, the package. */
const codeKeys = (resources: readonly Resource[]) =>
    all(resources, objectType)
        .map(({ inputs }) => String(inputs.key))
        .sort();

describe("GlueLoader", () => {
    let resources: readonly Resource[];

    before(async () => {
        ({ resources } = await up());
    });

    it("holds all it makes as its children", () => {
        const component = only(resources, "loglake:index:GlueLoader");
        const children = resources.filter(
            ({ type, urn }) => type !== "pulumi:pulumi:Stack" && urn !== component.urn,
        );
        expect(children.map(({ type }) => type).sort()).to.deep.equal([
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:glue/job:Job",
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            objectType,
            objectType,
        ]);
        expect(new Set(children.map(({ parent }) => parent))).to.deep.equal(
            new Set([component.urn]),
        );
    });

    it("registers the same resources in a preview, when no id is known", async () => {
        const names = (found: readonly Resource[]) =>
            found.map((resource) => `${resource.type} ${resource.name}`);
        expect(names((await up({}, true)).resources)).to.have.members(names(resources));
    });

    it("fits twice into one stack", async () => {
        const both = await deploy(() => {
            new GlueLoader("one", argsWith());
            new GlueLoader("two", argsWith());
        });
        const urns = both.resources.map(({ urn }) => urn);
        expect(new Set(urns).size).to.equal(urns.length);
    });

    describe("job", () => {
        it("runs the script on Glue 5.1, one run at a time, encrypted, with everything it needs to know", () => {
            const [script, zip] = codeKeys(resources);
            expect(only(resources, "aws:glue/job:Job").inputs).to.deep.equal({
                name: `${name}-load`,
                description: "Publishes a day's partitions and loads it into Redshift",
                roleArn: roleArn("loader"),
                glueVersion: "5.1",
                command: {
                    name: "glueetl",
                    pythonVersion: "3",
                    scriptLocation: `s3://artifacts/${String(script)}`,
                },
                workerType: "G.1X",
                numberOfWorkers: 2,
                executionClass: "STANDARD",
                executionProperty: { maxConcurrentRuns: 1 },
                maxRetries: 0,
                timeout: 60,
                securityConfiguration: name,
                defaultArguments: {
                    "--job-language": "python",
                    "--extra-py-files": `s3://artifacts/${String(zip)}`,
                    "--job-bookmark-option": "job-bookmark-disable",
                    "--enable-auto-scaling": "true",
                    "--enable-metrics": "true",
                    "--enable-observability-metrics": "true",
                    "--enable-continuous-cloudwatch-log": "true",
                    "--processed_bucket": "processed",
                    "--processed_database": "logs_dev_processed",
                    "--cluster_identifier": "warehouse",
                    "--database": "logs",
                    "--copy_role_arn": roleArn("warehouse"),
                },
            });
        });

        it("takes its size and its limits from the arguments", async () => {
            const { resources } = await up({
                workerType: "G.2X",
                numberOfWorkers: 10,
                timeoutMinutes: 240,
                maxRetries: 1,
            });
            expect(only(resources, "aws:glue/job:Job").inputs).to.include({
                workerType: "G.2X",
                numberOfWorkers: 10,
                timeout: 240,
                maxRetries: 1,
            });
        });

        it("waits for its role's permissions", () => {
            const { dependencies } = only(resources, "aws:glue/job:Job");
            expect(dependencies).to.include(only(resources, "aws:iam/rolePolicy:RolePolicy").urn);
        });
    });

    describe("code", () => {
        it("lies in the artifacts bucket under the key, script beside package", () => {
            const [script, zip] = codeKeys(resources);
            expect(zip).to.match(/^etl\/[0-9a-f]{16}\/loglake_etl\.zip$/);
            expect(script).to.match(/^etl\/[0-9a-f]{16}\/job\.py$/);
            expect(zip?.slice(0, 20)).to.equal(script?.slice(0, 20));
            for (const { inputs } of all(resources, objectType)) {
                expect(inputs).to.include({
                    bucket: "artifacts",
                    serverSideEncryption: "aws:kms",
                    kmsKeyId: keyArn,
                });
            }
        });

        it("is this project's, unless told otherwise", async () => {
            const args: { sourceFolder?: string } & GlueLoaderArgs = argsWith();
            delete args.sourceFolder;
            const { resources } = await deploy(() => new GlueLoader(name, args));
            const zip = only(resources, objectType, `${name}-etl-loglake_etl.zip`);
            expect(await zip.inputs.source.assets).to.include.keys("loglake_etl/job.py");
        });
    });

    it("keeps its logs for 90 days under the key, or as long as it is told", async () => {
        const groups = (found: readonly Resource[]) =>
            all(found, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs);
        const prefix = `/aws-glue/jobs/${name}-role/${name}-loader`;
        expect(groups(resources)).to.have.deep.members([
            { name: `${prefix}/output`, retentionInDays: 90, kmsKeyId: keyArn },
            { name: `${prefix}/error`, retentionInDays: 90, kmsKeyId: keyArn },
        ]);

        const short = await up({ logRetentionDays: 14 });
        for (const { retentionInDays } of groups(short.resources)) {
            expect(retentionInDays).to.equal(14);
        }
    });

    describe("role", () => {
        it("is Glue's, on behalf of this account alone", () => {
            const { inputs } = only(resources, "aws:iam/role:Role");
            expect(inputs.name).to.equal(`${name}-loader`);
            expect(parsed(inputs.assumeRolePolicy).Statement).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole"],
                    Principal: { Service: ["glue.amazonaws.com"] },
                    Condition: { StringEquals: { "aws:SourceAccount": account } },
                },
            ]);
        });

        it("writes its own logs and Glue's metrics, and leaves data to the grants of others", () => {
            const logGroup = `arn:aws:logs:${region}:${account}:log-group:/aws-glue`;
            const { policy } = only(resources, "aws:iam/rolePolicy:RolePolicy").inputs;
            expect(parsed(policy).Statement).to.deep.equal([
                {
                    Sid: "Logs",
                    Effect: "Allow",
                    Action: [
                        "logs:CreateLogGroup",
                        "logs:AssociateKmsKey",
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                    ],
                    Resource: [
                        `${logGroup}/jobs/${name}-role/${name}-loader/*`,
                        `${logGroup}/jobs-${name}-loader-${name}/*`,
                    ],
                },
                {
                    Sid: "SecurityConfiguration",
                    Effect: "Allow",
                    Action: ["glue:GetSecurityConfiguration"],
                    Resource: "*",
                },
                {
                    Sid: "Metrics",
                    Effect: "Allow",
                    Action: ["cloudwatch:PutMetricData"],
                    Resource: "*",
                    Condition: { StringEquals: { "cloudwatch:namespace": "Glue" } },
                },
            ]);
        });

        it("has documents that are known in a preview", async () => {
            const preview = (await up({}, true)).resources;
            expect(only(preview, "aws:iam/role:Role").inputs.assumeRolePolicy).to.be.a("string");
            expect(only(preview, "aws:iam/rolePolicy:RolePolicy").inputs.policy).to.be.a("string");
        });
    });

    it("lets a workflow start, follow and stop the job, and no other", async () => {
        const { resources } = await deploy(() => {
            const role = new aws.iam.Role("workflow", { name: "workflow", assumeRolePolicy: "{}" });
            new GlueLoader(name, argsWith()).grantRun("workflow", role);
        });
        const grant = only(resources, "aws:iam/rolePolicy:RolePolicy", "workflow-run-load");
        expect(grant.inputs.role).to.equal("workflow");
        expect(parsed(grant.inputs.policy).Statement).to.deep.equal([
            {
                Effect: "Allow",
                Action: [
                    "glue:StartJobRun",
                    "glue:GetJobRun",
                    "glue:GetJobRuns",
                    "glue:BatchStopJobRun",
                ],
                Resource: `arn:aws:glue:${region}:${account}:job/${name}-load`,
            },
        ]);
        for (const { inputs } of all(resources, "aws:iam/rolePolicy:RolePolicy")) {
            await assertActionsExist(parsed(inputs.policy));
        }
    });

    const refused: readonly [Partial<GlueLoaderArgs>, RegExp][] = [
        [{ numberOfWorkers: 1 }, /numberOfWorkers must be .* 2 to 299, got 1/],
        [{ timeoutMinutes: 0 }, /timeoutMinutes must be .* 1 to 10080, got 0/],
        [{ maxRetries: 11 }, /maxRetries must be .* 0 to 10, got 11/],
        [{ logRetentionDays: 8 }, /logRetentionDays must be one of .* got 8/],
        [{ workerType: "G.9X" as never }, /workerType must be one of .* got "G.9X"/],
    ];
    for (const [changes, message] of refused) {
        it(`refuses ${JSON.stringify(changes)}, naming it`, async () => {
            await expectRejection(up(changes), message);
        });
    }

    it("refuses a name that a service would refuse", async () => {
        await expectRejection(
            deploy(() => new GlueLoader("Logs_Dev", argsWith())),
            /name must be 1 to 23 lower-case letters/,
        );
    });
});
