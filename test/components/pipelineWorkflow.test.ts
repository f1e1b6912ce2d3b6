import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { PipelineWorkflow, type PipelineWorkflowArgs } from "../../components/pipelineWorkflow";
import type { SparkTarget } from "../../components/sparkTarget";
import { stateMachine } from "../../components/workflow/definition";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { expectRejection } from "../support/errors";
import { assertActionsExist } from "../support/iam";

const name = "loglake-dev";
const account = "123456789012";
const region = "eu-west-1";
const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;

const transient = {
    mode: "transient",
    clusterParameters: pulumi.output({ Name: name, Instances: { Ec2SubnetIds: ["subnet-a"] } }),
    ...step(),
} as unknown as SparkTarget;

const persistent: SparkTarget = { mode: "persistent", clusterId: pulumi.output("j-9"), ...step() };

function step() {
    return {
        executionRoleArn: pulumi.output(`arn:aws:iam::${account}:role/${name}-spark`),
        entryPointUri: pulumi.output("s3://artifacts/spark-app/1/main.py"),
        packageUri: pulumi.output("s3://artifacts/spark-app/1/loglake_spark.zip"),
    };
}

function argsWith(changes: Partial<PipelineWorkflowArgs> = {}): PipelineWorkflowArgs {
    return {
        crawlerName: `${name}-raw`,
        rawDatabaseName: "loglake_dev_raw",
        processedBucketName: "processed",
        spark: transient,
        jobName: `${name}-load`,
        clusterIdentifier: name,
        databaseName: "logs",
        alertTopicArn: `arn:aws:sns:${region}:${account}:${name}-alerts`,
        ...changes,
    };
}

const up = (changes?: Partial<PipelineWorkflowArgs>, preview = false) =>
    deploy(() => new PipelineWorkflow(name, argsWith(changes)), { preview });

