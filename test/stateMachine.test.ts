import aslValidator from "asl-validator";
import { expect } from "chai";
import { stateMachine } from "../components/workflow/definition";
import type { State, States, TaskState } from "../components/workflow/states";
import {
    counts,
    crawler,
    goodAnswers,
    inTurn,
    manifest,
    run as runOnce,
    serviceError,
    specWith,
    type Answer,
    type RunReport,
} from "./support/stateMachine";

const persistent = specWith({ cluster: { mode: "persistent", clusterId: "j-9" } });
const specs = { transient: specWith(), persistent };

describe("state machine", () => {
    const entered = new Set<string>();

    async function run(...args: Parameters<typeof runOnce>): Promise<RunReport> {
        const report = await runOnce(...args);
        report.states.forEach((state) => entered.add(state));
        return report;
    }

    for (const [lifecycle, spec] of Object.entries(specs)) {
        for (const partition of ["aws", "aws-cn", "aws-us-gov"]) {
            it(`is valid with a ${lifecycle} cluster in ${partition}`, () => {
                const { isValid, errorsText } = validate(stateMachine({ ...spec, partition }));
                expect(isValid, errorsText("\n")).to.equal(true);
            });
        }

        it(`bounds, retries and catches every Task with a ${lifecycle} cluster`, () => {
            for (const [name, task] of tasksOf(stateMachine(spec).States)) {
                expect(task.TimeoutSeconds, name).to.be.at.least(60);
                expect(task.Catch.at(-1)?.ErrorEquals, name).to.deep.equal(["States.ALL"]);
                expect(task.Retry, name).to.not.be.empty;
                for (const retrier of task.Retry) {
                    expect(retrier.JitterStrategy, name).to.equal("FULL");
                    expect(retrier.BackoffRate, name).to.be.greaterThan(1);
                    expect(retrier.MaxDelaySeconds, name).to.be.greaterThan(0);
                }
            }
        });

        it(`says which state failed, and why, for every Task with a ${lifecycle} cluster`, async () => {
            const ofFailurePath = ["ReportClusterLeft", "EndCluster", "EndFailedCluster", "Notify"];
            for (const [name] of tasksOf(stateMachine(spec).States)) {
                if (ofFailurePath.includes(name)) continue;
                const fail = () => {
                    throw serviceError("Some.Error", "some cause");
                };

                const report = await run({ [name]: fail }, spec);

                expect(report.error, name).to.deep.equal({
                    name: "Some.Error",
                    cause: "some cause",
                });
                const [{ Subject, Message }] = report.calls.Notify as [Record<string, string>];
                expect(Subject).to.equal(`loglake-dev: ${name} failed`);
                expect(Message).to.contain(`failed in state ${name}.`);
                expect(Message).to.contain("error: Some.Error\ncause: some cause\n");
            }
        });

        it(`takes longer than its parts together with a ${lifecycle} cluster`, () => {
            const { TimeoutSeconds, States: states } = stateMachine(spec);
            const { crawlMinutes, launchMinutes, verifyMinutes } = spec.limits;
            const long = ["RunSpark", "Load"].map(
                (name) => (states[name] as TaskState).TimeoutSeconds,
            );
            const loops = 60 * (2 * crawlMinutes + launchMinutes + verifyMinutes);
            expect(TimeoutSeconds).to.be.greaterThan(long.reduce((a, b) => a + b) + loops);
        });
    }

    it("retries everything only where doing it again does no harm", () => {
        const retried = tasksOf(stateMachine(specWith()).States)
            .filter(([, task]) => task.Retry.some((r) => r.ErrorEquals.includes("States.ALL")))
            .map(([name]) => name);
        expect(retried).to.deep.equal(["EndCluster", "EndFailedCluster"]);
    });

    it("never retries what a job or a step says of the data", () => {
        for (const [name, task] of tasksOf(stateMachine(specWith()).States)) {
            const errors = task.Retry.flatMap((retrier) => retrier.ErrorEquals);
            expect(errors, name).to.not.include("States.TaskFailed");
            expect(errors, name).to.not.include("States.Timeout");
        }
    });

    describe("on a good day", () => {
        it("goes from the crawl to equal counts and ends the cluster before the load", async () => {
            const report = await run();

            expect(report.error).to.equal(undefined);
            expect(report.states.filter((name) => name in goodAnswers())).to.deep.equal([
                "CheckCrawler",
                "StartCrawler",
                "GetCrawler",
                "Plan",
                "LaunchCluster",
                "GetCluster",
                "RunSpark",
                "EndCluster",
                "ReadManifest",
                "PutMetrics",
                "Load",
                "CountRows",
                "DescribeCounts",
                "GetCounts",
                "PutRowsLoaded",
            ]);
        });

        it("outputs the run, its manifest and the counts", async () => {
            const { output } = await run();
            expect(output.run).to.include({ dt: "2026-09-30", runId: "run-1", sources: 2 });
            expect(output.manifest.content).to.deep.equal(manifest);
            expect(output.counts).to.deep.equal({ redshift: 9_999, spectrum: 9_999 });
        });

        it("hands the planner the input and the name of the execution", async () => {
            const byDay = await run();
            const input = { scheduledTime: "2026-10-01T02:00:00Z" };
            const bySchedule = await run({}, specWith(), input);

            expect(byDay.calls.Plan?.[0].Payload).to.deep.equal({
                dt: "2026-09-30",
                runId: "run-1",
            });
            expect(bySchedule.calls.Plan?.[0].Payload).to.deep.equal({ ...input, runId: "run-1" });
        });

        it("submits the Spark step under the runtime role, with the package and the plan", async () => {
            const { calls } = await run();
            expect(calls.RunSpark).to.deep.equal([
                {
                    ClusterId: "j-1",
                    ExecutionRoleArn: "arn:aws:iam::123456789012:role/loglake-dev-spark",
                    Step: {
                        Name: "loglake-dev 2026-09-30 run-1",
                        ActionOnFailure: "CONTINUE",
                        HadoopJarStep: {
                            Jar: "command-runner.jar",
                            Args: [
                                "spark-submit",
                                "--deploy-mode",
                                "cluster",
                                "--py-files",
                                "s3://artifacts/spark-app/1/loglake_spark.zip",
                                "s3://artifacts/spark-app/1/main.py",
                                "--plan",
                                "s3://loglake-dev-processed/_runs/run-1/plan.json",
                            ],
                        },
                    },
                },
            ]);
        });

        it("passes the cluster's parameters on as they are", async () => {
            const parameters = { Name: "x", Instances: { Ec2SubnetIds: ["subnet-1"] } };
            const { calls } = await run(
                {},
                specWith({ cluster: { mode: "transient", parameters } }),
            );
            expect(calls.LaunchCluster).to.deep.equal([parameters]);
        });

        it("puts the manifest's counts into CloudWatch, by environment", async () => {
            const { calls } = await run();
            const [{ Namespace, MetricData }] = calls.PutMetrics as [any];
            expect(Namespace).to.equal("loglake");
            expect(values(MetricData)).to.deep.equal({
                LinesIn: 10_000,
                Events: 9_999,
                Quarantined: 1,
                Skipped: 0,
                QuarantineRatio: 0.0001,
            });
            for (const { Dimensions } of MetricData) {
                expect(Dimensions).to.deep.equal([{ Name: "Environment", Value: "loglake-dev" }]);
            }
            expect(values(calls.PutRowsLoaded?.[0].MetricData)).to.deep.equal({
                RowsLoaded: 9_999,
            });
        });

        it("starts the Glue job for the run and its day", async () => {
            const { calls } = await run();
            expect(calls.Load).to.deep.equal([
                {
                    JobName: "loglake-dev-load",
                    Arguments: { "--run_id": "run-1", "--dt": "2026-09-30" },
                },
            ]);
        });

        it("counts the day's rows with the day as a parameter", async () => {
            const { calls } = await run();
            const [statement] = calls.CountRows as [any];
            expect(statement.ClusterIdentifier).to.equal("loglake-dev");
            expect(statement.Database).to.equal("logs");
            expect(statement.Parameters).to.deep.equal([{ Name: "dt", Value: "2026-09-30" }]);
            expect(statement.Sql).to.match(/logs\.fact_request where dt = cast\(:dt as date\)/);
            expect(statement.Sql).to.match(/lake\.events where dt = :dt/);
            expect(calls.GetCounts).to.deep.equal([{ Id: "statement-1" }]);
        });

        it("uses a persistent cluster as it is, and leaves it", async () => {
            const report = await run({}, persistent);
            expect(report.error).to.equal(undefined);
            expect(report.calls.RunSpark?.[0].ClusterId).to.equal("j-9");
            for (const state of ["LaunchCluster", "EndCluster", "EndFailedCluster"]) {
                expect(stateMachine(persistent).States).to.not.have.property(state);
            }
        });
    });

    describe("crawl", () => {
        it("waits for another crawl to end and then crawls again", async () => {
            const busy = () => crawler("RUNNING", "2026-10-01T01:59:00Z");
            const idle = () => crawler("READY", "2026-10-01T01:59:00Z");
            const report = await run({ CheckCrawler: inTurn(busy, busy, idle) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.CheckCrawler).to.have.length(3);
            expect(report.calls.StartCrawler).to.have.length(1);
        });

        it("looks again when another crawl was started in between", async () => {
            const running: Answer = () => {
                throw serviceError("Glue.CrawlerRunningException");
            };
            const report = await run({ StartCrawler: inTurn(running, () => ({})) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.CheckCrawler).to.have.length(2);
            expect(report.calls.StartCrawler).to.have.length(2);
        });

        it("waits while the crawler is not ready, or is and has not begun", async () => {
            const before = () => crawler("READY", "2026-09-30T02:00:00Z");
            const running = () => crawler("RUNNING", "2026-09-30T02:00:00Z");
            const stopping = () => crawler("STOPPING", "2026-10-01T02:00:00Z");
            const ended = () => crawler("READY", "2026-10-01T02:00:00Z");
            const report = await run({ GetCrawler: inTurn(before, running, stopping, ended) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.GetCrawler).to.have.length(4);
        });

        it("does not take the outcome of the crawl before for its own", async () => {
            const failedBefore = () => crawler("READY", "2026-09-30T02:00:00Z", "FAILED");
            const ended = () => crawler("READY", "2026-10-01T02:00:00Z");
            const report = await run({
                CheckCrawler: failedBefore,
                GetCrawler: inTurn(failedBefore, ended),
            });
            expect(report.error).to.equal(undefined);
        });

        it("crawls with a crawler that has never run", async () => {
            const never = () => crawler("READY");
            const first = () => crawler("READY", "2026-10-01T02:00:00Z");
            const report = await run({ CheckCrawler: never, GetCrawler: inTurn(never, first) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.GetCrawler).to.have.length(2);
        });

        for (const status of ["FAILED", "CANCELLED"]) {
            it(`fails when the crawl ends as ${status}`, async () => {
                const report = await run({
                    GetCrawler: () => crawler("READY", "2026-10-01T02:00:00Z", status),
                });
                expect(report.error?.name).to.equal("CrawlFailed");
                expect(report.error?.cause).to.contain(status);
            });
        }

        it("fails when the crawl takes too long", async () => {
            const report = await run({ GetCrawler: () => crawler("RUNNING") });
            expect(report.error?.name).to.equal("CrawlTimedOut");
            expect(report.calls.GetCrawler).to.have.length(4); // a minute, every 15 s
        });

        it("fails when another crawl takes too long", async () => {
            const report = await run({ CheckCrawler: () => crawler("RUNNING") });
            expect(report.error?.name).to.equal("CrawlerBusy");
            expect(report.calls.StartCrawler).to.equal(undefined);
        });
    });

    it("fails with the planner's own error", async () => {
        const noData: Answer = () => {
            throw serviceError("NoData", "none of the sources has files of 2026-09-30");
        };
        const report = await run({ Plan: noData });
        expect(report.error?.name).to.equal("NoData");
        expect(report.states).to.not.include("LaunchCluster");
        expect(report.calls.Notify?.[0].Message).to.contain("cluster: the run launched none");
    });

    describe("cluster", () => {
        const state = (name: string) => () => ({
            Cluster: {
                Status: { State: name, StateChangeReason: { Code: "X", Message: "no capacity" } },
            },
        });

        it("is waited for", async () => {
            const answers = [state("STARTING"), state("BOOTSTRAPPING"), state("WAITING")];
            const report = await run({ GetCluster: inTurn(...answers) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.GetCluster).to.deep.equal(Array(3).fill({ ClusterId: "j-1" }));
        });

        for (const name of ["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"]) {
            it(`fails with EMR's reason when it is ${name} before it was ready`, async () => {
                const report = await run({ GetCluster: state(name) });
                expect(report.error?.name).to.equal("LaunchFailed");
                expect(report.error?.cause).to.contain("no capacity");
            });
        }

        it("is ended when it does not get ready in time", async () => {
            const report = await run({ GetCluster: state("STARTING") });
            expect(report.error?.name).to.equal("LaunchTimedOut");
            expect(report.calls.GetCluster).to.have.length(4); // two minutes, every 30 s
            expect(report.calls.EndFailedCluster).to.deep.equal([{ ClusterId: "j-1" }]);
        });

        it("is ended when Spark fails", async () => {
            const report = await run({ RunSpark: failing("States.TaskFailed") });
            expect(report.calls.EndFailedCluster).to.deep.equal([{ ClusterId: "j-1" }]);
            const message = report.calls.Notify?.[0].Message;
            expect(message).to.contain("cluster: the cluster of the run was ended");
        });

        it("is not ended twice when something fails after its end", async () => {
            const report = await run({ Load: failing("States.TaskFailed") });
            expect(report.calls.EndCluster).to.have.length(1);
            expect(report.calls.EndFailedCluster).to.equal(undefined);
        });

        it("that does not end is reported, and the run goes on", async () => {
            const report = await run({
                EndCluster: failing("EMR.AmazonElasticMapReduceException"),
            });
            expect(report.error).to.equal(undefined);
            expect(report.calls.EndCluster).to.have.length(6);
            const [{ Message }] = report.calls.ReportClusterLeft as [any];
            expect(Message).to.contain("Cluster j-1 of run run-1 could not be ended");
        });

        it("that does not end and can't be reported fails the run", async () => {
            const report = await run({
                EndCluster: failing("Some.Error"),
                ReportClusterLeft: failing("SNS.AuthorizationErrorException"),
            });
            expect(report.error?.name).to.equal("SNS.AuthorizationErrorException");
        });

        it("that does not end after a failure is named in the message", async () => {
            const report = await run({
                RunSpark: failing("States.TaskFailed"),
                EndFailedCluster: failing("Some.Error"),
            });
            expect(report.error?.name).to.equal("States.TaskFailed");
            expect(report.calls.Notify?.[0].Message).to.contain("cluster j-1 could not be ended");
        });
    });

    describe("quality gate", () => {
        const manifestWith = (changes: object) => () => ({
            Body: JSON.stringify({ ...manifest, ...changes }),
        });

        it("fails without a manifest", async () => {
            const report = await run({ ReadManifest: failing("S3.NoSuchKeyException") });
            expect(report.error?.name).to.equal("S3.NoSuchKeyException");
        });

        it("refuses the manifest of another run", async () => {
            const report = await run({ ReadManifest: manifestWith({ runId: "run-0" }) });
            expect(report.error?.name).to.equal("InvalidManifest");
        });

        for (const field of ["linesIn", "events", "quarantined", "skipped", "quarantineRatio"]) {
            it(`refuses a manifest without ${field}`, async () => {
                const report = await run({ ReadManifest: manifestWith({ [field]: undefined }) });
                expect(report.error?.name).to.equal("InvalidManifest");
                expect(report.calls.PutMetrics).to.equal(undefined);
            });
        }

        it("refuses a day without an event, after it has put its metrics", async () => {
            const report = await run({ ReadManifest: manifestWith({ events: 0, linesIn: 7 }) });
            expect(report.error).to.deep.equal({
                name: "ZeroEvents",
                cause: "none of the 7 lines of 2026-09-30 became an event",
            });
            expect(report.calls.PutMetrics).to.have.length(1);
            expect(report.calls.Load).to.equal(undefined);
        });

        it("refuses a day with too many quarantined lines, and says of what kind", async () => {
            const changes = { quarantined: 600, quarantineRatio: 0.06 };
            const report = await run({ ReadManifest: manifestWith(changes) });
            expect(report.error?.name).to.equal("QuarantineRatio");
            expect(report.error?.cause).to.equal(
                "600 of 10000 lines of 2026-09-30 are quarantined, a ratio of 0.06 where 0.05 is allowed: " +
                    '{"does not match":1}',
            );
            expect(report.calls.PutMetrics).to.have.length(1);
            expect(report.calls.Load).to.equal(undefined);
        });

        it("passes a day whose ratio is the limit", async () => {
            const report = await run({ ReadManifest: manifestWith({ quarantineRatio: 0.05 }) });
            expect(report.error).to.equal(undefined);
        });
    });

    describe("load", () => {
        it("waits for the load of another day", async () => {
            const busy = failing("Glue.ConcurrentRunsExceededException");
            const report = await run({ Load: inTurn(busy, busy, () => ({ Id: "jr-1" })) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.Load).to.have.length(3);
        });

        it("is not started again after its failure", async () => {
            const report = await run({ Load: failing("States.TaskFailed") });
            expect(report.calls.Load).to.have.length(1);
        });
    });

    describe("verification", () => {
        const status = (name: string) => () => ({ Id: "statement-1", Status: name, Error: "why" });

        it("waits for the statement", async () => {
            const answers = ["SUBMITTED", "PICKED", "STARTED", "FINISHED"].map(status);
            const report = await run({ DescribeCounts: inTurn(...answers) });
            expect(report.error).to.equal(undefined);
            expect(report.calls.DescribeCounts).to.have.length(4);
        });

        for (const name of ["FAILED", "ABORTED"]) {
            it(`fails when the statement is ${name}`, async () => {
                const report = await run({ DescribeCounts: status(name) });
                expect(report.error?.name).to.equal("CountRowsRefused");
                expect(report.error?.cause).to.contain('"Error":"why"');
            });
        }

        it("fails when the statement takes too long", async () => {
            const report = await run({ DescribeCounts: status("STARTED") });
            expect(report.error?.name).to.equal("CountRowsTimedOut");
            expect(report.calls.DescribeCounts).to.have.length(12); // a minute, every 5 s
        });

        for (const [title, answer] of [
            ["Redshift holds fewer rows", counts(9_998, 9_999)],
            ["Spectrum reads more rows", counts(9_999, 10_000)],
        ] as const) {
            it(`fails when ${title} than Spark wrote`, async () => {
                const report = await run({ GetCounts: () => answer });
                expect(report.error?.name).to.equal("CountsDiffer");
                expect(report.error?.cause).to.contain("Spark wrote 9999 events of 2026-09-30");
                expect(report.calls.PutRowsLoaded).to.equal(undefined);
            });
        }
    });

    describe("failure path", () => {
        it("publishes what failed, why, which day and run, and where to look", async () => {
            const report = await run({ Load: failing("States.TaskFailed", "boom") });
            expect(report.calls.Notify).to.deep.equal([
                {
                    TopicArn: "arn:aws:sns:eu-west-1:123456789012:loglake-dev-alerts",
                    Subject: "loglake-dev: Load failed",
                    Message: [
                        "The run of loglake-dev failed in state Load.",
                        "",
                        "error: States.TaskFailed",
                        "cause: boom",
                        "day: 2026-09-30",
                        "run: run-1",
                        "cluster: the cluster of the run was ended",
                        "",
                        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1" +
                            "#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:loglake-dev:run-1",
                    ].join("\n"),
                },
            ]);
        });

        it("tells the input where the day is not known yet", async () => {
            const report = await run({ CheckCrawler: failing("Glue.EntityNotFoundException") });
            expect(report.calls.Notify?.[0].Message).to.contain('day: {"dt":"2026-09-30"}');
        });

        it("fails with the first error even when nobody can be told", async () => {
            const report = await run({
                Load: failing("First.Error"),
                Notify: failing("SNS.Error"),
            });
            expect(report.error?.name).to.equal("First.Error");
        });

        it("links to the console of the partition", async () => {
            const spec = specWith({ partition: "aws-cn", region: "cn-north-1" });
            const report = await run({ Load: failing("Some.Error") }, spec);
            const message = report.calls.Notify?.[0].Message;
            expect(message).to.contain("https://cn-north-1.console.amazonaws.cn/states/home");
        });

        it("leaves a persistent cluster running", async () => {
            const report = await run({ RunSpark: failing("States.TaskFailed") }, persistent);
            expect(report.error?.name).to.equal("States.TaskFailed");
            expect(report.calls.Notify?.[0].Message).to.contain("cluster: the cluster stays");
        });
    });

    // the last suite: tests beside suites run before them
    describe("as a whole", () => {
        it("has no state that these tests have not entered", () => {
            const states = Object.values(specs).flatMap((spec) =>
                Object.keys(stateMachine(spec).States),
            );
            expect(states.filter((state) => !entered.has(state))).to.deep.equal([]);
        });
    });
});

function failing(name: string, cause?: string): Answer {
    return () => {
        throw serviceError(name, cause);
    };
}

function values(metricData: readonly any[]): Record<string, number> {
    return Object.fromEntries(metricData.map(({ MetricName, Value }) => [MetricName, Value]));
}

function tasksOf(states: States): [string, TaskState][] {
    return Object.entries(states).filter(
        (entry): entry is [string, TaskState & State] => entry[1].Type === "Task",
    );
}

/** The validator writes into what it is given. */
function validate(definition: unknown) {
    return aslValidator(JSON.parse(JSON.stringify(definition)) as object);
}
