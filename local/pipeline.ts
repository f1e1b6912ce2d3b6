/** One run: services up, stack deployed, logs uploaded, a day taken through the workflow, everything ended. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import type { Arguments } from "./arguments";
import { collectSummary, takeTables, writeSummary } from "./collect";
import { reasonOf } from "./failure";
import { describePermissions, describeRefused } from "./iam/describe";
import { Interruption } from "./interruption";
import { keepUp } from "./keep";
import { some, type FoundLogs, type LogFile } from "./logs";
import { Processes } from "./processes";
import type { Properties } from "./program/mockEngine";
import { runStack } from "./program/stack";
import { Progress } from "./progress";
import { describeQuarantine } from "./quarantine";
import { startServices, type Services } from "./services";
import { setUp } from "./setup";
import { stateFolder } from "./stateFolder";
import { describe } from "./summary";
import { upload } from "./upload";
import { UserError } from "./userError";

/** What a run works on. */
interface Job {
    readonly args: Arguments;
    readonly logs: FoundLogs;
    readonly dt: string;
    readonly runId: string;
    readonly out: string;
}

/** Takes `dt` of `logs` through the pipeline as `args` say. @throws UserError when it failed; nothing is left running then. */
export async function runPipeline(args: Arguments, logs: FoundLogs, dt: string): Promise<void> {
    const interruption = new Interruption();
    const runId = `local-${new Date().toISOString().replace(/\D/g, "").slice(0, 17)}`;
    const out = resolve(args.out ?? join(stateFolder, "runs", runId));
    try {
        await runJob({ args, logs, dt, runId, out }, interruption);
    } catch (error) {
        throw interruption.error ?? error; // what breaks because everything is being ended is no news
    }
}

async function runJob(job: Job, { promise: interrupted }: Interruption): Promise<void> {
    const { args, logs, dt, out } = job;
    const installing = new Processes();
    const say = (line: string) => {
        console.log(line);
    };
    const toolchain = await endingWith(installing, [setUp(say, installing), interrupted]);
    mkdirSync(out, { recursive: true });
    const progress = new Progress();
    progress.heading("starting the services");
    const services = await startServices({
        toolchain,
        folder: out,
        port: args.port,
        permissions: args.permissions,
        isLongRun: bytesOf(logs.files, dt) > longRunBytes,
        onProgress: (source, line) => {
            progress.from(source, line);
        },
    }).catch((error: unknown) => {
        throw portTaken(error, args.port);
    });
    const run = runDay(services, progress, job);
    const kept = run.then((outputs) => (args.keep ? keepUp(services, outputs) : undefined));
    await endingWith(services, [kept, interrupted, services.broken]);
}

/** The first of `races` to end; `what` is closed then, however it has ended. */
async function endingWith<T>(
    what: { close(): Promise<void> },
    races: readonly Promise<T>[],
): Promise<T> {
    try {
        return await Promise.race(races);
    } finally {
        await what.close();
    }
}

/** Deploys, uploads, runs the workflow for the day, tells what came of it, and returns the stack's outputs. */
async function runDay(services: Services, progress: Progress, job: Job): Promise<Properties> {
    const { args, logs, dt, runId, out } = job;
    progress.line(`one endpoint for all of AWS: ${services.endpoint}`);

    progress.heading(`deploying stack ${args.stack}`);
    const { resources, result: outputs } = await runStack(args.stack, { create: services.create });
    progress.deployed(resources);

    const { files, passedOver } = logs;
    progress.heading(
        `uploading ${String(files.length)} files to s3://${String(outputs.rawBucketName)}`,
    );
    if (passedOver.length > 0) {
        progress.line(
            `passing over ${String(passedOver.length)} that don't look like logs: ${some(passedOver)}`,
        );
    }
    const { endpoint, region, credentials } = services;
    const s3 = new S3Client({ endpoint, region, credentials });
    await upload(s3, String(outputs.rawBucketName), files, (line) => {
        progress.line(line);
    });

    progress.heading(`running the workflow for ${dt}`);
    let failed: string | undefined;
    const execution = await services.runWorkflow(String(outputs.stateMachineArn), {
        input: { dt },
        name: runId,
        onState: (event) => {
            if (event.what === "failed" && event.type === "Task") failed = event.state;
            progress.state(event);
        },
    });
    await takeTables(s3, String(outputs.processedBucketName), runId, out);
    if (execution.status !== "SUCCEEDED") {
        const error = execution.error ?? { name: execution.status, cause: "" };
        const quarantine = await describeQuarantine(out, dt, runId);
        throw new UserError(
            [
                `the run of ${dt} failed in ${failed ?? error.name}: ${reasonOf(error)}`,
                ...quarantine.map((line) => `  ${line}`),
                `logs of every step lie in ${out}`,
            ].join("\n"),
        );
    }

    const seconds = progress.seconds();
    const { stack } = args;
    const run = { services, s3, outputs, resources, execution, stack, dt, seconds };
    const summary = await collectSummary(run);
    writeSummary(summary, out);
    const refused = describeRefused(services.gate.usage.judged());
    progress.heading("what each role was granted and has used");
    for (const line of [
        ...describePermissions(summary.permissions),
        ...(refused.length === 0 ? [] : ["let through, though IAM would refuse it:", ...refused]),
    ])
        progress.line(line);
    console.log(describe(summary, out));
    return outputs;
}

/** From this size of logs on, Java's thorough compiler earns more than it costs. */
const longRunBytes = 200e6;

/** Bytes of a day's logs; a gzip file counts ten times, about what is in it. */
function bytesOf(files: readonly LogFile[], dt: string): number {
    return files
        .filter((file) => file.dt === dt)
        .reduce((sum, { key, bytes }) => sum + bytes * (key.endsWith(".gz") ? 10 : 1), 0);
}

function portTaken(error: unknown, port: number): unknown {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") return error;
    return new UserError(
        `port ${String(port)} of 127.0.0.1 is in use; name another with --port, or leave it out`,
    );
}
