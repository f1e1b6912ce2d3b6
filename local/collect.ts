/** Gathers at the end of a run what it made: counts, answers, alarms, tables. */
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { alarmStates, putExecutionMetric } from "./alarms";
import { askFirstQuestions } from "./answers";
import { permissionsOf } from "./iam/report";
import type { Properties, Resource } from "./program/mockEngine";
import type { Services } from "./services";
import { countByType, type Manifest, type Summary } from "./summary";
import { askThrough } from "./warehouse";
import type { Execution } from "./workflow";

/** What a finished run is known by. */
export interface FinishedRun {
    readonly services: Services;
    readonly s3: S3Client;
    /** Outputs of the stack. */
    readonly outputs: Properties;
    readonly resources: readonly Resource[];
    readonly execution: Execution;
    readonly stack: string;
    readonly dt: string;
    readonly seconds: number;
}

/** Asks manifest, warehouse, lake and CloudWatch what the run has left. */
export async function collectSummary(run: FinishedRun): Promise<Summary> {
    const { services, outputs, execution, dt } = run;
    const manifest = await readManifest(
        run.s3,
        String(outputs.processedBucketName),
        execution.name,
    );
    const ask = askThrough(services.api, {
        clusterIdentifier: String(outputs.clusterIdentifier),
        databaseName: String(outputs.databaseName),
        adminSecretArn: String(outputs.adminSecretArn),
    });
    const count = async (sql: string) => Number((await ask(sql)).rows[0]?.[0]);
    await putExecutionMetric(services.api, String(outputs.stateMachineArn), execution.status);
    return {
        stack: run.stack,
        dt,
        runId: execution.name,
        resources: countByType(run.resources),
        states: execution.states.map(({ name, seconds }) => ({ name, seconds })),
        linesIn: manifest.linesIn,
        events: manifest.events,
        quarantined: manifest.quarantined,
        quarantinedByReason: manifest.quarantinedByReason,
        objectsPassedOver: manifest.objectsPassedOver,
        sources: manifest.sources,
        skipped: manifest.skipped,
        redshiftRows: await count(
            `select count(*) from logs.fact_request where dt = cast('${dt}' as date)`,
        ),
        spectrumRows: await count(`select count(*) from lake.events where dt = '${dt}'`),
        alarms: await alarmStates(services.api),
        permissions: await permissionsOf(services.gate),
        answers: await askFirstQuestions(ask, dt),
        seconds: run.seconds,
    };
}

/** Writes `summary.json` into `out`. */
export function writeSummary(summary: Summary, out: string): void {
    writeFileSync(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
}

/** Copies what the run wrote into the processed bucket to `out/processed`, below the same keys. */
export async function takeTables(
    s3: S3Client,
    bucket: string,
    runId: string,
    out: string,
): Promise<void> {
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
        for (const { Key = "" } of page.Contents ?? []) {
            const own = Key.includes(`/run=${runId}/`) || Key.startsWith(`_runs/${runId}/`);
            if (!own || Key.endsWith("/")) continue;
            const file = join(out, "processed", Key);
            mkdirSync(dirname(file), { recursive: true });
            const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
            await pipeline(Body as Readable, createWriteStream(file));
        }
    }
}

async function readManifest(s3: S3Client, Bucket: string, runId: string): Promise<Manifest> {
    const { Body } = await s3.send(
        new GetObjectCommand({ Bucket, Key: `_runs/${runId}/manifest.json` }),
    );
    return JSON.parse((await Body?.transformToString()) ?? "") as Manifest;
}
