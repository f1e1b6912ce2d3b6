/** Runs a state machine with stand-ins for its Tasks. */
import "./polyfills";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import type { WorkflowSpec } from "../../components/workflow/spec";
import { stateMachine } from "../../components/workflow/definition";

/** Answers a Task: from its parameters to its result. Throw {@link serviceError} for an error. */
export type Answer = (parameters: any) => unknown;

/** What a run did. */
export interface RunReport {
    /** Names of the states that were entered, in order. */
    readonly states: readonly string[];
    /** Parameters of each call of a Task, by name. */
    readonly calls: Readonly<Record<string, readonly any[]>>;
    /** The output, when it succeeded. */
    readonly output?: any;
    /** What the Fail state says, when it did not. */
    readonly error?: { readonly name: string; readonly cause: string };
}

/** An error as Step Functions names it, such as `Glue.CrawlerRunningException`. */
export function serviceError(name: string, message = ""): Error {
    return Object.assign(new Error(message), { name });
}

/** A spec of a transient cluster; `changes` override parts of it. */
export function specWith(changes: Partial<WorkflowSpec> = {}): WorkflowSpec {
    return {
        name: "loglake-dev",
        partition: "aws",
        region: "eu-west-1",
        crawlerName: "loglake-dev-raw",
        plannerArn: "arn:aws:lambda:eu-west-1:123456789012:function:loglake-dev-planner",
        processedBucketName: "loglake-dev-processed",
        cluster: { mode: "transient", parameters: { Name: "loglake-dev" } },
        executionRoleArn: "arn:aws:iam::123456789012:role/loglake-dev-spark",
        entryPointUri: "s3://artifacts/spark-app/1/main.py",
        packageUri: "s3://artifacts/spark-app/1/loglake_spark.zip",
        jobName: "loglake-dev-load",
        clusterIdentifier: "loglake-dev",
        databaseName: "logs",
        alertTopicArn: "arn:aws:sns:eu-west-1:123456789012:loglake-dev-alerts",
        quarantineRatioLimit: 0.05,
        limits: {
            crawlMinutes: 1,
            launchMinutes: 2,
            sparkMinutes: 10,
            loadMinutes: 10,
            verifyMinutes: 1,
        },
        ...changes,
    };
}

/** A manifest of the run that {@link run} starts. */
export const manifest = {
    version: 1,
    runId: "run-1",
    dt: "2026-09-30",
    linesIn: 10_000,
    events: 9_999,
    quarantined: 1,
    skipped: 0,
    quarantineRatio: 0.0001,
    quarantinedByReason: { "does not match": 1 },
};

/** Answers of a run where nothing goes wrong. */
export function goodAnswers(): Record<string, Answer> {
    return {
        CheckCrawler: () => crawler("READY", "2026-09-30T02:00:00Z"),
        StartCrawler: () => ({}),
        GetCrawler: () => crawler("READY", "2026-10-01T02:00:00Z"),
        Plan: () => ({
            StatusCode: 200,
            Payload: {
                dt: "2026-09-30",
                runId: "run-1",
                planUri: "s3://loglake-dev-processed/_runs/run-1/plan.json",
                manifestKey: "_runs/run-1/manifest.json",
                sources: 2,
            },
        }),
        LaunchCluster: () => ({ JobFlowId: "j-1" }),
        GetCluster: () => ({ Cluster: { Id: "j-1", Status: { State: "WAITING" } } }),
        RunSpark: () => ({ Step: { Id: "s-1", Status: { State: "COMPLETED" } } }),
        EndCluster: () => ({}),
        ReportClusterLeft: () => ({ MessageId: "1" }),
        ReadManifest: () => ({ Body: JSON.stringify(manifest) }),
        PutMetrics: () => ({}),
        Load: () => ({ Id: "jr-1", JobRunState: "SUCCEEDED" }),
        CountRows: () => ({ Id: "statement-1" }),
        DescribeCounts: () => ({ Id: "statement-1", Status: "FINISHED" }),
        GetCounts: () => counts(9_999, 9_999),
        PutRowsLoaded: () => ({}),
        EndFailedCluster: () => ({}),
        Notify: () => ({ MessageId: "2" }),
    };
}

/** What GetCrawler says. Without `started`, the crawler has never run. */
export function crawler(state: string, started?: string, status = "SUCCEEDED") {
    const last = started === undefined ? {} : { LastCrawl: { StartTime: started, Status: status } };
    return { Crawler: { Name: "loglake-dev-raw", State: state, ...last } };
}

/** What GetStatementResult says. */
export function counts(redshift: number, spectrum: number) {
    return { Records: [[{ LongValue: redshift }, { LongValue: spectrum }]] };
}

/** Answers that differ from call to call; the last one stays. */
export function inTurn(...answers: readonly Answer[]): Answer {
    let call = 0;
    return (parameters) => {
        const answer = answers[Math.min(call, answers.length - 1)];
        call += 1;
        return answer?.(parameters);
    };
}

/** Runs the workflow of `spec` with `answers` in place of those of a good run; waits and pauses take no time. */
export async function run(
    answers: Readonly<Record<string, Answer>> = {},
    spec: WorkflowSpec = specWith(),
    input: unknown = { dt: "2026-09-30" },
): Promise<RunReport> {
    const definition = JSON.parse(JSON.stringify(stateMachine(spec))) as StateMachineDefinition;
    const names = Object.keys(definition.States);
    const calls: Record<string, unknown[]> = {};
    const handlers: Record<string, (parameters: any) => Promise<any>> = {};
    for (const [name, answer] of Object.entries({ ...goodAnswers(), ...answers })) {
        if (definition.States[name]?.Type !== "Task") continue;
        handlers[name] = (parameters) => {
            (calls[name] ??= []).push(parameters);
            return Promise.resolve().then(() => answer(parameters));
        };
    }
    const noTime = Object.fromEntries(names.map((name) => [name, 0]));
    const execution = new StateMachine(definition).run(input as any, {
        overrides: {
            taskResourceLocalHandlers: handlers,
            waitTimeOverrides: noTime,
            retryIntervalOverrides: noTime,
        },
        context: {
            Execution: {
                Id: "arn:aws:states:eu-west-1:123456789012:execution:loglake-dev:run-1",
                Name: "run-1",
            },
        },
    });
    const result = execution.result.then(
        (output) => ({ output }),
        (reason: unknown) => ({ error: failureOf(reason as Error) }),
    );
    const states: string[] = [];
    for await (const event of execution.eventLogs) {
        if (event.type === "StateEntered") states.push(event.state.name);
    }
    return { states, calls, ...(await result) };
}

/** Error and cause of the Fail state, which the library wraps in an error of its own. */
function failureOf(error: Error): { name: string; cause: string } {
    const { name, message } = error.cause instanceof Error ? error.cause : error;
    return { name, cause: message };
}
