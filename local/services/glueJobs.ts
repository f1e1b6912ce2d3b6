/** Glue's jobs: the script that was deployed, run by Spark as a session of the job's role. */
import { randomBytes } from "node:crypto";
import type { Api } from "../api";
import type { Handlers } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import { nameOf, type Context } from "./context";
import { sparkSubmit, type SparkInstallation } from "./spark";
import { holdsLocally } from "./sparkArguments";
import { writeLog } from "./logs";
import { logKeyOf } from "./securityConfiguration";

/** A job as `CreateJob` took it. */
interface JobDefinition {
    readonly Name: string;
    readonly Role: string;
    readonly Command: { readonly Name?: string; readonly ScriptLocation?: string };
    readonly DefaultArguments?: Readonly<Record<string, string>>;
    readonly NonOverridableArguments?: Readonly<Record<string, string>>;
    readonly MaxRetries?: number;
    /** Minutes. */
    readonly Timeout?: number;
    readonly ExecutionProperty?: { readonly MaxConcurrentRuns?: number };
    readonly GlueVersion?: string;
    readonly WorkerType?: string;
    readonly NumberOfWorkers?: number;
    readonly SecurityConfiguration?: string;
}

/** A run as `GetJobRun` answers it; times are seconds since 1970. */
interface JobRun {
    readonly Id: string;
    readonly JobName: string;
    readonly StartedOn: number;
    readonly Arguments: Readonly<Record<string, string>>;
    readonly Timeout: number;
    JobRunState: "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMEOUT";
    Attempt: number;
    LastModifiedOn: number;
    CompletedOn?: number;
    ExecutionTime: number;
    ErrorMessage?: string;
    readonly [ofTheJob: string]: unknown;
}

/** Minutes that a run may take where the job does not say (Glue 5: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateJob.html). */
const defaultTimeoutMinutes = 480;

/**
 * Arguments that Glue reads itself and which set up what this machine does not have: bookmarks, metrics, logs, connections
 * (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html).
 */
const readByGlue = new Set([
    "--additional-python-modules",
    "--conf",
    "--enable-auto-scaling",
    "--enable-continuous-cloudwatch-log",
    "--enable-continuous-log-filter",
    "--enable-glue-datacatalog",
    "--enable-job-insights",
    "--enable-metrics",
    "--enable-observability-metrics",
    "--enable-spark-ui",
    "--extra-files",
    "--extra-jars",
    "--extra-py-files",
    "--job-bookmark-option",
    "--job-language",
    "--python-modules-installer-option",
    "--spark-event-logs-path",
]);

/** Handlers of Glue's operations on jobs. */
export function glueJobs(context: Context, installation: SparkInstallation): Handlers {
    const jobs = new Map<string, JobDefinition>();
    const runs = new Map<string, JobRun>();
    const find = (name: string): JobDefinition => {
        const job = jobs.get(name);
        if (job !== undefined) return job;
        throw new ServiceError(
            "EntityNotFoundException",
            `Failed to start job run due to missing metadata: job ${name}`,
        );
    };
    const inProgress = (run: JobRun) =>
        run.JobRunState === "STARTING" || run.JobRunState === "RUNNING";
    return {
        "glue:CreateJob": (call) => {
            const job = input<JobDefinition>(call);
            jobs.set(job.Name, job);
            return Promise.resolve(undefined); // moto keeps it too, for listings
        },
        "glue:StartJobRun": (call) => {
            const request = input<{
                JobName: string;
                Arguments?: Record<string, string>;
                Timeout?: number;
            }>(call);
            const job = find(request.JobName);
            const running = [...runs.values()].filter(
                (run) => run.JobName === job.Name && inProgress(run),
            );
            if (running.length >= (job.ExecutionProperty?.MaxConcurrentRuns ?? 1)) {
                throw new ServiceError(
                    "ConcurrentRunsExceededException",
                    `Concurrent runs exceeded for ${job.Name}`,
                );
            }
            const now = Date.now() / 1000;
            const run: JobRun = {
                Id: `jr_${randomBytes(32).toString("hex")}`,
                JobName: job.Name,
                StartedOn: now,
                LastModifiedOn: now,
                Arguments: {
                    ...job.DefaultArguments,
                    ...request.Arguments,
                    ...job.NonOverridableArguments,
                },
                Timeout: request.Timeout ?? job.Timeout ?? defaultTimeoutMinutes,
                JobRunState: "STARTING",
                Attempt: 0,
                ExecutionTime: 0,
                GlueVersion: job.GlueVersion,
                WorkerType: job.WorkerType,
                NumberOfWorkers: job.NumberOfWorkers,
                SecurityConfiguration: job.SecurityConfiguration,
                LogGroupName: "/aws-glue/jobs",
            };
            runs.set(run.Id, run);
            void runJob(job, run, context, installation);
            return Promise.resolve(json({ JobRunId: run.Id }));
        },
        "glue:GetJobRun": (call) => {
            const { JobName, RunId } = input<{ JobName: string; RunId: string }>(call);
            const JobRun = runs.get(RunId);
            if (JobRun?.JobName !== JobName) {
                throw new ServiceError(
                    "EntityNotFoundException",
                    `Job Run ${RunId} of job ${JobName} is not found`,
                );
            }
            return Promise.resolve(json({ JobRun }));
        },
        "glue:GetJobRuns": (call) => {
            const { JobName } = input<{ JobName: string }>(call);
            find(JobName);
            const JobRuns = [...runs.values()].filter((run) => run.JobName === JobName).reverse();
            return Promise.resolve(json({ JobRuns }));
        },
    };
}

