/**
 * The planner: a Lambda function that decides what a run does. It finds the day, asks the catalog which sources have files of
 * it and in which format, and writes the plan that Spark follows.
 *
 * Environment: `RAW_DATABASE`, `PROCESSED_BUCKET`.
 */
import { GlueClient } from "@aws-sdk/client-glue";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { readCatalog } from "./catalog";
import { readInput } from "./input";
import { plan, type Declarations } from "./plan";

/** Formats and tables of the program that deployed the function; the bundler puts them in. */
declare const LOGLAKE_DECLARATIONS: Declarations;

/** What the workflow learns of the plan. */
export interface PlannerOutput {
    readonly dt: string;
    readonly runId: string;
    readonly planUri: string;
    readonly manifestKey: string;
    /** How many sources have files of the day. */
    readonly sources: number;
}

// kept between invocations
const glue = new GlueClient();
const s3 = new S3Client();

/** Plans one run. Errors are named `InvalidInput`, `NoData` and `UnknownFormat`. */
export async function handler(input: unknown): Promise<PlannerOutput> {
    const { dt, runId } = readInput(input);
    const processedBucket = environment("PROCESSED_BUCKET");
    const catalog = await readCatalog(glue, environment("RAW_DATABASE"), dt);
    const planned = plan({ dt, runId, processedBucket }, catalog, LOGLAKE_DECLARATIONS);

    const folder = `_runs/${runId}`;
    await s3.send(
        new PutObjectCommand({
            Bucket: processedBucket,
            Key: `${folder}/plan.json`,
            Body: JSON.stringify(planned, undefined, 2),
            ContentType: "application/json",
        }),
    );
    return {
        dt,
        runId,
        planUri: `s3://${processedBucket}/${folder}/plan.json`,
        manifestKey: `${folder}/manifest.json`,
        sources: planned.sources.length,
    };
}

function environment(name: string): string {
    const value = process.env[name];
    if (value === undefined || value === "")
        throw new Error(`environment variable ${name} is not set`);
    return value;
}
