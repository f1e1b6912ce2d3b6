/** What Step Functions does for the Resource of a Task: which API calls, in which form, until when. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../api";
import { declaresError, schemasOf } from "../sdk";
import { fromApi, toApi } from "./casing";
import { asTaskError, namingOf, TaskError } from "./errors";

/** What an integration works with. */
export interface Integration {
    /** Calls as the workflow's role. */
    readonly api: Api;
    /** Milliseconds between two looks at a job that a `.sync` integration waits for. */
    readonly pollMilliseconds: number;
    /** Ends the waiting. */
    readonly signal: AbortSignal;
}

/** Package suffixes of the SDK where they are not the service's name in the ARN. */
const packages: Readonly<Record<string, string>> = {
    cloudwatchlogs: "cloudwatch-logs",
    elasticmapreduce: "emr",
    redshiftdata: "redshift-data",
    secretsmanager: "secrets-manager",
    states: "sfn",
};

/**
 * Runs the Task whose Resource is `arn` with `parameters`.
 *
 * @throws TaskError named as Step Functions names it.
 */
export async function runTask(
    arn: string,
    parameters: any,
    integration: Integration,
): Promise<unknown> {
    // arn:aws:states:::aws-sdk:glue:startCrawler, arn:aws:states:::glue:startJobRun.sync
    const [, , , , , ...rest] = arn.split(":");
    const isSdk = rest[0] === "aws-sdk";
    const [service = "", operation = ""] = isSdk ? rest.slice(1) : rest;
    const packageName = packages[service] ?? service;
    try {
        const special = isSdk ? undefined : optimised[`${service}:${operation}`];
        if (special !== undefined) return await special(parameters, integration);
        if (!isSdk)
            throw new TaskError("States.Runtime", `integration ${arn} is not on this machine`);
        const name = operation.charAt(0).toUpperCase() + operation.slice(1);
        const schemas = schemasOf(packageName, name);
        const answer = await integration.api(packageName, name, toApi(parameters, schemas.input));
        return await plain(fromApi(answer, schemas.output));
    } catch (error) {
        throw asTaskError(error, namingOf(service, isSdk), (name) =>
            declaresError(packageName, name),
        );
    }
}

type Optimised = (parameters: any, integration: Integration) => Promise<unknown>;

const optimised: Readonly<Record<string, Optimised>> = {
    "lambda:invoke": invoke,
    "sns:publish": async ({ Message, ...parameters }, { api }) => {
        const text = typeof Message === "string" ? Message : JSON.stringify(Message);
        return plain(await api("sns", "Publish", { ...parameters, Message: text }));
    },
    "glue:startJobRun": (parameters, { api }) => api("glue", "StartJobRun", parameters),
    "glue:startJobRun.sync": async (parameters, integration) => {
        const { JobRunId } = await integration.api("glue", "StartJobRun", parameters);
        const { JobName } = parameters;
        const look = () => integration.api("glue", "GetJobRun", { JobName, RunId: JobRunId });
        return finished(integration, look, ({ JobRun }) => [JobRun.JobRunState, JobRun], {
            good: ["SUCCEEDED"],
            bad: ["FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"],
        });
    },
    "elasticmapreduce:createCluster": launch,
    "elasticmapreduce:createCluster.sync": async (parameters, integration) => {
        const { ClusterId, ClusterArn } = await launch(parameters, integration);
        const look = () => integration.api("emr", "DescribeCluster", { ClusterId });
        const { Cluster } = (await finished(
            integration,
            look,
            (seen) => [seen.Cluster.Status.State, seen],
            {
                good: ["WAITING", "RUNNING"],
                bad: ["TERMINATED", "TERMINATED_WITH_ERRORS"],
            },
        )) as any;
        return { Cluster, ClusterId, ClusterArn };
    },
    "elasticmapreduce:addStep": addStep,
    "elasticmapreduce:addStep.sync": async (parameters, integration) => {
        await hearOf("StepFunctionsGetEventForEMRAddJobFlowStepsRule", stepStates, integration);
        const { StepId } = await addStep(parameters, integration);
        const { ClusterId } = parameters;
        const look = () => integration.api("emr", "DescribeStep", { ClusterId, StepId });
        return finished(integration, look, (seen) => [seen.Step.Status.State, seen], {
            good: ["COMPLETED"],
            bad: ["FAILED", "CANCELLED", "INTERRUPTED"],
        });
    },
    "elasticmapreduce:terminateCluster": terminate,
    "elasticmapreduce:terminateCluster.sync": async (parameters, integration) => {
        await terminate(parameters, integration);
        const { ClusterId } = parameters;
        const look = () => integration.api("emr", "DescribeCluster", { ClusterId });
        return finished(integration, look, (seen) => [seen.Cluster.Status.State, seen], {
            good: ["TERMINATED", "TERMINATED_WITH_ERRORS"],
            bad: [],
        });
    },
    "elasticmapreduce:setClusterTerminationProtection": (
        { ClusterId, TerminationProtected },
        { api },
    ) => api("emr", "SetTerminationProtection", { JobFlowIds: [ClusterId], TerminationProtected }),
};

