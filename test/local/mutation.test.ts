/**
 * The definitions that run are those that were deployed: each of them is taken away in turn, as if its component had not made it, and
 * the run must fail there and say so. The grants of the roles have tests of their own.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { asset } from "@pulumi/pulumi";
import { reasonOf } from "../../local/failure";
import { findLogs } from "../../local/logs";
import { standInSite, type CreateRequest, type Properties } from "../../local/program/mockEngine";
import { runStack } from "../../local/program/stack";
import { startServices, type Services } from "../../local/services";
import { installed } from "../../local/setup";
import { upload } from "../../local/upload";

const machine = "aws:sfn/stateMachine:StateMachine";
const dt = "2026-03-04";
const line = '192.0.2.1 - - [04/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"\n';

/** Calls that take a resource away. */
const removals: Readonly<
    Record<string, readonly [string, string, (inputs: Properties) => Properties]>
> = {
    "aws:glue/crawler:Crawler": ["glue", "DeleteCrawler", ({ name }) => ({ Name: name })],
    "aws:glue/job:Job": ["glue", "DeleteJob", ({ name }) => ({ JobName: name })],
    "aws:glue/catalogTable:CatalogTable": [
        "glue",
        "DeleteTable",
        ({ databaseName, name }) => ({ DatabaseName: databaseName, Name: name }),
    ],
    "aws:s3/bucketObjectv2:BucketObjectv2": [
        "s3",
        "DeleteObject",
        ({ bucket, key }) => ({ Bucket: bucket, Key: key }),
    ],
    "aws:sfn/stateMachine:StateMachine": [
        "sfn",
        "DeleteStateMachine",
        ({ name }) => ({
            stateMachineArn: `arn:aws:states:${standInSite.region}:${standInSite.accountId}:stateMachine:${String(name)}`,
        }),
    ],
    "aws:lambda/function:Function": [
        "lambda",
        "DeleteFunction",
        ({ name }) => ({ FunctionName: name }),
    ],
};

