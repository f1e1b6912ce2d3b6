/** Least privilege, by a whole run: what each role needs it has, and what it has is needed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { createApi, type Api } from "../../../local/api";
import { decide } from "../../../local/iam/decide";
import type { PolicyDocument } from "../../../local/iam/document";
import { policiesFor } from "../../../local/iam/judge";
import { permissionsOf, type RolePermissions } from "../../../local/iam/report";
import type { Judged } from "../../../local/iam/usage";
import { findLogs } from "../../../local/logs";
import type { Properties } from "../../../local/program/mockEngine";
import { runStack } from "../../../local/program/stack";
import { sampleDays, writeSamples } from "../../../local/samples";
import { startServices, type Services } from "../../../local/services";
import type { Principal } from "../../../local/services/context";
import { installed } from "../../../local/setup";
import { upload } from "../../../local/upload";
import type { Execution } from "../../../local/workflow";

const dt = sampleDays[2];
const site = "eu-west-1:123456789012";

describe("least privilege", function () {
    this.timeout(300_000);
    let folder: string;
    let services: Services;
    let outputs: Properties;
    let execution: Execution;
    let judged: readonly Judged[];
    let permissions: RolePermissions[];

    const run = () =>
        services.runWorkflow(String(outputs.stateMachineArn), {
            input: { dt },
            retryMilliseconds: 100,
        });

    before(async function () {
        const toolchain = installed();
        if (toolchain === undefined) this.skip();
        folder = mkdtempSync(join(tmpdir(), "loglake-iam-"));
        services = await startServices({ toolchain, folder });
        ({ result: outputs } = await runStack("dev", { create: services.create }));
        writeSamples(join(folder, "samples"));
        const { endpoint, region, credentials } = services;
        const s3 = new S3Client({ endpoint, region, credentials });
        const { files } = findLogs({ paths: [join(folder, "samples")] });
        await upload(s3, String(outputs.rawBucketName), files, () => undefined);
        execution = await run();
        judged = services.gate.usage.judged();
        permissions = await permissionsOf(services.gate);
    });
    after(async () => {
        await (services as Services | undefined)?.close();
        rmSync(folder, { recursive: true, force: true });
    });

    it("lets the run through, and judges each stage as its own role", () => {
        expect(execution.status, JSON.stringify(execution.error)).to.equal("SUCCEEDED");
        expect(judged.filter(({ decision }) => !decision.allowed)).to.deep.equal([]);
        const roles = new Set(judged.map(({ principal }) => nameOf(principal.principalArn)));
        expect([...roles].sort()).to.deep.equal([
            "crawler",
            "emr-instance",
            "loader",
            "migrator",
            "planner",
            "scheduler",
            "spark",
            "warehouse",
            "workflow",
        ]);
    });

    it("leaves nothing granted that is neither used nor known to be used in AWS", () => {
        const unexplained = permissions.flatMap(({ role, unused }) =>
            unused
                .filter(({ reason }) => reason === undefined)
                .map(
                    ({ statement, action, resource }) =>
                        `${role}: ${statement}: ${action} ${resource}`,
                ),
        );
        expect(unexplained).to.deep.equal([]);
    });

    it("refuses what was done when any statement that it rests on is taken away", async () => {
        const missed: string[] = [];
        let statements = 0;
        for (const { role, used } of permissions) {
            const own = judged.filter(({ principal }) =>
                principal.principalArn.endsWith(`/${role}`),
            );
            for (const statement of new Set(used.map((permission) => permission.statement))) {
                statements += 1;
                if (!(await refusedWithout(statement, own))) missed.push(`${role}: ${statement}`);
            }
        }
        expect(statements).to.be.greaterThan(30);
        expect(missed).to.deep.equal([]);
    });

    async function refusedWithout(
        statement: string,
        requests: readonly Judged[],
    ): Promise<boolean> {
        for (const { principal, need } of requests) {
            const all = await policiesFor(need, { principal, policies: services.gate.policies });
            const identity = all.identity.map((document) => without(statement, document));
            if (!decide(principal, need, { ...all, identity }).allowed) return true;
        }
        return false;
    }

    describe("refuses each role the neighbours of what it may touch:", () => {
        const glue = { service: "glue.amazonaws.com" };
        const nodes = () => services.assume(arn("emr-instance"), { service: "ec2.amazonaws.com" });
        const arn = (role: string) => `arn:aws:iam::123456789012:role/loglake-dev-${role}`;
        const by: Record<string, () => Promise<Principal>> = {
            crawler: () => Promise.resolve(glue),
            loader: () => Promise.resolve(glue),
            planner: () => Promise.resolve({ service: "lambda.amazonaws.com" }),
            "emr-instance": () => Promise.resolve({ service: "ec2.amazonaws.com" }),
            spark: async () => ({ credentials: await nodes() }),
            workflow: () =>
                Promise.resolve({
                    service: "states.amazonaws.com",
                    sourceArn: String(outputs.stateMachineArn),
                }),
            scheduler: () =>
                Promise.resolve({
                    service: "scheduler.amazonaws.com",
                    sourceArn: `arn:aws:scheduler:${site}:schedule-group/loglake-dev`,
                }),
        };
        const apiOf = async (role: string): Promise<Api> => {
            const principal = await (by[role] as () => Promise<Principal>)();
            const { endpoint, region } = services;
            return createApi({
                endpoint,
                region,
                credentials: await services.assume(arn(role), principal),
            });
        };
        const bucket = (purpose: string) => `loglake-dev-${purpose}-123456789012-eu-west-1`;
        const object = (purpose: string, Key: string) => ({ Bucket: bucket(purpose), Key });
        const put = (purpose: string, Key: string) => ({ ...object(purpose, Key), Body: "x" });

        /** Role, what it is refused, operation, input. */
        const neighbours: [string, string, string, string, () => object][] = [
            ["crawler", "another bucket", "s3", "GetObject", () => object("processed", "_runs/x")],
            ["crawler", "to change what it reads", "s3", "PutObject", () => put("raw", "web/x")],
            [
                "crawler",
                "another database",
                "glue",
                "CreateTable",
                () => ({ DatabaseName: "loglake_dev_processed", TableInput: { Name: "t" } }),
            ],
            [
                "crawler",
                "to drop tables",
                "glue",
                "DeleteTable",
                () => ({ DatabaseName: "loglake_dev_raw", Name: "web" }),
            ],
            ["planner", "the logs themselves", "s3", "GetObject", () => object("raw", "web/x")],
            ["planner", "another prefix", "s3", "PutObject", () => put("processed", "events/x")],
            [
                "planner",
                "the processed tables",
                "glue",
                "GetTables",
                () => ({ DatabaseName: "loglake_dev_processed" }),
            ],
            ["spark", "to change the logs", "s3", "PutObject", () => put("raw", "web/x")],
            ["spark", "to delete the logs", "s3", "DeleteObject", () => object("raw", "web/x")],
            ["spark", "the load's prefix", "s3", "PutObject", () => put("processed", "_staging/x")],
            ["spark", "the job's code", "s3", "GetObject", () => object("artifacts", "etl/x")],
            [
                "spark",
                "the nodes' certificate",
                "s3",
                "GetObject",
                () => object("artifacts", "emr-tls/loglake-dev.zip"),
            ],
            [
                "spark",
                "the catalog",
                "glue",
                "GetTables",
                () => ({ DatabaseName: "loglake_dev_raw" }),
            ],
            [
                "spark",
                "the warehouse",
                "redshift-data",
                "ExecuteStatement",
                () => ({ ClusterIdentifier: "loglake-dev", Database: "logs", Sql: "select 1" }),
            ],
            ["emr-instance", "the logs", "s3", "GetObject", () => object("raw", "web/x")],
            [
                "emr-instance",
                "another role",
                "sts",
                "AssumeRole",
                () => ({ RoleArn: arn("loader"), RoleSessionName: "s" }),
            ],
            ["loader", "the logs", "s3", "GetObject", () => object("raw", "web/x")],
            [
                "loader",
                "to change the tables' files",
                "s3",
                "PutObject",
                () => put("processed", "events/x"),
            ],
            [
                "loader",
                "to change tables",
                "glue",
                "UpdateTable",
                () => ({ DatabaseName: "loglake_dev_processed", TableInput: { Name: "events" } }),
            ],
            [
                "loader",
                "another database's tables",
                "glue",
                "GetTable",
                () => ({ DatabaseName: "loglake_dev_raw", Name: "web" }),
            ],
            [
                "loader",
                "another cluster",
                "redshift-data",
                "BatchExecuteStatement",
                () => ({ ClusterIdentifier: "other", Database: "logs", Sqls: ["select 1"] }),
            ],
            [
                "loader",
                "the admin's secret",
                "secrets-manager",
                "GetSecretValue",
                () => ({ SecretId: outputs.adminSecretArn }),
            ],
            ["workflow", "another crawler", "glue", "StartCrawler", () => ({ Name: "other" })],
            ["workflow", "another job", "glue", "StartJobRun", () => ({ JobName: "other" })],
            ["workflow", "another function", "lambda", "Invoke", () => ({ FunctionName: "other" })],
            ["workflow", "the events", "s3", "GetObject", () => object("processed", "events/x")],
            ["workflow", "to write", "s3", "PutObject", () => put("processed", "_runs/x")],
            [
                "workflow",
                "a cluster without its tags",
                "emr",
                "RunJobFlow",
                () => ({ Name: "c", Instances: {} }),
            ],
            [
                "workflow",
                "another cluster",
                "emr",
                "TerminateJobFlows",
                () => ({ JobFlowIds: ["j-OTHER"] }),
            ],
            [
                "workflow",
                "another namespace",
                "cloudwatch",
                "PutMetricData",
                () => ({ Namespace: "other", MetricData: [{ MetricName: "m", Value: 1 }] }),
            ],
            [
                "workflow",
                "another topic",
                "sns",
                "Publish",
                () => ({ TopicArn: `arn:aws:sns:${site}:other`, Message: "m" }),
            ],
            [
                "workflow",
                "transactions",
                "redshift-data",
                "BatchExecuteStatement",
                () => ({ ClusterIdentifier: "loglake-dev", Database: "logs", Sqls: ["select 1"] }),
            ],
            [
                "scheduler",
                "another state machine",
                "sfn",
                "StartExecution",
                () => ({ stateMachineArn: `arn:aws:states:${site}:stateMachine:other` }),
            ],
        ];
        for (const [role, what, service, operation, input] of neighbours) {
            it(`${role} ${what} (${operation})`, async () => {
                const api = await apiOf(role);
                const error = await api(
                    service,
                    operation,
                    input() as Record<string, unknown>,
                ).then(
                    () => undefined,
                    (reason: unknown) => reason as Error,
                );
                expect(error?.name).to.match(
                    /^(AccessDenied(Exception)?|AuthorizationError(Exception)?)$/,
                );
                expect(error?.message).to.contain(
                    `assumed-role/loglake-dev-${role}/loglake is not authorized to perform: `,
                );
            });
        }

        for (const role of ["spark", "loader", "workflow"]) {
            it(`${role} a key by itself, and another key`, async () => {
                const api = await apiOf(role);
                const { Aliases } = await services.api("kms", "ListAliases", {});
                const keys = (Aliases as { AliasName: string; TargetKeyId?: string }[])
                    .filter(({ AliasName }) => AliasName.startsWith("alias/loglake-dev"))
                    .map(({ TargetKeyId }) => TargetKeyId);
                expect(keys.length).to.be.greaterThan(3);
                for (const KeyId of keys) {
                    const error = await api("kms", "GenerateDataKey", {
                        KeyId,
                        KeySpec: "AES_256",
                    }).then(
                        () => undefined,
                        (reason: unknown) => reason as Error,
                    );
                    expect(error?.name, KeyId).to.equal("AccessDeniedException");
                }
            });
        }
    });

    describe("stops the run at the first call whose permission is gone:", () => {
        const gone: [string, string, string, RegExp][] = [
            [
                "the workflow's on the crawler",
                "workflow",
                "workflow-run-crawler",
                /glue:(Get|Start)Crawler on resource: .*crawler\/loglake-dev-raw because no identity-based policy allows/,
            ],
            [
                "the planner's on the catalog",
                "planner",
                "planner-read-raw-catalog",
                /glue:GetTables/,
            ],
            [
                "the workflow's on the cluster",
                "workflow",
                "workflow-run-steps",
                /elasticmapreduce:RunJobFlow/,
            ],
        ];
        for (const [what, role, PolicyName, message] of gone) {
            it(what, async () => {
                const RoleName = `loglake-dev-${role}`;
                const { PolicyDocument } = await services.api("iam", "GetRolePolicy", {
                    RoleName,
                    PolicyName,
                });
                await services.api("iam", "DeleteRolePolicy", { RoleName, PolicyName });
                try {
                    const { status, error } = await run();
                    expect(status).to.equal("FAILED");
                    expect(error?.cause).to.match(message);
                } finally {
                    await services.api("iam", "PutRolePolicy", {
                        RoleName,
                        PolicyName,
                        PolicyDocument: decodeURIComponent(PolicyDocument),
                    });
                }
            });
        }
    });
});

/** `spark` of `arn:aws:iam::123456789012:role/loglake-dev-spark`. */
const nameOf = (roleArn: string): string => roleArn.split("/loglake-dev-")[1] ?? roleArn;

function without(statement: string, document: PolicyDocument): PolicyDocument {
    const statements = document.statements.filter(
        ({ label }) => `${document.name} ${label}` !== statement,
    );
    return { ...document, statements };
}
