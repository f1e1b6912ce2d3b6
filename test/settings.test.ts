import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { stackConfig } from "../local/program/stack";
import { loadSettings } from "../settings";
import { deploy } from "./support/deploy";
import { expectRejection } from "./support/errors";

const network = { cidrBlock: "10.20.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] };
const minimal = { network };

/** The settings of a stack whose file holds `values` below `loglake:`. */
async function settingsOf(
    values: Record<string, unknown>,
    {
        stack = "dev",
        aws = { region: "eu-west-1" },
    }: { stack?: string; aws?: Readonly<Record<string, unknown>> } = {},
) {
    const config = { ...configOf("loglake", values), ...configOf("aws", aws) };
    const { result } = await deploy(loadSettings, { stack, config });
    return result;
}

/** `values` as the engine hands them to a program. */
function configOf(namespace: string, values: Readonly<Record<string, unknown>>) {
    const entries = Object.entries(values).map(([key, value]) => [
        `${namespace}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return Object.fromEntries(entries) as Record<string, string>;
}

describe("settings", () => {
    it("need a network, and leave the rest to the components", async () => {
        expect(await settingsOf(minimal)).to.deep.equal({
            name: "loglake-dev",
            protect: true,
            forceDestroy: false,
            network: { ...network, region: "eu-west-1" },
            lake: {},
            spark: {},
            loader: {},
            warehouse: {},
            workflow: {},
            monitoring: {},
        });
    });

    it("name the deployment after the stack unless told otherwise", async () => {
        expect((await settingsOf(minimal, { stack: "qa" })).name).to.equal("loglake-qa");
        expect((await settingsOf({ ...minimal, name: "logs" })).name).to.equal("logs");
    });

    it("take an existing network by its ids", async () => {
        const existing = {
            vpcId: "vpc-0a1b2c3d4e5f67890",
            subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
        };

        const settings = await settingsOf({ ...minimal, network: existing });

        expect(settings.network).to.deep.equal(existing);
    });

    it("tell the alarms what the workflow was told", async () => {
        const workflow = { scheduleEnabled: false, quarantineRatioLimit: 0.01 };

        const settings = await settingsOf({
            ...minimal,
            workflow: { ...workflow, logRetentionDays: 30 },
            monitoring: { freshnessHours: 30 },
        });

        expect(settings.monitoring).to.deep.equal({ ...workflow, freshnessHours: 30 });
        expect(settings.workflow).to.deep.equal({ ...workflow, logRetentionDays: 30 });
    });

    describe("hand the migrations the credentials of the AWS provider", () => {
        const region = "eu-west-1";
        const roleArn = "arn:aws:iam::123456789012:role/deployer";

        it("by its profile, also where the profile's name is a number", async () => {
            for (const profile of ["work", "123456789012"]) {
                const { warehouse } = await settingsOf(minimal, { aws: { region, profile } });
                expect(warehouse).to.deep.equal({ migrationCredentials: { profile } });
            }
        });

        it("by the roles that it assumes, beside what else the section holds", async () => {
            const assumeRoles = [
                { roleArn, externalId: "x", tags: { team: "data" }, transitiveTagKeys: ["team"] },
                { roleArn: `${roleArn}-2`, sessionName: "me", duration: "1h" },
            ];
            const { warehouse } = await settingsOf(
                { ...minimal, warehouse: { nodeType: "ra3.xlplus" } },
                { aws: { region, assumeRoles } },
            );
            expect(warehouse).to.deep.equal({
                nodeType: "ra3.xlplus",
                migrationCredentials: { assumeRoles },
            });
        });

        it("and pass over what is the provider's own", async () => {
            const aws = { region, defaultTags: { tags: { team: "data" } }, maxRetries: 3 };
            expect((await settingsOf(minimal, { aws })).warehouse).to.deep.equal({});
        });

        it("but no secrets: these are refused rather than left out", async () => {
            const aws = {
                region,
                secretKey: "s3cr3t",
                profile: "work",
                assumeRoles: [{ roleArn: "deployer", tags: { team: 1 } }],
            };
            const error = await rejection(settingsOf(minimal, { aws }));

            expect(error.message.split("\n  ")).to.deep.equal([
                "wrong settings in stack dev (3):",
                "aws:secretKey can't be used: the migrations take their credentials from the environment, " +
                    "aws:profile and aws:assumeRoles",
                'aws:assumeRoles[0].roleArn must be the ARN of a role, got "deployer"',
                'aws:assumeRoles[0].tags must be an object of texts, got {"team":1}',
            ]);
        });
    });

    describe("destroy data only with two keys turned", () => {
        const turns: readonly [protect: boolean, allowDestroy: boolean, forceDestroy: boolean][] = [
            [true, false, false],
            [true, true, false],
            [false, false, false],
            [false, true, true],
        ];
        for (const [protect, allowDestroy, forceDestroy] of turns) {
            it(`protect ${String(protect)}, allowDestroy ${String(allowDestroy)}: ${String(forceDestroy)}`, async () => {
                const settings = await settingsOf({ ...minimal, protect, allowDestroy });

                expect(settings).to.include({ protect, forceDestroy });
            });
        }
    });

    describe("refuse", () => {
        const wrong: readonly [what: string, values: Record<string, unknown>, message: string][] = [
            ["a missing section", {}, "loglake:network is missing"],
            [
                "a missing value",
                { network: { zones: network.zones } },
                "loglake:network.cidrBlock is missing",
            ],
            [
                "a cluster that may not grow to its minimum",
                { ...minimal, spark: { minimumCapacityUnits: 5, maximumCapacityUnits: 4 } },
                "loglake:spark.maximumCapacityUnits must be minimumCapacityUnits (5) or more, got 4",
            ],
            [
                "a misspelt section",
                { ...minimal, warehose: {} },
                "loglake:warehose is unknown, did you mean warehouse?",
            ],
            [
                "a misspelt setting",
                { ...minimal, lake: { rawExpiryDays: 90 } },
                "loglake:lake.rawExpiryDays is unknown, did you mean rawExpirationDays?",
            ],
            [
                "a setting like no other",
                { ...minimal, monitoring: { colour: "red" } },
                "loglake:monitoring.colour is unknown, known are ",
            ],
            [
                "text for a section",
                { ...minimal, lake: "deep" },
                'loglake:lake must be a section of settings, got "deep"',
            ],
            [
                "text for a flag",
                { ...minimal, protect: "yes" },
                'loglake:protect must be true or false, got "yes"',
            ],
            [
                "a number out of bounds",
                { ...minimal, lake: { rawTransitionToIaDays: 7 } },
                "loglake:lake.rawTransitionToIaDays must be a whole number from 30 to 36500, got 7",
            ],
            [
                "a retention that CloudWatch does not know",
                { ...minimal, workflow: { logRetentionDays: 10 } },
                "loglake:workflow.logRetentionDays must be one of 1, 3, 5,",
            ],
            [
                "raw logs that move to Glacier before IA is paid for",
                { ...minimal, lake: { rawTransitionToGlacierDays: 60, rawTransitionToIaDays: 31 } },
                "loglake:lake.rawTransitionToGlacierDays must be 30 days or more after rawTransitionToIaDays (31), got 60",
            ],
            [
                "raw logs that end before they move, defaults counted in",
                { ...minimal, lake: { rawExpirationDays: 80 } },
                "loglake:lake.rawExpirationDays must be after rawTransitionToGlacierDays (90), got 80",
            ],
            [
                "an unknown mode",
                { ...minimal, spark: { mode: "serverless" } },
                'loglake:spark.mode must be one of transient, persistent, got "serverless"',
            ],
            [
                "addresses that are no network",
                { ...minimal, network: { ...network, cidrBlock: "10.20.1.0/16" } },
                'loglake:network.cidrBlock must be a network from /16 to /24 such as 10.20.0.0/16, got "10.20.1.0/16"',
            ],
            [
                "a network too small for its subnets",
                { ...minimal, network: { ...network, cidrBlock: "10.20.0.0/25" } },
                "loglake:network.cidrBlock must be a network from /16 to /24",
            ],
            [
                "one zone",
                { ...minimal, network: { ...network, zones: ["eu-west-1a"] } },
                "loglake:network.zones must have 2 to 6 items, got 1",
            ],
            [
                "a zone named twice",
                { ...minimal, network: { ...network, zones: ["eu-west-1a", "eu-west-1a"] } },
                "loglake:network.zones must not name an item twice",
            ],
            [
                "a zone of another Region",
                { ...minimal, network: { ...network, zones: ["eu-west-1a", "us-east-1b"] } },
                "loglake:network.zones must be in aws:region (eu-west-1), got us-east-1b",
            ],
            [
                "subnets without their VPC",
                { ...minimal, network: { subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"] } },
                "loglake:network.vpcId is missing",
            ],
            [
                "a schedule with two kinds of day",
                { ...minimal, workflow: { scheduleExpression: "cron(0 2 * * * *)" } },
                'loglake:workflow.scheduleExpression must be a schedule such as cron(0 2 * * ? *), got "cron(0 2 * * * *)"',
            ],
            [
                "a maintenance window without a day",
                { ...minimal, warehouse: { maintenanceWindow: "04:30-05:30" } },
                "loglake:warehouse.maintenanceWindow must be a window such as sun:04:30-sun:05:30",
            ],
            [
                "a time zone that does not exist",
                { ...minimal, workflow: { scheduleTimezone: "Europe/Atlantis" } },
                'loglake:workflow.scheduleTimezone must be a time zone such as Europe/Dublin, got "Europe/Atlantis"',
            ],
            [
                "an address that is none, by its place",
                { ...minimal, monitoring: { alertEmails: ["ops@example.com", "ops"] } },
                'loglake:monitoring.alertEmails[1] must be an e-mail address, got "ops"',
            ],
            [
                "a ratio above one",
                { ...minimal, workflow: { quarantineRatioLimit: 5 } },
                "loglake:workflow.quarantineRatioLimit must be a number from 0 to 1, got 5",
            ],
            [
                "a name from which no bucket could be named",
                { ...minimal, name: "Loglake_Dev" },
                "loglake:name must be 1 to 23 lower-case letters",
            ],
        ];
        for (const [what, values, message] of wrong) {
            it(what, async () => {
                const error = await rejection(settingsOf(values));

                expect(error.message.split("\n  ").slice(1)).to.satisfy(
                    ([first = "", ...others]: string[]) =>
                        first.startsWith(message) && others.length === 0,
                    error.message,
                );
            });
        }

        it("a stack whose name makes the deployment's too long", async () => {
            const long = settingsOf(minimal, { stack: "somebodys-long-feature" });

            await expectRejection(
                long,
                /loglake:name must be 1 to 23 .*"loglake-somebodys-long-feature"/,
            );
        });

        it("a stack without a Region", async () => {
            await expectRejection(settingsOf(minimal, { aws: {} }), /aws:region is missing/);
        });

        it("everything that is wrong in one error, which names the stack", async () => {
            const error = await rejection(
                settingsOf(
                    {
                        network: { ...network, zones: ["us-east-1a"], natGateways: 1 },
                        lake: { rawExpirationDays: 10, stagingExpirationDays: 0 },
                        spark: { mode: "transient", instanceTypes: [] },
                        protected: true,
                    },
                    { stack: "prod" },
                ),
            );

            expect(pulumi.RunError.isInstance(error)).to.equal(true);
            expect(error.message.split("\n  ")).to.deep.equal([
                "wrong settings in stack prod (7):",
                "loglake:protected is unknown, did you mean protect?",
                "loglake:network.natGateways is unknown, known are cidrBlock, zones, flowLogRetentionDays, keyDeletionWindowDays",
                "loglake:network.zones must have 2 to 6 items, got 1",
                "loglake:lake.stagingExpirationDays must be a whole number from 1 to 36500, got 0",
                "loglake:spark.instanceTypes must have 1 or more items, got 0",
                "loglake:lake.rawExpirationDays must be after rawTransitionToGlacierDays (90), got 10",
                "loglake:network.zones must be in aws:region (eu-west-1), got us-east-1a",
            ]);
        });
    });

    describe("of the stacks that come with the program", () => {
        const settings = async (stack: string) =>
            (await deploy(loadSettings, { stack, config: stackConfig(stack) })).result;

        it("make dev small and destroyable, in two zones", async () => {
            const dev = await settings("dev");

            expect(dev).to.include({ name: "loglake-dev", protect: false, forceDestroy: true });
            expect(dev.network).to.have.property("zones").with.length(2);
            expect(dev.spark.mode).to.equal("transient");
        });

        it("protect prod with both keys, in three zones", async () => {
            const prod = await settings("prod");

            expect(prod).to.include({ name: "loglake-prod", protect: true, forceDestroy: false });
            expect(stackConfig("prod")["loglake:allowDestroy"]).to.equal("false");
            expect(prod.network).to.have.property("zones").with.length(3);
            expect(prod.spark.mode).to.equal("persistent");
        });
    });
});

async function rejection(promise: Promise<unknown>): Promise<Error> {
    try {
        await promise;
    } catch (error) {
        if (error instanceof Error) return error;
    }
    throw new Error("expected a rejection");
}
