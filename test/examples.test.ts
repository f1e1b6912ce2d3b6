import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { load } from "js-yaml";
import { readMigrations } from "../etl/migrator/files";
import { tables } from "../formats";
import { madeUp, type CreateRequest } from "../local/program/mockEngine";
import { all, deploy, only, parsed, type Resource } from "./support/deploy";
import { assertActionsExist } from "./support/iam";
import { startCluster, warehouseRoleArn } from "./support/redshift";

const folder = join(__dirname, "..", "examples");
const requireHere = createRequire(__filename);

/** What a user would set with `pulumi config set`. */
const network = { vpcId: "vpc-1", subnetIds: JSON.stringify(["subnet-a", "subnet-b"]) };
const configs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "raw-lake-only": {},
    "second-warehouse": {
        ...network,
        processedBucketName: "loglake-prod-processed-123456789012-eu-west-1",
        processedDatabaseName: "loglake_prod_processed",
        keyArn: "arn:aws:kms:eu-west-1:123456789012:key/lake",
        notebooksRoleName: "notebooks",
    },
    "own-orchestrator": { ...network, airflowRoleName: "airflow" },
};

/** Runs the stack of `example` as its Pulumi.yaml says, with nothing left of an earlier run. */
async function run(example: string, preview = false) {
    const main = join(folder, example, "index.ts");
    const config = Object.entries(configs[example] ?? {});
    return deploy(
        async () => {
            Reflect.deleteProperty(requireHere.cache, requireHere.resolve(main));
            const outputs = requireHere(main) as Record<string, unknown>;
            if (preview) return {};
            const known = pulumi.output(outputs) as unknown as { promise(): Promise<unknown> };
            return (await known.promise()) as Record<string, any>;
        },
        {
            project: example,
            config: Object.fromEntries(config.map(([key, value]) => [`${example}:${key}`, value])),
            preview,
            ...(preview ? {} : { create }),
        },
    );
}

const deployed = new Map<string, ReturnType<typeof run>>();

/** The stack of `example` with every value known, run once. */
function up(example: string): ReturnType<typeof run> {
    const known = deployed.get(example) ?? run(example);
    deployed.set(example, known);
    return known;
}

/** As the stand-in makes things up, and a role that is only looked up has the name that it is looked up by. */
const create = (request: CreateRequest) =>
    request.type === "aws:iam/role:Role"
        ? madeUp({ ...request, inputs: { name: request.name, ...request.inputs } })
        : madeUp(request);

const urnsOf = (resources: readonly Resource[]) => resources.map(({ urn }) => urn).sort();

/** Statements of the policies that the stack gives to `role`. */
function granted(resources: readonly Resource[], role: string): any[] {
    return all(resources, "aws:iam/rolePolicy:RolePolicy")
        .filter(({ inputs }) => inputs.role === role)
        .flatMap(({ inputs }) => parsed(inputs.policy).Statement);
}

const actionsOf = (statements: readonly any[]): string[] =>
    statements.flatMap(({ Action }) => Action as string[]);

describe("examples/", () => {
    const examples = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);

    it("are those that are tested here", () => {
        expect(examples).to.have.members(Object.keys(configs));
    });

    for (const example of examples) {
        it(`${example} is a project of Pulumi with a README that names its settings`, () => {
            const project = load(readFileSync(join(folder, example, "Pulumi.yaml"), "utf8")) as any;
            expect(project.name).to.equal(example);
            expect(project.runtime.options.nodeargs).to.equal("--import tsx");
            expect(existsSync(join(folder, example, project.main))).to.equal(true);
            const readme = readFileSync(join(folder, example, "README.md"), "utf8");
            for (const setting of Object.keys(configs[example] ?? {})) {
                expect(readme).to.match(new RegExp(`config set .*\\b${setting}\\b`));
            }
        });

        it(`${example} registers the same in a preview, with values unknown`, async () => {
            const preview = await run(example, true);
            const known = await up(example);
            expect(urnsOf(preview.resources)).to.deep.equal(urnsOf(known.resources));
        });

        it(`${example} grants what IAM knows`, async () => {
            const { resources } = await up(example);
            const policies = all(resources, "aws:iam/rolePolicy:RolePolicy");
            expect(policies).not.to.be.empty;
            for (const { inputs } of policies) await assertActionsExist(parsed(inputs.policy));
        });
    }
});

describe("examples/raw-lake-only", () => {
    it("lets the team's role crawl and read, and write nothing", async () => {
        const { resources } = await up("raw-lake-only");
        const actions = actionsOf(granted(resources, "clickstream-quality"));
        expect(actions).to.include.members(["glue:StartCrawler", "glue:GetPartitions"]);
        expect(actions).to.include.members(["s3:GetObject", "kms:Decrypt"]);
        expect(actions.filter((action) => /:(Put|Delete|Create|Update)/.test(action))).to.be.empty;
    });

    it("can be destroyed with its data, and keeps raw logs for a year", async () => {
        const { resources, result } = await up("raw-lake-only");
        const buckets = all(resources, "aws:s3/bucket:Bucket");
        expect(buckets.map(({ inputs }) => inputs.forceDestroy)).to.deep.equal(
            buckets.map(() => true),
        );
        expect(resources.filter((resource) => resource.protect)).to.be.empty;
        const raw = "clickstream-raw-123456789012-eu-west-1";
        const lifecycles = all(
            resources,
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        );
        const rules = lifecycles.find(({ inputs }) => inputs.bucket === raw)?.inputs.rules as any[];
        expect(rules.map(({ expiration }) => expiration?.days)).to.include(365);
        expect(result.upload).to.equal(`s3://${raw}/<source>/dt=YYYY-MM-DD/`);
    });
});