describe("PipelineWorkflow", () => {
    let resources: readonly Resource[];
    let workflow: PipelineWorkflow;

    before(async () => {
        ({ resources, result: workflow } = await up());
    });

    it("holds all it makes as its children", () => {
        const component = only(resources, "loglake:index:PipelineWorkflow");
        const children = resources.filter(
            ({ type, urn }) => type !== "pulumi:pulumi:Stack" && urn !== component.urn,
        );
        expect(children.map(({ parent }) => parent)).to.deep.equal(
            Array(children.length).fill(component.urn),
        );
    });

    it("registers the same resources in a preview, when no id is known", async () => {
        const preview = await up({}, true);
        const names = (found: readonly Resource[]) =>
            found.map(({ type, name }) => `${type} ${name}`);
        expect(names(preview.resources)).to.have.members(names(resources));
    });

    it("fits twice into one stack", async () => {
        const both = await deploy(() => {
            new PipelineWorkflow("one", argsWith());
            new PipelineWorkflow("two", argsWith());
        });
        const urns = both.resources.map(({ urn }) => urn);
        expect(new Set(urns).size).to.equal(urns.length);
    });

    it("knows every policy document in a preview but those that hold the key's ARN", async () => {
        const preview = await up({}, true);
        for (const { type, name, inputs } of preview.resources) {
            if (type === "aws:iam/role:Role") {
                expect(inputs.assumeRolePolicy, name).to.be.a("string");
            }
            if (type === "aws:kms/key:Key") expect(inputs.policy, name).to.be.a("string");
        }
    });

    describe("state machine", () => {
        it("runs the definition, made from the arguments", () => {
            const { definition } = only(resources, "aws:sfn/stateMachine:StateMachine").inputs;
            expect(parsed(definition)).to.deep.equal(
                JSON.parse(
                    JSON.stringify(
                        stateMachine({
                            name,
                            partition: "aws",
                            region,
                            crawlerName: `${name}-raw`,
                            plannerArn: `arn:aws:lambda:${region}:${account}:function:${name}-planner`,
                            processedBucketName: "processed",
                            cluster: {
                                mode: "transient",
                                parameters: {
                                    Name: name,
                                    Instances: { Ec2SubnetIds: ["subnet-a"] },
                                },
                            },
                            executionRoleArn: `arn:aws:iam::${account}:role/${name}-spark`,
                            entryPointUri: "s3://artifacts/spark-app/1/main.py",
                            packageUri: "s3://artifacts/spark-app/1/loglake_spark.zip",
                            jobName: `${name}-load`,
                            clusterIdentifier: name,
                            databaseName: "logs",
                            alertTopicArn: `arn:aws:sns:${region}:${account}:${name}-alerts`,
                            quarantineRatioLimit: 0.05,
                            limits: {
                                crawlMinutes: 60,
                                launchMinutes: 45,
                                sparkMinutes: 240,
                                loadMinutes: 120,
                                verifyMinutes: 30,
                            },
                        }),
                    ),
                ),
            );
        });

        it("runs on a persistent cluster where there is one", async () => {
            const { resources } = await up({ spark: persistent });
            const { definition } = only(resources, "aws:sfn/stateMachine:StateMachine").inputs;
            expect(parsed(definition).States.Start.Parameters.cluster.ClusterId).to.equal("j-9");
        });

        it("takes every limit from the arguments", async () => {
            const { resources } = await up({
                crawlTimeoutMinutes: 4,
                launchTimeoutMinutes: 5,
                sparkTimeoutMinutes: 6,
                loadTimeoutMinutes: 7,
                verifyTimeoutMinutes: 8,
                quarantineRatioLimit: 0,
            });
            const { definition } = only(resources, "aws:sfn/stateMachine:StateMachine").inputs;
            const { States, TimeoutSeconds } = parsed(definition);
            expect(TimeoutSeconds).to.equal((2 * 4 + 5 + 6 + 2 * 7 + 8 + 60) * 60);
            expect(States.RunSpark.TimeoutSeconds).to.equal(6 * 60);
            expect(States.Load.TimeoutSeconds).to.equal(7 * 60);
            expect(States.CheckQuality.Choices[1].NumericGreaterThan).to.equal(0);
        });

        it("is encrypted, traced, and logged without what went through its states", () => {
            const key = only(resources, "aws:kms/key:Key");
            const logGroup = only(resources, "aws:cloudwatch/logGroup:LogGroup", name);
            const { inputs } = only(resources, "aws:sfn/stateMachine:StateMachine");
            expect(inputs.encryptionConfiguration).to.deep.equal({
                type: "CUSTOMER_MANAGED_KMS_KEY",
                kmsKeyId: key.outputs.arn,
                kmsDataKeyReusePeriodSeconds: 300,
            });
            expect(inputs.loggingConfiguration).to.deep.equal({
                level: "ALL",
                includeExecutionData: false,
                logDestination: `${String(logGroup.outputs.arn)}:*`,
            });
            expect(inputs.tracingConfiguration).to.deep.equal({ enabled: true });
        });

        it("waits for its role's permissions", () => {
            const { dependencies } = only(resources, "aws:sfn/stateMachine:StateMachine");
            const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-workflow`);
            expect(dependencies).to.include(policy.urn);
        });

        it("may keep the rule by which it hears of a step's end before it is created", () => {
            const { inputs } = only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-workflow`);
            expect(parsed(inputs.policy).Statement).to.deep.include({
                Effect: "Allow",
                Action: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
                Resource: `arn:aws:events:${region}:${account}:rule/StepFunctionsGetEventForEMRAddJobFlowStepsRule`,
            });
        });
    });

    describe("planner", () => {
        it("runs the bundle on arm64 with its environment under the key", () => {
            const { inputs } = only(resources, "aws:lambda/function:Function");
            const key = only(resources, "aws:kms/key:Key");
            expect(inputs).to.deep.include({
                name: `${name}-planner`,
                runtime: "nodejs22.x",
                architectures: ["arm64"],
                handler: "index.handler",
                timeout: 120,
                kmsKeyArn: key.outputs.arn,
                environment: {
                    variables: { RAW_DATABASE: "loglake_dev_raw", PROCESSED_BUCKET: "processed" },
                },
                tracingConfig: { mode: "Active" },
                loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${name}-planner` },
            });
        });

        it("is given the formats and tables of the arguments", async () => {
            const { resources } = await up({ formats: [], tables: [] });
            const { code } = only(resources, "aws:lambda/function:Function").inputs;
            const { text } = (await code.assets)["index.js"];
            expect(await text).to.contain("formats: []");
        });

        it("ends before the workflow gives it up", () => {
            const { timeout } = only(resources, "aws:lambda/function:Function").inputs;
            const { definition } = only(resources, "aws:sfn/stateMachine:StateMachine").inputs;
            expect(parsed(definition).States.Plan.TimeoutSeconds).to.be.greaterThan(timeout);
        });
    });

    it("keeps both logs for 90 days under the key, or as long as it is told", async () => {
        const key = only(resources, "aws:kms/key:Key");
        const kept = all(resources, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs);
        expect(kept).to.have.deep.members([
            {
                name: `/aws/vendedlogs/states/${name}`,
                retentionInDays: 90,
                kmsKeyId: key.outputs.arn,
            },
            {
                name: `/aws/lambda/${name}-planner`,
                retentionInDays: 90,
                kmsKeyId: key.outputs.arn,
            },
        ]);

        const short = await up({ logRetentionDays: 7 });
        for (const { inputs } of all(short.resources, "aws:cloudwatch/logGroup:LogGroup")) {
            expect(inputs.retentionInDays).to.equal(7);
        }
    });

    describe("key", () => {
        it("rotates", () => {
            const { inputs } = only(resources, "aws:kms/key:Key");
            expect(inputs.enableKeyRotation).to.equal(true);
            expect(inputs.deletionWindowInDays).to.equal(30);
        });

        it("is open to the account, to its two log groups and to log delivery, and to nobody else", () => {
            const { Statement } = parsed(only(resources, "aws:kms/key:Key").inputs.policy);
            const logs = { Service: [`logs.${region}.amazonaws.com`] };
            expect(Statement.map(({ Principal }: any) => Principal)).to.deep.equal([
                { AWS: `arn:aws:iam::${account}:root` },
                logs,
                logs,
                { Service: ["delivery.logs.amazonaws.com"] },
            ]);
            const context = "kms:EncryptionContext:aws:logs:arn";
            const logGroup = `arn:aws:logs:${region}:${account}:log-group:`;
            expect(Statement[1].Condition.ArnLike[context]).to.equal(
                `${logGroup}/aws/vendedlogs/states/${name}`,
            );
            expect(Statement[2].Condition.ArnLike[context]).to.equal(
                `${logGroup}/aws/lambda/${name}-planner`,
            );
            expect(Statement[3].Action).to.deep.equal(["kms:Decrypt"]);
        });
    });

    describe("schedule", () => {
        it("starts nothing before the state machine is there, and goes before it does", () => {
            const { dependencies } = only(resources, "aws:scheduler/schedule:Schedule");
            expect(dependencies).to.include.members([
                only(resources, "aws:sfn/stateMachine:StateMachine").urn,
                only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-scheduler`).urn,
            ]);
        });

        it("starts the day before at two in the morning, UTC, and tells when it was due", () => {
            const { inputs } = only(resources, "aws:scheduler/schedule:Schedule");
            expect(inputs).to.deep.include({
                name,
                groupName: name,
                scheduleExpression: "cron(0 2 * * ? *)",
                scheduleExpressionTimezone: "UTC",
                state: "ENABLED",
                flexibleTimeWindow: { mode: "OFF" },
            });
            expect(inputs.target.arn).to.equal(stateMachineArn);
            expect(parsed(inputs.target.input)).to.deep.equal({
                scheduledTime: "<aws.scheduler.scheduled-time>",
            });
        });

        it("can have another time, and be off", async () => {
            const { resources } = await up({
                scheduleExpression: "rate(1 day)",
                scheduleTimezone: "Europe/Dublin",
                scheduleEnabled: false,
            });
            expect(only(resources, "aws:scheduler/schedule:Schedule").inputs).to.deep.include({
                scheduleExpression: "rate(1 day)",
                scheduleExpressionTimezone: "Europe/Dublin",
                state: "DISABLED",
            });
        });
    });

    describe("roles", () => {
        it("are assumed by their service, on behalf of this account's resources alone", () => {
            const trusts = Object.fromEntries(
                all(resources, "aws:iam/role:Role").map(({ inputs }) => {
                    const [{ Principal, Condition }] = parsed(inputs.assumeRolePolicy).Statement;
                    return [inputs.name, { service: Principal.Service, ...Condition }];
                }),
            );
            const ofAccount = { "aws:SourceAccount": account };
            expect(trusts).to.deep.equal({
                [`${name}-workflow`]: {
                    service: ["states.amazonaws.com"],
                    StringEquals: ofAccount,
                    ArnLike: { "aws:SourceArn": stateMachineArn },
                },
                [`${name}-planner`]: {
                    service: ["lambda.amazonaws.com"],
                    StringEquals: ofAccount,
                },
                [`${name}-scheduler`]: {
                    service: ["scheduler.amazonaws.com"],
                    StringEquals: ofAccount,
                    ArnEquals: {
                        "aws:SourceArn": `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`,
                    },
                },
            });
        });

        it("are allowed only actions that exist, on resources that they take", async () => {
            for (const { inputs } of all(resources, "aws:iam/role:Role")) {
                await assertActionsExist(parsed(inputs.assumeRolePolicy));
            }
            const policies = all(resources, "aws:iam/rolePolicy:RolePolicy");
            expect(policies).to.have.length(3);
            for (const { inputs } of policies) await assertActionsExist(parsed(inputs.policy));
            await assertActionsExist(parsed(only(resources, "aws:kms/key:Key").inputs.policy));
        });

        it("let the schedule start this workflow and read its own input, and nothing else", () => {
            const key = only(resources, "aws:kms/key:Key");
            const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-scheduler`);
            expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
                { Effect: "Allow", Action: ["states:StartExecution"], Resource: stateMachineArn },
                {
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: key.outputs.arn,
                    Condition: {
                        StringEquals: {
                            "kms:EncryptionContext:aws:scheduler:schedule:arn": `arn:aws:scheduler:${region}:${account}:schedule/${name}/${name}`,
                        },
                    },
                },
            ]);
        });

        it("leave the lake to the lake's own grants", () => {
            for (const { inputs } of all(resources, "aws:iam/rolePolicy:RolePolicy")) {
                expect(inputs.policy).to.not.match(
                    /"(s3|glue|elasticmapreduce|redshift-data|sns):/,
                );
            }
        });

        it("are open to the grants of others", async () => {
            const role = await value(workflow.role.name);
            const plannerRole = await value(workflow.plannerRole.name);
            expect([role, plannerRole]).to.deep.equal([`${name}-workflow`, `${name}-planner`]);
        });
    });

    it("tells where the state machine and the planner are", async () => {
        expect(await value(workflow.stateMachineArn)).to.equal(stateMachineArn);
        expect(await value(workflow.stateMachineName)).to.equal(name);
        expect(await value(workflow.functionName)).to.equal(`${name}-planner`);
    });

    for (const [changes, message] of [
        [{ quarantineRatioLimit: 1.5 }, /quarantineRatioLimit must be 0 to 1, got 1.5/],
        [{ quarantineRatioLimit: NaN }, /quarantineRatioLimit must be 0 to 1, got NaN/],
        [
            { crawlTimeoutMinutes: 0 },
            /crawlTimeoutMinutes must be a whole number, 1 to 1440, got 0/,
        ],
        [{ sparkTimeoutMinutes: 1.5 }, /sparkTimeoutMinutes must be a whole number/],
        [{ logRetentionDays: 8 }, /logRetentionDays must be one of/],
        [
            { keyDeletionWindowDays: 3 },
            /keyDeletionWindowDays must be a whole number, 7 to 30, got 3/,
        ],
    ] as const) {
        it(`refuses ${JSON.stringify(changes)}, naming it`, async () => {
            await expectRejection(up(changes), message);
        });
    }

    it("refuses a name that a service would refuse", async () => {
        await expectRejection(
            deploy(() => new PipelineWorkflow("Log_Lake", argsWith())),
            /name must be 1 to 23 lower-case letters/,
        );
    });
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
