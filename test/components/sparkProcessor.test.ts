import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SparkProcessor, type SparkProcessorArgs } from "../../components/sparkProcessor";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { expectRejection } from "../support/errors";
import { account, argsWith, folderOf, keyArn, name, roleArn, up } from "../support/spark";

const objectType = "aws:s3/bucketObjectv2:BucketObjectv2";

/** Keys of the application's objects. */
const codeKeys = (resources: readonly Resource[]) =>
    all(resources, objectType)
        .map(({ inputs }) => String(inputs.key))
        .filter((key) => key.startsWith("spark-app/"))
        .sort();

describe("SparkProcessor", () => {
    for (const mode of ["transient", "persistent"] as const) {
        describe(`with a ${mode} cluster`, () => {
            it("holds all it makes as its children", async () => {
                const { resources } = await up({ mode });

                const component = only(resources, "loglake:index:SparkProcessor");
                const children = resources.filter(
                    ({ type, urn }) => type !== "pulumi:pulumi:Stack" && urn !== component.urn,
                );
                expect(children).to.have.length.greaterThan(30);
                expect(new Set(children.map(({ parent }) => parent))).to.deep.equal(
                    new Set([component.urn]),
                );
            });

            it("registers the same resources in a preview, when no id is known", async () => {
                const names = ({ resources }: { resources: readonly Resource[] }) =>
                    resources.map((resource) => `${resource.type} ${resource.name}`);
                expect(names(await up({ mode }, true))).to.have.members(names(await up({ mode })));
            });

            it("fits twice into one stack", async () => {
                const { resources } = await deploy(() => {
                    new SparkProcessor("one", argsWith({ mode }));
                    new SparkProcessor("two", argsWith({ mode }));
                });
                const urns = resources.map(({ urn }) => urn);
                expect(new Set(urns).size).to.equal(urns.length);
            });
        });
    }

    describe("application", () => {
        it("lies in the artifacts bucket under the key, entry point beside package", async () => {
            const { resources, result } = await up();

            const [zip, entryPoint] = codeKeys(resources);
            expect(zip).to.match(/^spark-app\/[0-9a-f]{16}\/loglake_spark\.zip$/);
            expect(entryPoint).to.match(/^spark-app\/[0-9a-f]{16}\/main\.py$/);
            for (const { inputs } of all(resources, objectType)) {
                expect(inputs).to.include({
                    bucket: "artifacts",
                    serverSideEncryption: "aws:kms",
                    kmsKeyId: keyArn,
                });
            }
            const { entryPointUri, packageUri } = result.workflowTarget;
            expect([await value(packageUri), await value(entryPointUri)]).to.deep.equal(
                codeKeys(resources).map((key) => `s3://artifacts/${key}`),
            );
        });

        it("has the package's modules in the zip, below its name", async () => {
            const { resources } = await up();
            const zip = only(resources, objectType, `${name}-spark-app-loglake_spark.zip`);
            expect(Object.keys(await zip.inputs.source.assets)).to.deep.equal([
                "loglake_spark/__init__.py",
            ]);
        });

        it("moves when the entry point or the package changes, and only then", async () => {
            const files = { "main.py": "run()\n", "loglake_spark/__init__.py": "" };
            const keys = async (changed: Record<string, string>) => {
                const sourceFolder = folderOf({ ...files, ...changed });
                return codeKeys((await up({ sourceFolder })).resources);
            };
            const before = await keys({});
            expect(await keys({})).to.deep.equal(before);
            expect(await keys({ "README.md": "read me" })).to.deep.equal(before);
            for (const changed of ["main.py", "loglake_spark/__init__.py"]) {
                const after = await keys({ [changed]: "walk()\n" });
                expect(after[0], changed).to.not.equal(before[0]);
                expect(after[1], changed).to.not.equal(before[1]);
            }
        });

        it("is this project's, unless told otherwise", async () => {
            const args: { sourceFolder?: string } & SparkProcessorArgs = argsWith();
            delete args.sourceFolder;
            const { resources } = await deploy(() => new SparkProcessor(name, args));
            const zip = only(resources, objectType, `${name}-spark-app-loglake_spark.zip`);
            expect(await zip.inputs.source.assets).to.include.keys("loglake_spark/job.py");
        });
    });

    describe("target of a workflow", () => {
        it("has the parameters to launch a transient cluster from, and the runtime role", async () => {
            const { workflowTarget } = (await up()).result;
            if (workflowTarget.mode !== "transient") throw new Error(workflowTarget.mode);
            expect((await value(workflowTarget.clusterParameters)).Name).to.equal(name);
            expect(await value(workflowTarget.executionRoleArn)).to.equal(roleArn("spark"));
        });

        it("has the id of a persistent cluster", async () => {
            const { resources, result } = await up({ mode: "persistent" });
            const { workflowTarget } = result;
            if (workflowTarget.mode !== "persistent") throw new Error(workflowTarget.mode);
            const cluster = only(resources, "aws:emr/cluster:Cluster");
            expect(await value(workflowTarget.clusterId)).to.equal(cluster.id);
        });
    });

    it("lets a workflow run steps by one policy on its role", async () => {
        const { resources } = await deploy(() => {
            const role = new aws.iam.Role("workflow", { name: "workflow", assumeRolePolicy: "{}" });
            return new SparkProcessor(name, argsWith()).grantRunSteps("workflow", role);
        });
        const grant = only(resources, "aws:iam/rolePolicy:RolePolicy", "workflow-run-steps");
        expect(grant.inputs).to.include({ name: "workflow-run-steps", role: "workflow" });
        const [addSteps] = parsed(grant.inputs.policy).Statement;
        expect(addSteps.Resource).to.equal(
            `arn:aws:elasticmapreduce:eu-west-1:${account}:cluster/*`,
        );
    });

    const refused: readonly [Partial<SparkProcessorArgs>, RegExp][] = [
        [{ mode: "weekly" as never }, /mode must be transient or persistent, got "weekly"/],
        [{ instanceTypes: [] }, /instanceTypes must be 1 to 5 types, got 0/],
        [{ instanceTypes: Array(6).fill("m7g.xlarge") }, /instanceTypes .* got 6/],
        [{ volumeSizeGib: 5 }, /volumeSizeGib must be .* 10 to 16384, got 5/],
        [{ minimumCapacityUnits: 0 }, /minimumCapacityUnits must be .* 1 or more, got 0/],
        [
            { minimumCapacityUnits: 3, maximumCapacityUnits: 2 },
            /maximumCapacityUnits must be .* 3 or more, got 2/,
        ],
        [{ idleTimeoutSeconds: 30 }, /idleTimeoutSeconds must be .* 60 to 604800, got 30/],
    ];
    for (const [changes, message] of refused) {
        it(`refuses ${JSON.stringify(changes)}, naming it`, async () => {
            await expectRejection(up(changes), message);
        });
    }

    it("refuses a name that a service would refuse", async () => {
        await expectRejection(
            deploy(() => new SparkProcessor("Logs_Dev", argsWith())),
            /name must be 1 to 23 lower-case letters/,
        );
    });

    it("refuses a folder without the package", async () => {
        await expectRejection(
            up({ sourceFolder: folderOf({ "main.py": "", "loglake_spark/README.md": "" }) }),
            /no Python files in .*loglake_spark/,
        );
    });
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) =>
        output.apply((it) => {
            resolve(it);
        }),
    );
}