/** Tries as often as the job allows. Steps of a retry are those of a run: here they keep the first one's id. */
async function runJob(
    job: JobDefinition,
    run: JobRun,
    context: Context,
    installation: SparkInstallation,
): Promise<void> {
    const say = (line: string) => {
        context.progress(`job ${job.Name}`, line);
    };
    for (run.Attempt = 0; run.Attempt <= (job.MaxRetries ?? 0); run.Attempt += 1) {
        let outcome: Pick<JobRun, "JobRunState"> & { ErrorMessage?: string };
        try {
            run.JobRunState = "RUNNING";
            outcome = await attempt(job, run, context, installation, say);
        } catch (error) {
            outcome = {
                JobRunState: "FAILED",
                ErrorMessage: error instanceof Error ? error.message : String(error),
            };
        }
        const isLast = outcome.JobRunState === "SUCCEEDED" || run.Attempt === (job.MaxRetries ?? 0);
        if (outcome.ErrorMessage !== undefined)
            say(`attempt ${String(run.Attempt + 1)} failed: ${outcome.ErrorMessage}`);
        if (!isLast) continue;
        const now = Date.now() / 1000;
        const { ErrorMessage } = outcome;
        const times = {
            LastModifiedOn: now,
            CompletedOn: now,
            ExecutionTime: Math.round(now - run.StartedOn),
        };
        Object.assign(run, times, ErrorMessage === undefined ? {} : { ErrorMessage });
        run.JobRunState = outcome.JobRunState; // last: whoever polls sees it with everything else in place
        return;
    }
}

async function attempt(
    job: JobDefinition,
    run: JobRun,
    context: Context,
    installation: SparkInstallation,
    onLine: (line: string) => void,
): Promise<Pick<JobRun, "JobRunState"> & { ErrorMessage?: string }> {
    const script = job.Command.ScriptLocation;
    if (job.Command.Name !== "glueetl" || script === undefined) {
        return {
            JobRunState: "FAILED",
            ErrorMessage: `command ${JSON.stringify(job.Command)} is not a Spark script`,
        };
    }
    const asGlue = {
        service: "glue.amazonaws.com",
        sourceArn: `arn:aws:glue:${context.region}:${context.accountId}:job/${job.Name}`,
    };
    const api = await context.sessions.api(job.Role, asGlue);
    const keyArn = await logKeyOf(job.SecurityConfiguration, api);
    const lines: string[] = [];
    const pyFiles = run.Arguments["--extra-py-files"];
    const passed = Object.entries(run.Arguments).filter(([name]) => !readByGlue.has(name));
    const submitted = await sparkSubmit(installation, context, {
        id: `glue-${run.Id.slice(0, 11)}-${String(run.Attempt)}`,
        args: [
            ...["--name", job.Name],
            ...(pyFiles === undefined ? [] : ["--py-files", pyFiles]),
            script,
            ...["--JOB_NAME", job.Name, "--JOB_ID", job.Name, "--JOB_RUN_ID", run.Id],
            ...passed.flat(),
        ],
        properties: confOf(run.Arguments["--conf"]),
        credentials: await context.sessions.assume(job.Role, asGlue),
        environment: { GLUE_VERSION: job.GlueVersion ?? "" },
        onLine: (line) => {
            lines.push(line);
            onLine(line);
        },
        timeoutSeconds: run.Timeout * 60,
    });
    await watch(job, run, api, lines, keyArn);
    if (submitted.timedOut)
        return {
            JobRunState: "TIMEOUT",
            ErrorMessage: `timed out after ${String(run.Timeout)} minutes`,
        };
    if (submitted.code === 0) return { JobRunState: "SUCCEEDED" };
    return { JobRunState: "FAILED", ErrorMessage: `${submitted.error} (${submitted.logFile})` };
}

/**
 * Writes what a run has printed, and how long it took, as the job's role.
 * @see https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
 */
async function watch(
    job: JobDefinition,
    run: JobRun,
    api: Api,
    lines: readonly string[],
    keyArn: string | undefined,
): Promise<void> {
    if (run.Arguments["--enable-continuous-cloudwatch-log"] === "true") {
        const configuration = job.SecurityConfiguration;
        const place =
            configuration === undefined ? "" : `/${configuration}-role/${nameOf(job.Role)}`;
        const group = `/aws-glue/jobs${place}/output`;
        await writeLog(api, { group, stream: run.Id, lines, ownGroup: { keyArn } });
    }
    if (run.Arguments["--enable-metrics"] === "true") {
        const Dimensions = Object.entries({ JobName: job.Name, JobRunId: run.Id, Type: "count" });
        await api("cloudwatch", "PutMetricData", {
            Namespace: "Glue",
            MetricData: [
                {
                    MetricName: "glue.driver.aggregate.elapsedTime",
                    Unit: "Milliseconds",
                    Value: Date.now() - run.StartedOn * 1000,
                    Dimensions: Dimensions.map(([Name, Value]) => ({ Name, Value })),
                },
            ],
        });
    }
}

/** `a=1 --conf b=2`: the one argument that holds several properties. */
function confOf(argument = ""): Record<string, string> {
    return Object.fromEntries(
        argument
            .split(/\s*--conf\s+|^\s+/)
            .filter((pair) => pair.includes("="))
            .map(
                (pair) =>
                    [
                        pair.slice(0, pair.indexOf("=")).trim(),
                        pair.slice(pair.indexOf("=") + 1).trim(),
                    ] as const,
            )
            .filter(([name]) => holdsLocally(name)),
    );
}