describe("a run without", function () {
    this.timeout(300_000);
    let folder: string;
    let services: Services;
    let outputs: Properties;
    let runs = 0;
    const closing: (() => Promise<void> | void)[] = [];
    const requests: CreateRequest[] = [];

    before(async function () {
        const toolchain = installed();
        if (toolchain === undefined) return this.skip();
        folder = mkdtempSync(join(tmpdir(), "loglake-mutation-"));
        closing.push(() => {
            rmSync(folder, { recursive: true });
        });
        services = await startServices({ toolchain, folder });
        closing.push(() => services.close());
        const create = (request: CreateRequest) => {
            requests.push(request);
            return services.create(request);
        };
        outputs = (await runStack("dev", { create })).result;
        writeFileSync(join(folder, "web.log"), line.repeat(20));
        const { files } = findLogs({ paths: [join(folder, "web.log")], dt });
        const { endpoint, region, credentials } = services;
        const s3 = new S3Client({ endpoint, region, credentials });
        await upload(s3, String(outputs.rawBucketName), files, () => undefined);
    });
    after(async () => {
        for (const close of closing.reverse()) await close();
    });

    /** The request that made the resource of `type` (and of `name`, where given). */
    function requestOf(type: string, name = ""): CreateRequest {
        const found = requests.find((one) => one.type === type && one.name.includes(name));
        if (found === undefined) throw new Error(`nothing of type ${type} was deployed`);
        return found;
    }

    /** Puts a resource in the place of the one that was deployed; undefined puts none. */
    async function replace(request: CreateRequest, inputs: Properties | undefined): Promise<void> {
        const [service, action, identify] = removals[request.type] ?? [];
        if (service === undefined || action === undefined || identify === undefined)
            throw new Error(`don't know how to take ${request.type} away`);
        await services.api(service, action, identify(request.inputs)).catch(() => undefined);
        if (inputs !== undefined) await services.create({ ...request, inputs });
    }

    /** Where and why a run fails. */
    async function failure(): Promise<string> {
        let failed: string | undefined;
        const run = services.runWorkflow(String(outputs.stateMachineArn), {
            input: { dt },
            name: `mutant-${String(++runs)}`,
            onState: ({ what, type, state }) => {
                if (what === "failed" && type === "Task") failed = state;
            },
        });
        try {
            const { error, status } = await run;
            return error === undefined ? status : `${failed ?? error.name}: ${reasonOf(error)}`;
        } catch (error) {
            return (error as Error).message;
        }
    }

    /** What `look` sees while the resource of `type` is another, or is not there; afterwards it is as it was deployed. */
    async function without<T>(
        request: CreateRequest,
        change: (inputs: Properties) => Properties | undefined,
        look: () => Promise<T>,
    ): Promise<T> {
        await replace(request, change(request.inputs));
        try {
            return await look();
        } finally {
            await replace(request, request.inputs);
        }
    }

    /** What is taken away, in the order in which a run comes to it, and where the run ends without it. */
    const mutants: readonly {
        readonly what: string;
        readonly type: string;
        readonly name?: string;
        readonly change: (inputs: Properties) => Properties | undefined;
        readonly fails: RegExp;
    }[] = [
        {
            what: "the crawler's target",
            type: "aws:glue/crawler:Crawler",
            change: (inputs) => ({ ...inputs, s3Targets: [] }),
            fails: /^Plan: the catalog has no sources: nothing has been uploaded/,
        },
        {
            what: "a classifier that the crawler names",
            type: "aws:glue/crawler:Crawler",
            change: (inputs) => ({ ...inputs, classifiers: ["loglake-dev-other"] }),
            fails: /^CrawlFailed: .*classifier loglake-dev-other does not exist/,
        },
        {
            what: "the crawler's classifiers",
            type: "aws:glue/crawler:Crawler",
            change: (inputs) => ({ ...inputs, classifiers: [] }),
            fails: /^Plan: source web at .* is classified as UNKNOWN, for which there is no format/,
        },
        {
            what: "the planner's code",
            type: "aws:lambda/function:Function",
            change: (inputs) => ({
                ...inputs,
                code: new asset.AssetArchive({ "other.js": new asset.StringAsset("") }),
            }),
            fails: /^Plan: .*index/,
        },
        {
            what: "an argument of the Spark step",
            type: machine,
            change: (inputs) => ({
                ...inputs,
                definition: String(inputs.definition).replace(", '--plan', $.run.planUri", ""),
            }),
            fails: /^RunSpark: .*required: --plan/,
        },
        {
            what: "the Spark step's script",
            type: "aws:s3/bucketObjectv2:BucketObjectv2",
            name: "main.py",
            change: () => undefined,
            fails: /^RunSpark: .*main\.py/,
        },
    ];

    for (const { what, type, name, change, fails } of mutants) {
        it(`${what} ends there`, async () => {
            const request = requestOf(type, name);
            try {
                expect(await without(request, change, failure)).to.match(fails);
            } finally {
                // a crawler does not look again at what a table is
                const table = { DatabaseName: outputs.rawDatabaseName, Name: "web" };
                await services.api("glue", "DeleteTable", table).catch(() => undefined);
            }
        });
    }

    it("a state ends there, in the deployment", async () => {
        const request = requestOf(machine);
        const definition = JSON.parse(String(request.inputs.definition)) as Properties;
        delete definition.States.Plan;
        const inputs = { ...request.inputs, definition: JSON.stringify(definition) };
        const refusal = await services.create({ ...request, inputs }).catch(String);
        expect(refusal).to.match(/the state machine has no state Plan, to which CrawlEnded goes$/);
    });

    it("an argument of the Glue job ends there", async () => {
        const change = (inputs: Properties) => {
            const defaultArguments = { ...inputs.defaultArguments };
            delete defaultArguments["--database"];
            return { ...inputs, maxRetries: 0, defaultArguments };
        };
        const job = requestOf("aws:glue/job:Job");
        expect(await without(job, change, failure)).to.match(
            /^Load: .*argument --database is missing/,
        );
    });

    // what follows begins where the run before has ended, with what Spark has written

    it("the table that the catalog has of the events ends there", async () => {
        const events = requestOf("aws:glue/catalogTable:CatalogTable", "events");
        expect(await without(events, () => undefined, load)).to.match(
            /EntityNotFoundException.*events/,
        );
    });

    it("the Glue job's script ends there", async () => {
        const script = requestOf("aws:s3/bucketObjectv2:BucketObjectv2", "job.py");
        expect(await without(script, () => undefined, load)).to.match(/job\.py/);
    });

    it("a migration ends there, in the deployment", async () => {
        const cluster = requestOf("aws:redshift/cluster:Cluster");
        const migrations = join(folder, "migrations");
        cpSync("etl/migrations", migrations, { recursive: true });
        rmSync(join(migrations, "005_load_audit.sql"));
        const { outputs: other } = await services.create({
            ...cluster,
            inputs: { ...cluster.inputs, clusterIdentifier: "mutant" },
        });
        await services.api("iam", "PutRolePolicy", {
            RoleName: "loglake-dev-migrator",
            PolicyName: "mutant",
            PolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: {
                    Effect: "Allow",
                    Action: ["redshift-data:*", "secretsmanager:GetSecretValue"],
                    Resource: "*",
                },
            }),
        });
        const command = requestOf("command:local:Command");
        const environment = {
            ...command.inputs.environment,
            CLUSTER_IDENTIFIER: "mutant",
            ADMIN_SECRET_ARN: other.masterPasswordSecretArn,
            MIGRATIONS_FOLDER: migrations,
        };
        const failed = await services
            .create({ ...command, inputs: { ...command.inputs, environment } })
            .then(
                () => "SUCCEEDED",
                (error: unknown) => (error as Error).message,
            );
        expect(failed).to.match(/007_roles_and_grants\.sql, statement .*load_audit/);
    });

    /** Why the Glue job fails with what the last run has written. */
    async function load(): Promise<string> {
        const JobName = String(requestOf("aws:glue/job:Job").inputs.name);
        const Arguments = { "--run_id": `mutant-${String(runs)}`, "--dt": dt };
        const { JobRunId: RunId } = await services.api("glue", "StartJobRun", {
            JobName,
            Arguments,
        });
        for (;;) {
            const { JobRun } = await services.api("glue", "GetJobRun", { JobName, RunId });
            if (!["STARTING", "RUNNING"].includes(String(JobRun.JobRunState)))
                return String(JobRun.ErrorMessage ?? JobRun.JobRunState);
            await sleep(200);
        }
    }
});
