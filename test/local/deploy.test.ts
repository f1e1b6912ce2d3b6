import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { strFromU8, unzipSync } from "fflate";
import { createIn } from "../../local/deploy";
import { materialise } from "../../local/deploy/assets";
import type { Target } from "../../local/deploy/types";
import type { Resource } from "../../local/program/mockEngine";
import { runStack } from "../../local/program/stack";
import { startServices, type Services } from "../../local/services";
import { installed } from "../../local/setup";
import { all, only } from "../support/deploy";

const validator = join(__dirname, "..", "..", "local", "validate_calls.py");
const toolchain = installed();

/** What AWS would refuse of the calls, by the models that it publishes. */
function refusals(python: string, calls: readonly unknown[]): string[] {
    const text = JSON.stringify(calls, (_, value: unknown) =>
        (value as { type?: string } | null)?.type === "Buffer" ? { $bytes: true } : value,
    );
    return JSON.parse(
        execFileSync(python, [validator], { input: text, maxBuffer: 1 << 26 }).toString(),
    ) as string[];
}

describe("deployment to this machine", () => {
    const created: { service: string; operation: string; input: any }[] = [];
    const target: Target = {
        api: (service, operation, input) =>
            Promise.resolve((created.push({ service, operation, input }), {})),
        accountId: "123456789012",
        region: "eu-west-1",
        runCommand: (command) => Promise.resolve(`ran ${command}`),
        createWarehouse: () => Promise.resolve(),
    };
    const create = (type: string, inputs: object) =>
        createIn(target)({ type, name: "it", inputs, custom: true });
    beforeEach(() => void created.splice(0));

    it("refuses an input that would have no effect, by its name", async () => {
        const made = create("aws:glue/catalogDatabase:CatalogDatabase", {
            name: "lake",
            federatedDatabase: {},
        });
        const message = await made.catch((error: unknown) => (error as Error).message);
        expect(message).to.equal(
            "aws:glue/catalogDatabase:CatalogDatabase: federatedDatabase would have no effect on this machine",
        );
    });

    it("names the resource whose creation a service refuses", async () => {
        const api = () => Promise.reject(new Error("bucket exists"));
        const made = createIn({ ...target, api })({
            type: "aws:s3/bucket:Bucket",
            name: "raw",
            inputs: {},
            custom: true,
        });
        expect(await made.catch((error: unknown) => (error as Error).message)).to.equal(
            "creating aws:s3/bucket:Bucket raw: bucket exists",
        );
    });

    it("refuses a state machine with a way to no state, as Step Functions does", async () => {
        const definition = JSON.stringify({
            StartAt: "A",
            States: { A: { Type: "Pass", Next: "B" } },
        });
        const made = create("aws:sfn/stateMachine:StateMachine", { name: "m", definition });
        expect(await made.catch((error: unknown) => (error as Error).message)).to.equal(
            "creating aws:sfn/stateMachine:StateMachine it: the state machine has no state B, to which A goes",
        );
        expect(created).to.deep.equal([]);
    });

    it("makes up the outputs of what no data passes through", async () => {
        const { outputs } = await create("aws:ec2/securityGroup:SecurityGroup", { vpcId: "vpc-1" });
        expect(outputs).to.include({ vpcId: "vpc-1" });
        expect(created).to.be.empty;
    });

    it("runs a command that the program registered, with its output", async () => {
        expect(
            (await create("command:local:Command", { create: "migrate", triggers: ["1"] })).outputs,
        ).to.include({ stdout: "ran migrate" });
    });

    it("packs an archive into the same bytes each time, whatever the order of its files", async () => {
        const a = new pulumi.asset.StringAsset("a");
        const b = new pulumi.asset.StringAsset("b");
        const one = await materialise(new pulumi.asset.AssetArchive({ "x/a.py": a, "b.py": b }));
        const other = await materialise(new pulumi.asset.AssetArchive({ "b.py": b, "x/a.py": a }));
        expect(one.equals(other)).to.equal(true);
        const files = Object.entries(unzipSync(one)).map(([name, bytes]) => [
            name,
            strFromU8(bytes),
        ]);
        expect(files).to.deep.equal([
            ["b.py", "b"],
            ["x/a.py", "a"],
        ]);
    });

    it("takes a folder as an archive, and a file as it is", async () => {
        const folder = mkdtempSync(join(tmpdir(), "loglake-test-"));
        writeFileSync(join(folder, "main.py"), "print()");
        expect(
            Object.keys(unzipSync(await materialise(new pulumi.asset.FileArchive(folder)))),
        ).to.deep.equal(["main.py"]);
        expect(
            (await materialise(new pulumi.asset.FileAsset(join(folder, "main.py")))).toString(),
        ).to.equal("print()");
        rmSync(folder, { recursive: true });
    });

    (toolchain === undefined ? describe.skip : describe)(
        "of the stacks dev and prod, with moto",
        function () {
            this.timeout(240_000);
            let services: Services;
            const folder = mkdtempSync(join(tmpdir(), "loglake-test-"));
            const stacks: Record<string, readonly Resource[]> = {};

            before(async () => {
                if (toolchain === undefined) return;
                services = await startServices({ toolchain, folder });
                for (const stack of ["dev", "prod"]) {
                    stacks[stack] = (await runStack(stack, { create: services.create })).resources;
                }
            });
            after(async () => {
                await services.close();
                rmSync(folder, { recursive: true, force: true });
            });

            it("makes only calls that the published models of the services accept", () => {
                const { apiCalls } = services;
                expect(apiCalls.length).to.be.greaterThan(250);
                expect(refusals(toolchain?.python ?? "", apiCalls)).to.deep.equal([]);
            });

            it("is refused by these models for a wrong name, a missing member, a wrong type and an unknown value", () => {
                const calls = [
                    {
                        service: "emr",
                        operation: "RunJobFlow",
                        input: { Name: "a", Instances: {}, Subnet: "s" },
                    },
                    {
                        service: "glue",
                        operation: "CreateJob",
                        input: { Name: "a", Role: "r", ExecutionClass: "FAST" },
                    },
                    { service: "sns", operation: "Publish", input: {} },
                    {
                        service: "glue",
                        operation: "CreateCrawler",
                        input: { Name: 1, Role: "r", Targets: {} },
                    },
                ];
                expect(
                    refusals(toolchain?.python ?? "", calls).map((text) => text.slice(0, 60)),
                ).to.deep.equal([
                    "emr RunJobFlow: Subnet is unknown",
                    "glue CreateCrawler.Name: string is expected, got 1",
                    "glue CreateJob.ExecutionClass: 'FAST' is not one of FLEX, ST",
                    "glue CreateJob: Command is required",
                    "sns Publish: Message is required",
                ]);
            });

            for (const stack of ["dev", "prod"]) {
                it(`leaves the buckets of ${stack} encrypted, versioned and closed`, async () => {
                    for (const { inputs } of all(stacks[stack] ?? [], "aws:s3/bucket:Bucket")) {
                        const Bucket = inputs.bucket;
                        const ask = (operation: string) =>
                            services.api("s3", operation, { Bucket });
                        const { ServerSideEncryptionConfiguration } =
                            await ask("GetBucketEncryption");
                        const { SSEAlgorithm } =
                            ServerSideEncryptionConfiguration.Rules[0]
                                .ApplyServerSideEncryptionByDefault;
                        expect(SSEAlgorithm).to.equal(
                            Bucket.includes("access-logs") ? "AES256" : "aws:kms",
                        );
                        expect(await ask("GetBucketVersioning")).to.include({ Status: "Enabled" });
                        expect(
                            (await ask("GetPublicAccessBlock")).PublicAccessBlockConfiguration
                                .BlockPublicPolicy,
                        ).to.equal(true);
                        expect((await ask("GetBucketPolicy")).Policy).to.contain("DenyPlainHttp");
                    }
                });

                it(`holds the state machine of ${stack} as it was registered, and its roles' documents`, async () => {
                    const resources = stacks[stack] ?? [];
                    const machine = only(resources, "aws:sfn/stateMachine:StateMachine");
                    const deployed = await services.api("sfn", "DescribeStateMachine", {
                        stateMachineArn: machine.outputs.arn,
                    });
                    expect(deployed.definition).to.equal(machine.inputs.definition);

                    for (const { inputs } of all(resources, "aws:iam/rolePolicy:RolePolicy")) {
                        const input = { RoleName: inputs.role, PolicyName: inputs.name };
                        const { PolicyDocument } = await services.api(
                            "iam",
                            "GetRolePolicy",
                            input,
                        );
                        expect(JSON.parse(decodeURIComponent(PolicyDocument))).to.deep.equal(
                            JSON.parse(inputs.policy),
                        );
                    }
                });
            }

            it("puts every object where the program says, with its content", async () => {
                const objects = all(stacks["dev"] ?? [], "aws:s3/bucketObjectv2:BucketObjectv2");
                expect(objects).not.to.be.empty;
                for (const { inputs } of objects) {
                    const { Body } = await services.api("s3", "GetObject", {
                        Bucket: inputs.bucket,
                        Key: inputs.key,
                    });
                    const bytes = Buffer.from((await Body.transformToByteArray()) as Uint8Array);
                    expect(bytes.length).to.be.greaterThan(0);
                    if (!String(inputs.key).endsWith(".zip")) continue;
                    const files = Object.keys(unzipSync(bytes)).sort();
                    expect(files).to.deep.equal(Object.keys(await inputs.source.assets).sort());
                }
            });
        },
    );

    (toolchain === undefined ? it.skip : it)(
        "leaves no process behind when it ends",
        async function () {
            this.timeout(60_000);
            if (toolchain === undefined) return;
            const folder = mkdtempSync(join(tmpdir(), "loglake-test-"));
            const services = await startServices({ toolchain, folder });
            await services.close();
            const { stdout } = spawnSync("ps", ["-o", "args", "--ppid", String(process.pid)]);
            expect(stdout.toString()).not.to.contain("moto_server");
            const answered = await fetch(services.endpoint).then(
                () => true,
                () => false,
            );
            expect(answered).to.equal(false);
            rmSync(folder, { recursive: true, force: true });
        },
    );
});
