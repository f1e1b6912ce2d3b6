/** `npm run local`: the whole pipeline on this machine. See `--help`. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { help, readArguments, type Arguments } from "./arguments";
import { collectSummary, takeTables, writeSummary } from "./collect";
import { keepUp } from "./keep";
import { findLogs, newestDay, type LogFile } from "./logs";
import { Progress } from "./progress";
import type { Properties } from "./program/mockEngine";
import { describePermissions, describeRefused } from "./iam/describe";
import { runStack } from "./program/stack";
import { writeSamples } from "./samples";
import { startServices, type Services } from "./services";
import { setUp, stateFolder, UserError } from "./setup";
import { describe } from "./summary";
import { upload } from "./upload";

async function main(): Promise<void> {
    const args = readArguments(process.argv.slice(2));
    if (args.help) {
        console.log(help);
        return;
    }
    const files = args.logs.length > 0 ? findLogs({ ...args, paths: args.logs }) : sampleLogs();
    const dt = args.dt ?? newestDay(files);
    if (!files.some((file) => file.dt === dt)) {
        throw new UserError(`no logs of ${dt}: there are ${daysOf(files).join(", ")}`);
    }
    const toolchain = await setUp((line) => {
        console.log(line);
    });
    const interrupted = onInterrupt();
    const runId = `local-${new Date().toISOString().replace(/\D/g, "").slice(0, 17)}`;
    const out = resolve(args.out ?? join(stateFolder, "runs", runId));
    mkdirSync(out, { recursive: true });

    const progress = new Progress();
    progress.heading("starting the services");
    const services = await startServices({
        toolchain,
        folder: out,
        port: args.port,
        permissions: args.permissions,
        isLongRun: bytesOf(files, dt) > longRunBytes,
        onProgress: (source, line) => {
            progress.from(source, line);
        },
    }).catch((error: unknown) => {
        throw portTaken(error, args.port);
    });
    try {
        const run = runDay(args, services, progress, { files, dt, runId, out });
        const outputs = await Promise.race([run, interrupted]);
        if (args.keep) await Promise.race([keepUp(services, outputs), interrupted]);
    } finally {
        await services.close();
    }
}

/** Deploys, uploads, runs the workflow for the day, tells what came of it, and returns the stack's outputs. */
async function runDay(
    args: Arguments,
    services: Services,
    progress: Progress,
    job: { files: readonly LogFile[]; dt: string; runId: string; out: string },
): Promise<Properties> {
    const { files, dt, runId, out } = job;
    progress.line(`one endpoint for all of AWS: ${services.endpoint}`);

    progress.heading(`deploying stack ${args.stack}`);
    const { resources, result: outputs } = await runStack(args.stack, { create: services.create });
    progress.deployed(resources);

    progress.heading(
        `uploading ${String(files.length)} files to s3://${String(outputs.rawBucketName)}`,
    );
    const { endpoint, region, credentials } = services;
    const s3 = new S3Client({ endpoint, region, credentials });
    await upload(s3, String(outputs.rawBucketName), files, (line) => {
        progress.line(line);
    });

    progress.heading(`running the workflow for ${dt}`);
    const execution = await services.runWorkflow(String(outputs.stateMachineArn), {
        input: { dt },
        name: runId,
        onState: (event) => {
            progress.state(event);
        },
    });
    if (execution.status !== "SUCCEEDED") {
        const { name, cause } = execution.error ?? { name: execution.status, cause: "" };
        throw new UserError(
            `the run of ${dt} failed: ${name}\n${cause}\nlogs of every step lie in ${out}`,
        );
    }

    const summary = await collectSummary({
        services,
        s3,
        outputs,
        resources,
        execution,
        stack: args.stack,
        dt,
        seconds: progress.seconds(),
    });
    await takeTables(s3, String(outputs.processedBucketName), summary, out);
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

function sampleLogs(): LogFile[] {
    const folder = join(stateFolder, "samples");
    writeSamples(folder);
    return findLogs({ paths: [folder] });
}

/** From this size of logs on, Java's thorough compiler earns more than it costs. */
const longRunBytes = 200e6;

/** Bytes of a day's logs; a gzip file counts ten times, about what is in it. */
function bytesOf(files: readonly LogFile[], dt: string): number {
    return files
        .filter((file) => file.dt === dt)
        .reduce((sum, { path, bytes }) => sum + bytes * (path.endsWith(".gz") ? 10 : 1), 0);
}

function daysOf(files: readonly LogFile[]): string[] {
    return [...new Set(files.map((file) => file.dt))].sort();
}

/** Rejects when the user or the system asks the run to end. Until services stand, that ends the process at once. */
function onInterrupt(): Promise<never> {
    const interrupted = new Promise<never>((_, reject) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.once(signal, () => {
                reject(new UserError("stopped; everything that was started is ended"));
            });
        }
    });
    interrupted.catch(() => undefined);
    return interrupted;
}

function portTaken(error: unknown, port: number): unknown {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") return error;
    return new UserError(
        `port ${String(port)} of 127.0.0.1 is in use; name another with --port, or leave it out`,
    );
}

main().then(
    () => process.exit(0),
    (error: unknown) => {
        const text =
            error instanceof UserError
                ? error.message
                : error instanceof Error
                  ? process.env["LOGLAKE_DEBUG"] === undefined
                      ? error.message
                      : error.stack
                  : String(error);
        console.error(`loglake: ${text ?? ""}`);
        process.exit(1);
    },
);
