import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { createApi, type Api } from "../../local/api";
import { deployer } from "../../local/gateway/identities";
import type { Handlers } from "../../local/gateway/call";
import { emr } from "../../local/services/emr";
import { executions } from "../../local/services/executions";
import { nameOf } from "../../local/services/context";
import { glueJobs } from "../../local/services/glueJobs";
import { lambda } from "../../local/services/lambda";
import { localArguments, localPart } from "../../local/services/sparkArguments";
import { answering, fakeAws, type FakeAws } from "./support/fakeAws";

/** A `java` that writes down what it was told: arguments, environment and properties. */
const recordingJava = join(__dirname, "support", "java");
const installation = {
    python: "python3",
    sparkHome: "/spark",
    javaHome: recordingJava,
    jars: "/jars",
};

const found = (body: string) => ({
    status: 200,
    headers: { "content-type": "text/xml" },
    body,
});

describe("spark-submit on one machine", () => {
    it("drops where to run and how large, and keeps the script's own arguments", () => {
        const args = [
            "--deploy-mode",
            "cluster",
            "--conf",
            "spark.sql.x=1",
            "--conf=spark.executor.memory=9g",
            "--py-files",
            "p.zip",
            "main.py",
            "--deploy-mode",
            "mine",
        ];
        expect(localArguments(args)).to.deep.equal([
            "--conf",
            "spark.sql.x=1",
            "--py-files",
            "p.zip",
            "main.py",
            "--deploy-mode",
            "mine",
        ]);
    });

    it("keeps what shapes the result, and drops what describes a cluster", () => {
        const properties = {
            "spark.sql.adaptive.enabled": "true",
            "spark.sql.parquet.compression.codec": "zstd",
            "spark.dynamicAllocation.enabled": "true",
            "spark.executor.cores": "4",
            "spark.pyspark.python": "/usr/bin/python3.11",
        };
        expect(localPart(properties)).to.deep.equal({
            "spark.sql.adaptive.enabled": "true",
            "spark.sql.parquet.compression.codec": "zstd",
        });
    });
});