/** A function's error becomes the Task's: its type is the name. */
async function invoke(
    { Payload = {}, ...parameters }: any,
    { api }: Integration,
): Promise<unknown> {
    const answer = await api("lambda", "Invoke", {
        ...parameters,
        Payload: JSON.stringify(Payload),
    });
    const text = Buffer.from(answer.Payload as Uint8Array).toString("utf8");
    const result = text === "" ? null : JSON.parse(text);
    if (answer.FunctionError !== undefined)
        throw new TaskError(String(result.errorType ?? "Error"), text);
    return {
        ExecutedVersion: answer.ExecutedVersion,
        Payload: result,
        StatusCode: answer.StatusCode,
    };
}

async function launch(parameters: any, { api }: Integration): Promise<any> {
    const { JobFlowId, ClusterArn } = await api("emr", "RunJobFlow", parameters);
    return { ClusterId: JobFlowId, ClusterArn };
}

/** Ends of EMR's steps, as EventBridge is told of them. */
const stepStates = {
    source: ["aws.emr"],
    "detail-type": ["EMR Step Status Change"],
    detail: { state: ["CANCELLED", "COMPLETED", "FAILED"] },
};

/**
 * Keeps the rule by which Step Functions hears of a job's end, as the state machine's role; here nobody listens to it.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-services-managed-rules.html
 */
async function hearOf(Name: string, pattern: object, { api }: Integration): Promise<void> {
    try {
        await api("eventbridge", "DescribeRule", { Name });
        return;
    } catch (error) {
        if ((error as Error).name !== "ResourceNotFoundException") throw error;
    }
    const { RuleArn } = await api("eventbridge", "PutRule", {
        Name,
        EventPattern: JSON.stringify(pattern),
    });
    const Arn = String(RuleArn).replace(/:rule\/.*/, ":event-bus/default");
    await api("eventbridge", "PutTargets", { Rule: Name, Targets: [{ Id: "StepFunctions", Arn }] });
}

async function addStep(
    { ClusterId, ExecutionRoleArn, Step }: any,
    { api }: Integration,
): Promise<any> {
    const { StepIds } = await api("emr", "AddJobFlowSteps", {
        JobFlowId: ClusterId,
        Steps: [Step],
        ...(ExecutionRoleArn === undefined ? {} : { ExecutionRoleArn }),
    });
    return { StepId: StepIds[0] };
}

async function terminate({ ClusterId }: any, { api }: Integration): Promise<unknown> {
    await api("emr", "TerminateJobFlows", { JobFlowIds: [ClusterId] });
    return {};
}

/** Looks again and again until the job's state is an end; a bad one is `States.TaskFailed` with the job as its cause. */
async function finished(
    { pollMilliseconds, signal }: Integration,
    look: () => Promise<any>,
    read: (seen: any) => readonly [state: string, output: unknown],
    ends: { readonly good: readonly string[]; readonly bad: readonly string[] },
): Promise<unknown> {
    for (;;) {
        const [state, output] = read(await look());
        if (ends.good.includes(state)) return plain(output);
        if (ends.bad.includes(state))
            throw new TaskError("States.TaskFailed", JSON.stringify(await plain(output)));
        await sleep(pollMilliseconds, undefined, { signal });
    }
}

/** The SDK's output as JSON: streams and bytes as text, times in ISO 8601, nothing undefined. */
async function plain(value: any): Promise<any> {
    if (value === null || typeof value !== "object") return value;
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
    if (typeof value.transformToString === "function") return value.transformToString();
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
        await Promise.all(entries.map(async ([key, item]) => [key, await plain(item)] as const)),
    );
}
