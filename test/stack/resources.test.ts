import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Resource } from "../../local/program/mockEngine";
import { deployed, previewed, stacks } from "../support/stacks";

const root = join(__dirname, "..", "..");

/** The components of DESIGN.md, and the network. */
const components = [
    "GlueLoader",
    "IsolatedNetwork",
    "PipelineMonitoring",
    "PipelineWorkflow",
    "RawLake",
    "RedshiftWarehouse",
    "SparkProcessor",
];

/** The component that services belong to. Roles, keys, log groups and objects belong to whoever needs them. */
const homes: Readonly<Record<string, string>> = {
    "aws:cloudwatch/dashboard": "PipelineMonitoring",
    "aws:cloudwatch/eventRule": "PipelineMonitoring",
    "aws:cloudwatch/eventTarget": "PipelineMonitoring",
    "aws:cloudwatch/metricAlarm": "PipelineMonitoring",
    "aws:ec2/flowLog": "IsolatedNetwork",
    "aws:ec2/vpcEndpoint": "IsolatedNetwork",
    "aws:emr/": "SparkProcessor",
    "aws:glue/catalogDatabase": "RawLake",
    "aws:glue/catalogTable": "RawLake",
    "aws:glue/classifier": "RawLake",
    "aws:glue/crawler": "RawLake",
    "aws:glue/job": "GlueLoader",
    "aws:glue/securityConfiguration": "RawLake",
    "aws:lambda/": "PipelineWorkflow",
    "aws:redshift/": "RedshiftWarehouse",
    "aws:s3/bucket:": "RawLake",
    "aws:scheduler/": "PipelineWorkflow",
    "aws:sfn/": "PipelineWorkflow",
    "aws:sns/": "PipelineMonitoring",
    "awsx:ec2:Vpc": "IsolatedNetwork",
    "command:": "RedshiftWarehouse",
    "tls:": "SparkProcessor",
};

const custom = (resources: readonly Resource[]) =>
    resources.filter(({ type }) => !type.startsWith("loglake:") && !type.startsWith("pulumi:"));

for (const stack of stacks) {
    describe(`the resources of ${stack}`, () => {
        let known: readonly Resource[] = [];
        let preview: readonly Resource[] = [];

        before(async () => {
            known = (await deployed(stack)).resources;
            preview = (await previewed(stack)).resources;
        });

        it("have URNs of their own", () => {
            const urns = known.map(({ urn }) => urn);
            expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).to.deep.equal([]);
        });

        it("are all there at preview: none waits for a value to exist", () => {
            const urns = (resources: readonly Resource[]) => resources.map(({ urn }) => urn).sort();
            expect(urns(preview)).to.deep.equal(urns(known));
        });

        it("are held by the components of the design, one of each, below the stack", () => {
            const top = known.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
            const found = known.filter(({ type }) => type.startsWith("loglake:"));

            expect(found.map(({ type }) => type).sort()).to.deep.equal(
                components.map((component) => `loglake:index:${component}`),
            );
            for (const { name, parent, custom } of found) {
                expect({ name, parent, custom }).to.deep.equal({
                    name: `loglake-${stack}`,
                    parent: top,
                    custom: false,
                });
            }
        });

        it("lie each in a component, at preview too", () => {
            for (const resources of [known, preview]) {
                const holders = new Map(resources.map(({ urn, type }) => [urn, type]));
                const strays = custom(resources).filter(
                    ({ parent }) => !/^loglake:index:/.test(holders.get(parent) ?? ""),
                );
                expect(strays.map(({ urn }) => urn)).to.deep.equal([]);
            }
        });

        it("lie in the component of their service", () => {
            const misplaced: string[] = [];
            const unused = new Set(Object.keys(homes));
            for (const { type, urn, parent } of custom(known)) {
                const prefix = Object.keys(homes).find((start) => type.startsWith(start));
                if (prefix === undefined) continue;
                unused.delete(prefix);
                if (!parent.includes(`loglake:index:${homes[prefix] ?? ""}::`)) misplaced.push(urn);
            }
            expect(misplaced).to.deep.equal([]);
            expect([...unused], "services that the stack no longer has").to.deep.equal([]);
        });

        it("come from provider packages that package.json pins to the version that is installed", () => {
            const { dependencies } = packageJson(join(root, "package.json")) as {
                dependencies: Record<string, string>;
            };
            const packages = new Set(custom(known).map(({ type }) => type.split(":")[0] ?? ""));

            expect([...packages].sort()).to.deep.equal(["aws", "awsx", "command", "tls"]);
            for (const name of [...packages].map((each) => `@pulumi/${each}`)) {
                const { version, pulumi } = packageJson(
                    join(root, "node_modules", name, "package.json"),
                ) as { version: string; pulumi: { version?: string } };
                expect(dependencies[name], name).to.equal(version);
                // a package that names no plugin of its own version was published without one
                expect(pulumi.version, name).to.equal(version);
            }
        });
    });
}

const packageJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