describe("service stand-ins", () => {
    let aws: FakeAws;
    let api: Api;
    const start = async (handlers: Handlers, of: (fake: FakeAws) => Handlers) => {
        aws = await fakeAws(handlers);
        aws.gateway.handle(acceptingCreations(of(aws)));
        api = createApi({
            endpoint: aws.gateway.endpoint,
            region: "eu-west-1",
            credentials: deployer,
        });
    };
    afterEach(() => aws.close());
    const refusal = (call: Promise<unknown>) =>
        call.then(
            () => "accepted",
            (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
        );

    describe("EMR", () => {
        const cluster = {
            Name: "loglake",
            ReleaseLabel: "emr-7.13.0",
            Applications: [{ Name: "Spark" }],
            ServiceRole: "loglake-emr-service",
            JobFlowRole: "loglake-emr-instance",
            SecurityConfiguration: "loglake",
            LogUri: "s3://artifacts/emr-logs/",
            Configurations: [
                {
                    Classification: "spark-defaults",
                    Properties: { "spark.sql.x": "1", "spark.executor.memory": "9g" },
                },
            ],
            Instances: {
                KeepJobFlowAliveWhenNoSteps: true,
                Ec2SubnetId: "subnet-1",
                InstanceGroups: [
                    { InstanceRole: "MASTER", InstanceType: "m7g.xlarge", InstanceCount: 1 },
                ],
            },
        };
        const runtimeRoles = JSON.stringify({
            AuthorizationConfiguration: {
                IAMConfiguration: { EnableApplicationScopedIAMRole: true },
            },
        });
        const role = "arn:aws:iam::123456789012:role/loglake-spark";
        const spark = (args: string[], ActionOnFailure = "CONTINUE") => ({
            Name: "s",
            ActionOnFailure,
            HadoopJarStep: {
                Jar: "command-runner.jar",
                Args: ["spark-submit", "--deploy-mode", "cluster", ...args],
            },
        });

        const logs: string[] = [];
        beforeEach(async () => {
            logs.length = 0;
            const profile = `<GetInstanceProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetInstanceProfileResult><InstanceProfile><Roles>
<member><Arn>arn:aws:iam::123456789012:role/loglake-emr-instance</Arn></member></Roles></InstanceProfile></GetInstanceProfileResult></GetInstanceProfileResponse>`;
            const serviceRole = `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
<Arn>arn:aws:iam::123456789012:role/loglake-emr-service</Arn></Role></GetRoleResult></GetRoleResponse>`;
            await start(
                {
                    "iam:GetRole": (call) =>
                        Promise.resolve(
                            call.body.includes("loglake-emr-service")
                                ? found(serviceRole)
                                : {
                                      ...found(
                                          "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>",
                                      ),
                                      status: 404,
                                  },
                        ),
                    "iam:GetInstanceProfile": (call) =>
                        Promise.resolve(
                            call.body.includes("loglake-emr-instance")
                                ? found(profile)
                                : {
                                      ...found(
                                          "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>",
                                      ),
                                      status: 404,
                                  },
                        ),
                    "s3:PutObject": (call) => {
                        logs.push(`${nameOf(call.role ?? "")} ${call.path}`);
                        return Promise.resolve(found(""));
                    },
                    "s3:HeadBucket": (call) =>
                        Promise.resolve({
                            ...found(""),
                            status: call.path.includes("artifacts") ? 200 : 404,
                        }),
                },
                ({ context }) => emr(context, installation, new Map()),
            );
            await api("emr", "CreateSecurityConfiguration", {
                Name: "loglake",
                SecurityConfiguration: runtimeRoles,
            });
        });

        const wrong: [string, object, RegExp][] = [
            [
                "a release label that is none",
                { ReleaseLabel: "7.13" },
                /release label is invalid: 7\.13/,
            ],
            [
                "a security configuration that is not there",
                { SecurityConfiguration: "other" },
                /'other' does not exist/,
            ],
            [
                "a service role that is not there",
                { ServiceRole: "other" },
                /ServiceRole: other is invalid/,
            ],
            [
                "an instance profile that is not there",
                { JobFlowRole: "other" },
                /Invalid InstanceProfile: other/,
            ],
            [
                "a log bucket that is not there",
                { LogUri: "s3://gone/x/" },
                /s3:\/\/gone\/x\/ names a bucket that does not exist/,
            ],
            ["applications without Spark", { Applications: [{ Name: "Hive" }] }, /Spark/],
            [
                "no subnet",
                { Instances: { ...cluster.Instances, Ec2SubnetId: undefined } },
                /subnet is required/,
            ],
            ["no master", { Instances: { ...cluster.Instances, InstanceGroups: [] } }, /master/],
        ];
        for (const [what, change, message] of wrong) {
            it(`refuses to launch a cluster with ${what}`, async () => {
                const said = await refusal(api("emr", "RunJobFlow", { ...cluster, ...change }));
                expect(said)
                    .to.match(/^ValidationException: /)
                    .and.match(message);
            });
        }

        const launch = async (more: object = {}): Promise<string> =>
            (await api("emr", "RunJobFlow", { ...cluster, ...more })).JobFlowId as string;
        const stateOf = async (ClusterId: string) =>
            (await api("emr", "DescribeCluster", { ClusterId })).Cluster.Status;
        const add = async (JobFlowId: string, step: object, ExecutionRoleArn?: string) =>
            (
                await api("emr", "AddJobFlowSteps", {
                    JobFlowId,
                    Steps: [step],
                    ...(ExecutionRoleArn && { ExecutionRoleArn }),
                })
            ).StepIds[0] as string;
        const ended = async (ClusterId: string, StepId: string): Promise<any> => {
            for (;;) {
                const { Step } = await api("emr", "DescribeStep", { ClusterId, StepId });
                if (["COMPLETED", "FAILED", "CANCELLED"].includes(Step.Status.State)) return Step;
                await sleep(5);
            }
        };

        it("keeps a launched cluster waiting until it is terminated", async () => {
            const id = await launch();
            expect(await stateOf(id)).to.include({ State: "WAITING" });
            await api("emr", "TerminateJobFlows", { JobFlowIds: [id] });
            expect(await stateOf(id)).to.deep.include({
                State: "TERMINATED",
                StateChangeReason: { Code: "USER_REQUEST", Message: "Terminated by user request" },
            });
        });

        it("ends a cluster by itself that may not live without steps", async () => {
            const id = await launch({
                Instances: { ...cluster.Instances, KeepJobFlowAliveWhenNoSteps: false },
            });
            expect(await stateOf(id)).to.include({ State: "TERMINATED" });
        });

        it("refuses to terminate a protected cluster until the protection is lifted", async () => {
            const id = await launch({
                Instances: { ...cluster.Instances, TerminationProtected: true },
            });
            expect(await refusal(api("emr", "TerminateJobFlows", { JobFlowIds: [id] }))).to.match(
                /termination protected/,
            );
            await api("emr", "SetTerminationProtection", {
                JobFlowIds: [id],
                TerminationProtected: false,
            });
            await api("emr", "TerminateJobFlows", { JobFlowIds: [id] });
            expect(await stateOf(id)).to.include({ State: "TERMINATED" });
        });

        it("wants a runtime role where the security configuration turns them on", async () => {
            const id = await launch();
            expect(await refusal(add(id, spark(["main.py"])))).to.match(
                /Runtime roles are required/,
            );
        });

        it("refuses a runtime role where they are off", async () => {
            await api("emr", "CreateSecurityConfiguration", {
                Name: "plain",
                SecurityConfiguration: "{}",
            });
            const id = await launch({ SecurityConfiguration: "plain" });
            expect(await refusal(add(id, spark(["main.py"]), role))).to.match(
                /Runtime roles is not enabled/,
            );
        });

        it("runs a step as its runtime role, which the instances assume, with the cluster's settings", async () => {
            const id = await launch();
            const stepId = await add(
                id,
                spark([
                    "--py-files",
                    "s3://a/p.zip",
                    "s3://a/main.py",
                    "--plan",
                    "s3://b/plan.json",
                ]),
                role,
            );
            expect(await ended(id, stepId)).to.deep.include({ ExecutionRoleArn: role });

            const told = readFileSync(
                join(aws.context.runFolder, `emr-${stepId}`, "told.txt"),
                "utf8",
            );
            expect(told).to.match(
                / --py-files s3:\/\/a\/p\.zip s3:\/\/a\/main\.py --plan s3:\/\/b\/plan\.json$/m,
            );
            expect(told).not.to.contain("--deploy-mode");
            expect(told).to.contain("AWS_ACCESS_KEY_ID=ASIA-loglake-spark");
            expect(told).to.contain(`AWS_ENDPOINT_URL=${aws.gateway.endpoint}`);
            expect(told).to.contain("spark.sql.x 1").and.not.contain("spark.executor.memory");
            const assumed = aws.gateway.calls
                .filter(({ action }) => action === "AssumeRole")
                .map((call) => call.role);
            expect(assumed).to.deep.equal([
                undefined, // EMR itself, the service role and then the instances'
                undefined,
                "arn:aws:iam::123456789012:role/loglake-emr-instance",
            ]);
        });

        it("fails a step whose program fails, says why, and ends the cluster only if the step says so", async () => {
            const [kept, ending] = [await launch(), await launch()];
            const step = await ended(kept, await add(kept, spark(["fail.py"]), role));
            expect(step.Status.State).to.equal("FAILED");
            expect(step.Status.FailureDetails.Message).to.equal("ValueError: told to fail");
            expect(existsSync(String(step.Status.FailureDetails.LogFile))).to.equal(true);
            expect(logs).to.have.length(1);
            expect(logs[0]).to.match(
                new RegExp(
                    `^loglake-emr-instance /.*/${kept}/steps/${String(step.Id)}/stderr\\.gz`,
                ),
            );
            expect(await stateOf(kept)).to.include({ State: "WAITING" });

            await ended(ending, await add(ending, spark(["fail.py"], "TERMINATE_CLUSTER"), role));
            expect(await stateOf(ending)).to.include({ State: "TERMINATED_WITH_ERRORS" });
        });
    });

    describe("Glue's jobs", () => {
        const job = {
            Name: "load",
            Role: "arn:aws:iam::123456789012:role/loglake-loader",
            Command: { Name: "glueetl", ScriptLocation: "s3://a/job.py" },
            DefaultArguments: {
                "--extra-py-files": "s3://a/etl.zip",
                "--database": "logs",
                "--enable-metrics": "true",
                "--conf": "spark.a=1 --conf spark.b=2",
            },
        };
        beforeEach(() => start({}, ({ context }) => glueJobs(context, installation)));

        const ended = async (RunId: string): Promise<any> => {
            for (;;) {
                const { JobRun } = await api("glue", "GetJobRun", { JobName: "load", RunId });
                if (!["STARTING", "RUNNING"].includes(JobRun.JobRunState)) return JobRun;
                await sleep(5);
            }
        };
        const run = async (input: object = {}): Promise<any> =>
            ended(
                (await api("glue", "StartJobRun", { JobName: "load", ...input }))
                    .JobRunId as string,
            );
        const told = (jobRun: any, attempt = 0) =>
            readFileSync(
                join(
                    aws.context.runFolder,
                    `glue-${String(jobRun.Id).slice(0, 11)}-${String(attempt)}`,
                    "told.txt",
                ),
                "utf8",
            );

        it("runs the script with the run's arguments over the job's, as the job's role", async () => {
            await api("glue", "CreateJob", job);
            const jobRun = await run({
                Arguments: { "--database": "other", "--dt": "2026-01-01" },
            });

            expect(jobRun).to.include({ JobRunState: "SUCCEEDED", JobName: "load" });
            expect(told(jobRun)).to.match(
                / --py-files s3:\/\/a\/etl\.zip s3:\/\/a\/job\.py --JOB_NAME load .*--database other --dt 2026-01-01$/m,
            );
            expect(told(jobRun)).not.to.contain("--enable-metrics");
            expect(told(jobRun)).to.contain("spark.a 1").and.contain("spark.b 2");
            expect(told(jobRun)).to.contain("AWS_ACCESS_KEY_ID=ASIA-loglake-loader");
        });

        it("writes the log and the metrics that the job asks for, as the job's role", async () => {
            const written = () =>
                aws.gateway.calls
                    .filter(({ service }) => service === "logs" || service === "monitoring")
                    .map(({ action, role }) => `${nameOf(role ?? "")} ${action}`);
            await api("glue", "CreateJob", { ...job, DefaultArguments: {} });
            await run();
            expect(written()).to.deep.equal([]);

            const watched = {
                "--enable-metrics": "true",
                "--enable-continuous-cloudwatch-log": "true",
            };
            await api("glue", "CreateJob", { ...job, DefaultArguments: watched });
            await run();
            expect(written()).to.deep.equal([
                "loglake-loader CreateLogGroup",
                "loglake-loader CreateLogStream",
                "loglake-loader PutMetricData",
            ]);
        });

        it("tries a failing script as often as the job says, and tells the error", async () => {
            await api("glue", "CreateJob", {
                ...job,
                MaxRetries: 1,
                Command: { Name: "glueetl", ScriptLocation: "s3://a/fail.py" },
            });
            const jobRun = await run();
            expect(jobRun).to.include({ JobRunState: "FAILED", Attempt: 1 });
            expect(jobRun.ErrorMessage).to.match(/^ValueError: told to fail/);
            expect(told(jobRun, 1)).to.contain("fail.py");
        });

        it("ends a script that takes longer than the job may", async () => {
            await api("glue", "CreateJob", {
                ...job,
                Timeout: 0.005,
                Command: { Name: "glueetl", ScriptLocation: "s3://a/sleep.py" },
            });
            expect(await run()).to.include({ JobRunState: "TIMEOUT" });
        });

        it("runs one at a time, unless the job says otherwise", async () => {
            const sleeping = { Name: "glueetl", ScriptLocation: "s3://a/sleep.py" };
            await api("glue", "CreateJob", { ...job, Timeout: 0.01, Command: sleeping });
            const { JobRunId } = await api("glue", "StartJobRun", { JobName: "load" });
            expect(await refusal(api("glue", "StartJobRun", { JobName: "load" }))).to.match(
                /^ConcurrentRunsExceededException/,
            );
            await ended(JobRunId as string);
        });

        it("knows no job that was not deployed", async () => {
            expect(await refusal(api("glue", "StartJobRun", { JobName: "gone" }))).to.match(
                /^EntityNotFoundException/,
            );
        });
    });

    describe("Step Functions", () => {
        const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:loglake";
        const definitionOf = (state: object) => ({
            "states:DescribeStateMachine": answering(({ stateMachineArn: arn }) => ({
                stateMachineArn: arn,
                name: "loglake",
                roleArn: "arn:aws:iam::123456789012:role/loglake-workflow",
                definition: JSON.stringify({
                    StartAt: "A",
                    States: { A: { ...state, End: true } },
                }),
                status: "ACTIVE",
                type: "STANDARD",
                creationDate: 0,
            })),
            "glue:GetCrawler": answering(() => ({ Crawler: { Name: "raw" } })),
        });
        const deploy = (state: object) =>
            start(definitionOf(state), ({ context }) => executions(context).handlers);
        const ended = async (executionArn: string): Promise<any> => {
            for (;;) {
                const execution = await api("sfn", "DescribeExecution", { executionArn });
                if (execution.status !== "RUNNING") return execution;
                await sleep(5);
            }
        };
        const begin = async (input: unknown, name = "run-1"): Promise<string> =>
            (
                await api("sfn", "StartExecution", {
                    stateMachineArn,
                    name,
                    input: JSON.stringify(input),
                })
            ).executionArn as string;

        it("runs an execution of the deployed definition, and tells its output", async () => {
            await deploy({ Type: "Pass" });
            const execution = await ended(await begin({ dt: "2026-01-01" }));
            expect(execution).to.include({
                status: "SUCCEEDED",
                output: '{"dt":"2026-01-01"}',
                name: "run-1",
            });
        });

        it("calls the services as the state machine's role", async () => {
            await deploy({
                Type: "Task",
                Resource: "arn:aws:states:::aws-sdk:glue:getCrawler",
                Parameters: { Name: "raw" },
            });
            await ended(await begin({}));
            const call = aws.gateway.calls.find(({ action }) => action === "GetCrawler");
            expect(call?.role).to.equal("arn:aws:iam::123456789012:role/loglake-workflow");
        });

        it("tells why an execution failed", async () => {
            await deploy({
                Type: "Task",
                Resource: "arn:aws:states:::athena:startQueryExecution",
                Parameters: {},
            });
            expect(await ended(await begin({}))).to.include({
                status: "FAILED",
                error: "States.Runtime",
            });
        });

        it("stops an execution", async () => {
            await deploy({ Type: "Wait", Seconds: 600 });
            const executionArn = await begin({});
            await api("sfn", "StopExecution", { executionArn });
            expect(await ended(executionArn)).to.include({ status: "ABORTED" });
        });

        it("refuses the name of an execution that was", async () => {
            await deploy({ Type: "Pass" });
            await begin({});
            expect(await refusal(begin({}))).to.match(/^ExecutionAlreadyExists/);
        });
    });

    describe("Lambda", () => {
        beforeEach(() => start({}, ({ context }) => lambda(context)));
        const deploy = (code: string, more: object = {}) =>
            api("lambda", "CreateFunction", {
                FunctionName: "planner",
                Role: "arn:aws:iam::123456789012:role/loglake-planner",
                Runtime: "nodejs22.x",
                Handler: "index.handler",
                Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
                Environment: { Variables: { RAW_DATABASE: "lake_raw" } },
                Timeout: 10,
                ...more,
            });
        const invoke = async (Payload: unknown, FunctionName = "planner"): Promise<any> => {
            const answer = await api("lambda", "Invoke", {
                FunctionName,
                Payload: JSON.stringify(Payload),
            });
            return {
                error: answer.FunctionError,
                payload: JSON.parse(Buffer.from(answer.Payload as Uint8Array).toString()),
            };
        };

        it("runs the deployed code on the event, with its variables, as its role", async () => {
            await deploy(
                "exports.handler = async (event) => ({ ...event, database: process.env.RAW_DATABASE, key: process.env.AWS_ACCESS_KEY_ID });",
            );
            expect(await invoke({ dt: "2026-01-01" })).to.deep.equal({
                error: undefined,
                payload: { dt: "2026-01-01", database: "lake_raw", key: "ASIA-loglake-planner" },
            });
        });

        it("takes the function's ARN too", async () => {
            await deploy("exports.handler = () => 1;");
            expect(
                (await invoke({}, "arn:aws:lambda:eu-west-1:123456789012:function:planner"))
                    .payload,
            ).to.equal(1);
        });

        it("finds the SDK that the runtime brings", async () => {
            await deploy('exports.handler = () => typeof require("@aws-sdk/client-s3").S3Client;');
            expect((await invoke({})).payload).to.equal("function");
        });

        it("answers an error with its name and message", async () => {
            await deploy(
                'exports.handler = async () => { throw Object.assign(new Error("no logs"), { name: "NoData" }); };',
            );
            const { error, payload } = await invoke({});
            expect(error).to.equal("Unhandled");
            expect(payload).to.include({ errorType: "NoData", errorMessage: "no logs" });
        });

        it("ends a function that takes too long", async () => {
            await deploy(
                "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60000));",
                { Timeout: 1 },
            );
            expect((await invoke({})).payload).to.include({ errorType: "Sandbox.Timedout" });
        });

        it("says that there is no such handler, and no such function", async () => {
            await deploy("exports.other = 1;");
            expect((await invoke({})).payload).to.include({ errorType: "Runtime.HandlerNotFound" });
            expect(await refusal(invoke({}, "gone"))).to.equal(
                "ResourceNotFoundException: Function not found: gone",
            );
        });
    });
});

/** Creations go on to moto, which is not here: they are answered with nothing. */
function acceptingCreations(handlers: Handlers): Handlers {
    return Object.fromEntries(
        Object.entries(handlers).map(([operation, handler]) => [
            operation,
            async (call: Parameters<typeof handler>[0]) =>
                (await handler(call)) ?? answering(() => ({}))(call),
        ]),
    );
}
