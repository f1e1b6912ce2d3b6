import { expect } from "chai";
import { createApi } from "../../local/api";
import { deployer } from "../../local/gateway/identities";
import type { Handlers } from "../../local/gateway/call";
import { json, ServiceError } from "../../local/gateway/replies";
import {
    execute,
    type Execution,
    type ExecutionOptions,
    type StateEvent,
} from "../../local/workflow";
import { answering, fakeAws, type FakeAws } from "./support/fakeAws";

/** One Task between a start and an end. */
const one = (Resource: string, Parameters: object, more: object = {}) => ({
    StartAt: "Call",
    States: {
        Call: {
            Type: "Task",
            Resource: `arn:aws:states:::${Resource}`,
            Parameters,
            TimeoutSeconds: 10,
            ...more,
            End: true,
        },
    },
});

describe("workflow runner", () => {
    let aws: FakeAws | undefined;
    afterEach(() => aws?.close());

    async function run(
        definition: object,
        handlers: Handlers,
        options: Partial<ExecutionOptions> = {},
    ): Promise<{ execution: Execution; events: StateEvent[] }> {
        aws = await fakeAws(handlers);
        const { endpoint } = aws.gateway;
        const events: StateEvent[] = [];
        const execution = await execute(
            {
                arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:loglake",
                name: "loglake",
                roleArn: "arn:aws:iam::123456789012:role/workflow",
                definition: JSON.stringify(definition),
            },
            createApi({ endpoint, region: "eu-west-1", credentials: deployer }),
            {
                input: {},
                pollMilliseconds: 5,
                retryMilliseconds: 5,
                onState: (event) => events.push(event),
                ...options,
            },
        );
        return { execution, events };
    }

    describe("SDK integration", () => {
        it("calls the operation with the Task's parameters and gives its answer, times as text", async () => {
            const asked: unknown[] = [];
            const { execution } = await run(one("aws-sdk:glue:getCrawler", { Name: "raw" }), {
                "glue:GetCrawler": answering((input) => {
                    asked.push(input);
                    return { Crawler: { Name: "raw", LastCrawl: { StartTime: 1_767_225_600 } } };
                }),
            });
            expect(asked).to.deep.equal([{ Name: "raw" }]);
            expect(execution.output).to.deep.equal({
                Crawler: { Name: "raw", LastCrawl: { StartTime: "2026-01-01T00:00:00.000Z" } },
            });
        });

        it("gives an object's content as text", async () => {
            const { execution } = await run(
                one("aws-sdk:s3:getObject", { Bucket: "b", Key: "k" }),
                {
                    "s3:GetObject": () =>
                        Promise.resolve({ status: 200, headers: {}, body: '{"events":1}' }),
                },
            );
            expect(execution.output).to.include({ Body: '{"events":1}' });
        });

        it("begins every member's name with a capital, as Step Functions does, and the API's own when it calls", async () => {
            const asked: unknown[] = [];
            const { execution } = await run(
                {
                    StartAt: "Ask",
                    States: {
                        Ask: {
                            Type: "Task",
                            Resource: "arn:aws:states:::aws-sdk:redshiftdata:executeStatement",
                            Parameters: {
                                Database: "d",
                                Sql: "s",
                                Parameters: [{ Name: "dt", Value: "v" }],
                            },
                            Next: "Get",
                        },
                        Get: {
                            Type: "Task",
                            Resource: "arn:aws:states:::aws-sdk:redshiftdata:getStatementResult",
                            Parameters: { Id: "1" },
                            End: true,
                        },
                    },
                },
                {
                    "redshift-data:ExecuteStatement": answering((input) => {
                        delete input.ClientToken; // the SDK's own, at random
                        asked.push(input);
                        return { Id: "1" };
                    }),
                    "redshift-data:GetStatementResult": answering(() => ({
                        Records: [[{ longValue: 7 }]],
                        TotalNumRows: 1,
                    })),
                },
            );
            expect(asked).to.deep.equal([
                { Database: "d", Sql: "s", Parameters: [{ name: "dt", value: "v" }] },
            ]);
            expect(execution.output).to.deep.equal({
                Records: [[{ LongValue: 7 }]],
                TotalNumRows: 1,
            });
        });

        const errors: [string, string, string, string][] = [
            [
                "glue:startCrawler",
                "glue:StartCrawler",
                "CrawlerRunningException",
                "Glue.CrawlerRunningException",
            ],
            ["glue:startCrawler", "glue:StartCrawler", "Throttled", "Glue.GlueException"],
            [
                "redshiftdata:listDatabases",
                "redshift-data:ListDatabases",
                "ValidationException",
                "RedshiftData.ValidationException",
            ],
            ["s3:getObject", "s3:GetObject", "NoSuchKey", "S3.NoSuchKeyException"],
            ["s3:getObject", "s3:GetObject", "QuotaExceeded", "S3.S3Exception"],
        ];
        for (const [call, operation, code, name] of errors) {
            it(`calls ${code} of ${operation} ${name}`, async () => {
                const { execution } = await run(
                    one(`aws-sdk:${call}`, { Name: "n", Bucket: "b", Key: "k" }),
                    {
                        [operation]: () => Promise.reject(new ServiceError(code, "no")),
                    },
                );
                expect(execution.status).to.equal("FAILED");
                expect(execution.error?.name).to.equal(name);
                expect(execution.error?.cause).to.contain("no");
            });
        }
    });

    describe("Lambda", () => {
        const invoke = one("lambda:invoke", {
            FunctionName: "planner",
            Payload: { dt: "2026-01-01" },
        });

        it("gives the payload as an object", async () => {
            const { execution } = await run(invoke, {
                "lambda:Invoke": answering(({ dt }) => ({ got: dt })),
            });
            expect(execution.output).to.deep.include({
                Payload: { got: "2026-01-01" },
                StatusCode: 200,
            });
        });

        it("fails by the name of the function's error", async () => {
            const error = { errorType: "NoData", errorMessage: "no logs" };
            const { execution } = await run(invoke, {
                "lambda:Invoke": () =>
                    Promise.resolve(json(error, 200, { "x-amz-function-error": "Unhandled" })),
            });
            expect(execution.error).to.deep.equal({ name: "NoData", cause: JSON.stringify(error) });
        });
    });

    describe("jobs that are waited for", () => {
        const jobStates = (...states: string[]): Handlers => ({
            "glue:StartJobRun": answering(() => ({ JobRunId: "jr_1" })),
            "glue:GetJobRun": answering(({ RunId }) => ({
                JobRun: { Id: RunId, JobRunState: states.shift() ?? "RUNNING" },
            })),
        });
        const job = one("glue:startJobRun.sync", { JobName: "load", Arguments: { "--dt": "d" } });

        it("waits for a Glue job and gives its run", async () => {
            const { execution } = await run(job, jobStates("STARTING", "RUNNING", "SUCCEEDED"));
            expect(execution.output).to.deep.equal({ Id: "jr_1", JobRunState: "SUCCEEDED" });
        });

        it("fails with the run as its cause when the job does", async () => {
            const { execution } = await run(job, jobStates("RUNNING", "FAILED"));
            expect(execution.error).to.deep.equal({
                name: "States.TaskFailed",
                cause: JSON.stringify({ Id: "jr_1", JobRunState: "FAILED" }),
            });
        });

        it("fails by Glue's error when the job may not start", async () => {
            const { execution } = await run(job, {
                "glue:StartJobRun": () =>
                    Promise.reject(new ServiceError("ConcurrentRunsExceededException", "one")),
            });
            expect(execution.error?.name).to.equal("Glue.ConcurrentRunsExceededException");
        });

        it("gives up after the Task's timeout", async () => {
            const { execution } = await run(
                { ...job, States: { Call: { ...job.States.Call, TimeoutSeconds: 1 } } },
                jobStates(),
            );
            expect(execution.error?.name).to.equal("States.Timeout");
        });

        it("adds an EMR step with its runtime role and waits for its end", async () => {
            const asked: unknown[] = [];
            const Step = {
                Name: "s",
                HadoopJarStep: { Jar: "command-runner.jar", Args: ["spark-submit"] },
            };
            const states = ["PENDING", "RUNNING", "COMPLETED"];
            const { execution } = await run(
                one("elasticmapreduce:addStep.sync", {
                    ClusterId: "j-1",
                    ExecutionRoleArn: "arn:aws:iam::1:role/spark",
                    Step,
                }),
                {
                    "events:DescribeRule": () =>
                        Promise.reject(
                            new ServiceError("ResourceNotFoundException", "no such rule"),
                        ),
                    "events:PutRule": answering(({ Name }) => {
                        asked.push(Name);
                        return { RuleArn: `arn:aws:events:eu-west-1:1:rule/${String(Name)}` };
                    }),
                    "events:PutTargets": answering(({ Rule }) => (asked.push(Rule), {})),
                    "elasticmapreduce:AddJobFlowSteps": answering(
                        (input) => (asked.push(input), { StepIds: ["s-1"] }),
                    ),
                    "elasticmapreduce:DescribeStep": answering(({ StepId }) => ({
                        Step: { Id: StepId, Status: { State: states.shift() } },
                    })),
                },
            );
            const rule = "StepFunctionsGetEventForEMRAddJobFlowStepsRule";
            expect(asked).to.deep.equal([
                rule,
                rule,
                { JobFlowId: "j-1", Steps: [Step], ExecutionRoleArn: "arn:aws:iam::1:role/spark" },
            ]);
            expect(execution.output).to.deep.equal({
                Step: { Id: "s-1", Status: { State: "COMPLETED" } },
            });
        });

        it("launches a cluster, waits until it is ready, and ends it", async () => {
            const states = ["STARTING", "WAITING", "TERMINATING", "TERMINATED"];
            const ended: unknown[] = [];
            const Parameters = { Name: "c", Instances: {} };
            const task = (call: string, more: object) => ({
                Type: "Task",
                Resource: `arn:aws:states:::elasticmapreduce:${call}`,
                ...more,
            });
            const { execution } = await run(
                {
                    StartAt: "Launch",
                    States: {
                        Launch: task("createCluster.sync", {
                            Parameters,
                            ResultPath: "$.cluster",
                            Next: "End",
                        }),
                        End: task("terminateCluster.sync", {
                            Parameters: { "ClusterId.$": "$.cluster.ClusterId" },
                            ResultPath: null,
                            End: true,
                        }),
                    },
                },
                {
                    "elasticmapreduce:RunJobFlow": answering(() => ({
                        JobFlowId: "j-1",
                        ClusterArn: "arn",
                    })),
                    "elasticmapreduce:DescribeCluster": answering(() => ({
                        Cluster: { Status: { State: states.shift() } },
                    })),
                    "elasticmapreduce:TerminateJobFlows": answering(
                        ({ JobFlowIds }) => (ended.push(...JobFlowIds), {}),
                    ),
                },
            );
            expect(execution.output).to.deep.equal({
                cluster: {
                    Cluster: { Status: { State: "WAITING" } },
                    ClusterId: "j-1",
                    ClusterArn: "arn",
                },
            });
            expect(ended).to.deep.equal(["j-1"]);
            expect(states).to.be.empty;
        });
    });

    it("retries what the Task says, without waiting as long", async () => {
        let attempts = 0;
        const { execution, events } = await run(
            one(
                "aws-sdk:glue:startCrawler",
                { Name: "raw" },
                {
                    Retry: [
                        {
                            ErrorEquals: ["Glue.CrawlerRunningException"],
                            IntervalSeconds: 60,
                            MaxAttempts: 3,
                        },
                    ],
                },
            ),
            {
                "glue:StartCrawler": () =>
                    ++attempts < 3
                        ? Promise.reject(new ServiceError("CrawlerRunningException", "busy"))
                        : Promise.resolve(json({})),
            },
        );
        expect(execution.status).to.equal("SUCCEEDED");
        expect(events.filter(({ what }) => what === "retried")).to.have.length(2);
        expect(events.find(({ what }) => what === "retried")?.error?.name).to.equal(
            "Glue.CrawlerRunningException",
        );
    });

    it("tells of every state that is entered and left, with the seconds it took", async () => {
        const definition = {
            StartAt: "A",
            States: { A: { Type: "Wait", Seconds: 30, Next: "B" }, B: { Type: "Succeed" } },
        };
        const { execution, events } = await run(definition, {});
        expect(events.map(({ state, what }) => `${state} ${what}`)).to.deep.equal([
            "A entered",
            "A left",
            "B entered",
            "B left",
        ]);
        expect(execution.states.map(({ name }) => name)).to.deep.equal(["A", "B"]);
        expect(execution.states[0]?.seconds).to.be.within(0.09, 5);
    });

    it("knows the execution's name, which is the run's id, and its role's session", async () => {
        const definition = {
            StartAt: "A",
            States: { A: { Type: "Pass", Parameters: { "id.$": "$$.Execution.Name" }, End: true } },
        };
        const { execution } = await run(definition, {}, { name: "run-7" });
        expect(execution).to.deep.include({
            output: { id: "run-7" },
            arn: "arn:aws:states:eu-west-1:123456789012:execution:loglake:run-7",
        });
    });

    it("ends when it is told to", async () => {
        const abort = new AbortController();
        const definition = {
            StartAt: "A",
            States: { A: { Type: "Wait", Seconds: 600, End: true } },
        };
        const running = run(
            definition,
            {},
            { signal: abort.signal, longestWaitMilliseconds: 60_000 },
        );
        setTimeout(() => {
            abort.abort();
        }, 20);
        expect((await running).execution.status).to.equal("ABORTED");
    });

    it("refuses an integration that is not there, by name", async () => {
        const { execution } = await run(one("athena:startQueryExecution.sync", {}), {});
        expect(execution.error).to.deep.equal({
            name: "States.Runtime",
            cause: "integration arn:aws:states:::athena:startQueryExecution.sync is not on this machine",
        });
    });
});