describe("examples/second-warehouse", () => {
    it("reads the other stack's lake with the warehouse's role, and can't write to it", async () => {
        const { resources } = await up("second-warehouse");
        const statements = granted(resources, "analysts-warehouse");
        expect(statements.flatMap(({ Resource }) => Resource)).to.include.members([
            "arn:aws:s3:::loglake-prod-processed-123456789012-eu-west-1/events/*",
            "arn:aws:kms:eu-west-1:123456789012:key/lake",
            "arn:aws:glue:eu-west-1:123456789012:table/loglake_prod_processed/*",
        ]);
        expect(actionsOf(statements).filter((action) => /:(Put|Delete|Update)/.test(action))).to.be
            .empty;
    });

    it("can read the lake before its migrations mount it", async () => {
        const { resources } = await up("second-warehouse");
        const grant = all(resources, "aws:iam/rolePolicy:RolePolicy").find(
            ({ inputs }) => inputs.role === "analysts-warehouse",
        );
        expect(only(resources, "command:local:Command").dependencies).to.include(grant?.urn);
    });

    it("mounts the lake's database in its migrations, and makes no bucket of its own", async () => {
        const { resources } = await up("second-warehouse");
        const { environment } = only(resources, "command:local:Command").inputs;
        const variables = JSON.parse(environment.MIGRATION_VARIABLES);
        expect(variables.processed_database).to.equal("loglake_prod_processed");
        expect(all(resources, "aws:s3/bucket:Bucket")).to.be.empty;
    });

    it("has migrations of its own that a cluster takes", async () => {
        const { environment } = only(
            (await up("second-warehouse")).resources,
            "command:local:Command",
        ).inputs;
        expect(environment.MIGRATIONS_FOLDER).to.equal("examples/second-warehouse/migrations");
        const variables = { processed_database: "lake", workflow_user: "IAMR:notebooks" };
        const cluster = await startCluster();
        try {
            const migrations = readMigrations(join(folder, "second-warehouse", "migrations"), {
                ...variables,
                warehouse_role_arn: warehouseRoleArn,
            });
            for (const { statements } of migrations)
                for (const sql of statements) await cluster.admin(sql);
            await cluster.as(
                "notebooks",
                "create table notebooks.top_paths (url_path varchar(64))",
            );
        } finally {
            await cluster.close();
        }
    });

    it("refuses queries through Spectrum beyond two terabytes a day", async () => {
        const { resources } = await up("second-warehouse");
        const limits = all(resources, "aws:redshift/usageLimit:UsageLimit");
        const off = limits.find(({ inputs }) => inputs.breachAction === "disable");
        expect(off?.inputs.amount).to.equal(2);
    });

    it("lets the notebooks' role query this cluster alone", async () => {
        const { resources } = await up("second-warehouse");
        const execute = granted(resources, "notebooks").find(({ Action }) =>
            Action.includes("redshift-data:ExecuteStatement"),
        );
        expect([execute.Resource].flat()).to.deep.equal([
            "arn:aws:redshift:eu-west-1:123456789012:cluster:analysts",
        ]);
    });
});

describe("examples/own-orchestrator", () => {
    it("keeps one cluster in the given network", async () => {
        const { resources, result } = await up("own-orchestrator");
        const cluster = only(resources, "aws:emr/cluster:Cluster");
        expect(cluster.inputs.ec2Attributes.subnetIds).to.deep.equal(["subnet-a", "subnet-b"]);
        expect(result.clusterId).to.equal(cluster.id);
    });

    it("lets the scheduler add steps under the runtime role only, and launch nothing", async () => {
        const { resources, result } = await up("own-orchestrator");
        const statements = granted(resources, "airflow");
        const add = statements.find(({ Sid }) => Sid === "AddSteps");
        expect(add.Condition.StringEquals["elasticmapreduce:ExecutionRoleArn"]).to.equal(
            result.executionRoleArn,
        );
        expect(actionsOf(statements)).not.to.include("elasticmapreduce:RunJobFlow");
    });

    it("lets a step write every table that Spark makes", async () => {
        const { resources } = await up("own-orchestrator");
        const writable = granted(resources, "research-spark")
            .filter(({ Action }) => Action.includes("s3:PutObject"))
            .flatMap(({ Resource }) => Resource as string[]);
        for (const { name } of tables) {
            expect(writable).to.include(
                `arn:aws:s3:::research-processed-123456789012-eu-west-1/${name}/*`,
            );
        }
    });

    it("hands out the arguments of spark-submit up to the plan", async () => {
        const { result } = await up("own-orchestrator");
        const args = result.stepArguments as string[];
        expect(args.slice(0, 4)).to.deep.equal([
            ...["spark-submit", "--deploy-mode", "cluster", "--py-files"],
        ]);
        expect(args[4]).to.match(/^s3:\/\/research-artifacts-.*\/loglake_spark\.zip$/);
        expect(args.at(-1)).to.equal("--plan");
    });
});
