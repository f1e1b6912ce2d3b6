import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { all, only } from "../support/deploy";
import { bothDeployed, values, type StackName, type StackRun } from "../support/stacks";

const root = join(__dirname, "..", "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const json = (path: string) => JSON.parse(read(path)) as Record<string, any>;

/** What runs in AWS, and so everywhere. */
const emr = "emr-7.13.0"; // https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-7130-release.html
const glue = "5.1"; // https://docs.aws.amazon.com/glue/latest/dg/release-notes.html
const spark = "3.5.6"; // of both
const python = "3.11"; // of both
const hadoop = "3.3.4"; // https://github.com/apache/spark/blob/v3.5.6/pom.xml
const leastNode = "20.19";

describe("the versions", () => {
    let runs: Record<StackName, StackRun>;
    before(async () => {
        runs = await bothDeployed();
    });

    /** The cluster of each stack, as whatever launches it is told. */
    const clusters = (): readonly Record<string, any>[] => [
        ...[...values(only(runs.dev.resources, "aws:sfn/stateMachine:StateMachine").inputs)]
            .map(([, value]) => value as Record<string, any> | null)
            .filter((value) => typeof value === "object" && value?.ReleaseLabel !== undefined)
            .map((value) => value ?? {}),
        only(runs.prod.resources, "aws:emr/cluster:Cluster").inputs,
    ];

    it(`are ${emr} in both forms of the cluster`, () => {
        const labels = clusters().map((cluster) => cluster.ReleaseLabel ?? cluster.releaseLabel);
        expect(labels).to.deep.equal([emr, emr]);
    });

    it(`are Python ${python} for driver, executors and shell of the cluster`, () => {
        const interpreter = `/usr/bin/python${python}`;
        for (const cluster of clusters()) {
            const chosen = [...values(cluster)].filter(([path]) => path.endsWith("PYSPARK_PYTHON"));
            expect(
                chosen.map(([path]) => path.replace(/^.*Properties\./, "")).sort(),
            ).to.deep.equal([
                "PYSPARK_PYTHON",
                "spark.executorEnv.PYSPARK_PYTHON",
                "spark.yarn.appMasterEnv.PYSPARK_PYTHON",
            ]);
            expect([...new Set(chosen.map(([, value]) => value))]).to.deep.equal([interpreter]);
        }
    });

    it(`are Glue ${glue} with Python 3`, () => {
        for (const { resources } of Object.values(runs)) {
            const { inputs } = only(resources, "aws:glue/job:Job");
            expect(inputs.glueVersion).to.equal(glue);
            expect(inputs.command.pythonVersion).to.equal("3");
        }
    });

    it(`are PySpark ${spark} on this machine and in both Python packages`, () => {
        const files = [
            "local/requirements.in",
            "local/requirements.txt",
            "spark-app/pyproject.toml",
            "etl/pyproject.toml",
        ];
        for (const file of files) {
            const pins = [...read(file).matchAll(/pyspark\s*[=<>~!]+\s*([\d.*]+)/gi)];
            expect(
                pins.map(([, version]) => version),
                file,
            ).to.deep.equal([spark]);
        }
    });

    it(`are Python ${python} first on this machine and in CI, and nothing newer in the packages`, () => {
        expect(read("local/python.ts")).to.match(
            new RegExp(`const candidates = \\["python${python.replace(".", "\\.")}"`),
        );
        expect(
            [...read(".github/workflows/ci.yml").matchAll(/python-version: "([^"]+)"/g)].map(
                ([, version]) => version,
            ),
        ).to.deep.equal([python]);
        for (const file of ["spark-app/pyproject.toml", "etl/pyproject.toml"]) {
            const settings = read(file);
            for (const [, minor = ""] of settings.matchAll(
                /(?:>=3\.|"py3|python_version = "3\.)(\d+)/g,
            )) {
                expect(Number(minor), file).to.be.within(10, 11);
            }
        }
    });

    it(`are Hadoop ${hadoop} for S3 on this machine, which is what PySpark carries`, async function () {
        expect(/hadoop-aws:([\d.]+)"/.exec(read("local/setup.ts"))?.[1]).to.equal(hadoop);
        const interpreter = process.env.LOGLAKE_PYTHON; // `npm test` sets it up
        if (interpreter === undefined) this.skip();
        const code =
            "import os, pyspark; print(*os.listdir(os.path.join(pyspark.__path__[0], 'jars')))";
        const { stdout } = await promisify(execFile)(interpreter, ["-c", code]);
        expect(stdout).to.include(`hadoop-client-api-${hadoop}.jar`);
        expect(stdout).to.include(`spark-core_2.12-${spark}.jar`);
    });

    it("are one Node.js for the planner's bundle and the function that runs it", () => {
        const target = /target: "node(\d+)"/.exec(read("components/workflow/plannerCode.ts"))?.[1];
        for (const { resources } of Object.values(runs)) {
            const runtimes = all(resources, "aws:lambda/function:Function").map(
                ({ inputs }) => inputs.runtime as string,
            );
            expect(runtimes).to.deep.equal(["nodejs22.x"]);
            expect(target).to.equal("22");
        }
    });

    it(`are Node.js ${leastNode} or later wherever the project says what it needs`, () => {
        expect(json("package.json").engines).to.deep.equal({ node: `>=${leastNode}` });
        expect(json("policies/package.json").engines).to.deep.equal({ node: `>=${leastNode}` });
        expect(read("README.md")).to.include(`Node ${leastNode} or later`);
        expect(read("local/userError.ts")).to.include(`Node ${leastNode} or later is needed`);
        // with the types of a newer Node.js, what it has and this one lacks would pass
        expect(json("package.json").devDependencies["@types/node"]).to.match(/^20\./);
    });

    it("are exact in package.json, as installed, and the same in the policies' package", () => {
        const { dependencies, devDependencies } = json("package.json");
        const pinned: Record<string, string> = { ...dependencies, ...devDependencies };
        for (const [name, version] of Object.entries(pinned)) {
            expect(version, name).to.match(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
        }
        const { packages } = json("package-lock.json");
        for (const [name, version] of Object.entries(pinned)) {
            expect(packages[`node_modules/${name}`].version, name).to.equal(version);
        }
        for (const [name, version] of Object.entries(json("policies/package.json").dependencies)) {
            expect(pinned[name], name).to.equal(version);
        }
    });
});
