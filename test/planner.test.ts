import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { bundlePlanner } from "../components/workflow/plannerCode";
import { formats, tables } from "../formats";
import { readInput } from "../planner/input";
import { plan, type CatalogTable } from "../planner/plan";

const run = { runId: "run-1", dt: "2026-09-30", processedBucket: "processed" };

function table(
    source: string,
    classification?: string,
    dt: string | undefined = run.dt,
): CatalogTable {
    const location = `s3://raw/${source}/`;
    return {
        name: source.toLowerCase(),
        location,
        classification,
        dayLocation: dt === "" ? undefined : `${location}dt=${dt}`,
    };
}

describe("planner", () => {
    describe("input", () => {
        it("is a day", () => {
            expect(readInput({ dt: "2024-02-29", runId: "r_1-A" })).to.deep.equal({
                dt: "2024-02-29",
                runId: "r_1-A",
            });
        });

        for (const [scheduledTime, dt] of [
            ["2026-10-01T02:00:00Z", "2026-09-30"],
            ["2026-03-01T00:00:00Z", "2026-02-28"],
            ["2026-10-01T01:00:00+02:00", "2026-09-29"],
            ["2026-12-31T22:30:00-05:00", "2026-12-31"],
        ] as const) {
            it(`is the UTC day before ${scheduledTime}`, () => {
                expect(readInput({ scheduledTime, runId: "r" }).dt).to.equal(dt);
            });
        }

        it("is the day where both are given", () => {
            const scheduledTime = "2026-10-01T02:00:00Z";
            expect(readInput({ dt: "2026-01-01", scheduledTime, runId: "r" }).dt).to.equal(
                "2026-01-01",
            );
        });

        for (const [input, message] of [
            [{ dt: "2026-02-30", runId: "r" }, 'dt must be a day as YYYY-MM-DD, got "2026-02-30"'],
            [{ dt: "yesterday", runId: "r" }, 'dt must be a day as YYYY-MM-DD, got "yesterday"'],
            [{ dt: 20260930, runId: "r" }, "dt must be a day as YYYY-MM-DD, got 20260930"],
            [{ dt: null, runId: "r" }, "dt must be a day as YYYY-MM-DD, got null"],
            [
                { scheduledTime: "2026-10-01", runId: "r" },
                'scheduledTime must be an ISO 8601 time with its offset, got "2026-10-01"',
            ],
            [
                { scheduledTime: "2026-10-01T02:00:00", runId: "r" },
                'scheduledTime must be an ISO 8601 time with its offset, got "2026-10-01T02:00:00"',
            ],
            [
                { runId: "r" },
                'the input must be an object with "dt" or "scheduledTime", got {"runId":"r"}',
            ],
            [
                { dt: "2026-09-30", runId: "a.b" },
                'the name of the execution must be 1 to 80 letters, digits, - and _, got "a.b"',
            ],
            [
                { dt: "2026-09-30" },
                "the name of the execution must be 1 to 80 letters, digits, - and _, got nothing",
            ],
            [null, "the input must be a JSON object, got null"],
        ] as const) {
            it(`refuses ${JSON.stringify(input)}, saying why`, () => {
                expect(() => readInput(input))
                    .to.throw(message)
                    .with.property("name", "InvalidInput");
            });
        }
    });

    describe("plan", () => {
        it("holds each source of the day, and the declarations that Spark needs", () => {
            const catalog = [
                table("web", "common"),
                table("API-Gateway", "json"),
                table("old", "json", ""),
            ];

            expect(plan(run, catalog, { formats, tables })).to.deep.equal({
                version: 1,
                runId: "run-1",
                dt: "2026-09-30",
                processed: "s3://processed",
                sources: [
                    {
                        source: "API-Gateway",
                        location: "s3://raw/API-Gateway/dt=2026-09-30/",
                        format: "json",
                    },
                    { source: "web", location: "s3://raw/web/dt=2026-09-30/", format: "common" },
                ],
                formats: Object.fromEntries(
                    formats.filter(({ name }) => name !== "combined").map((f) => [f.name, f]),
                ),
                tables: Object.fromEntries(tables.map((t) => [t.name, t])),
            });
        });

        it("refuses a day that no source has files of, naming day and sources", () => {
            const catalog = [table("web", "combined", ""), table("api", "json", "")];
            expect(() => plan(run, catalog, { formats, tables }))
                .to.throw(/none of the sources has files of 2026-09-30.*for api, web$/)
                .with.property("name", "NoData");
        });

        it("refuses an empty catalog", () => {
            expect(() => plan(run, [], { formats, tables }))
                .to.throw(/the catalog has no sources: .*<source>\/dt=2026-09-30\//)
                .with.property("name", "NoData");
        });

        for (const classification of ["UNKNOWN", "csv", undefined]) {
            it(`refuses a source that is classified as ${classification ?? "nothing"}`, () => {
                const catalog = [table("web", "combined"), table("odd", classification)];
                expect(() => plan(run, catalog, { formats, tables }))
                    .to.throw(/source odd at s3:\/\/raw\/odd\/dt=2026-09-30\/ is classified as/)
                    .with.property("name", "UnknownFormat");
            });
        }
    });

    describe("function", () => {
        let server: Server;
        let folder: string;
        let requests: { method: string; path: string; target: string; body: any }[];
        let partitions: Record<string, string>;

        before(() => {
            folder = mkdtempSync(join(tmpdir(), "planner-"));
            writeFileSync(join(folder, "index.js"), bundlePlanner({ formats, tables }));
        });
        after(() => {
            rmSync(folder, { recursive: true });
        });

        beforeEach(async () => {
            requests = [];
            partitions = { web: "s3://raw/web/dt=2026-09-30/" };
            server = createServer((request, response) => {
                void answer(request).then(([status, body]) => {
                    response.writeHead(status).end(body);
                });
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        });
        afterEach(() => {
            server.closeAllConnections();
            server.close();
        });

        /** Glue with two pages of one table each, and S3. */
        async function answer(request: IncomingMessage): Promise<[number, string]> {
            const chunks: Buffer[] = [];
            for await (const chunk of request) chunks.push(chunk as Buffer);
            const text = Buffer.concat(chunks).toString();
            const target = String(request.headers["x-amz-target"] ?? "").replace("AWSGlue.", "");
            const body = JSON.parse(text === "" ? "{}" : text);
            requests.push({ method: request.method ?? "", path: request.url ?? "", target, body });
            if (target === "GetTables") {
                const page = body.NextToken === undefined ? "web" : "api";
                const more = page === "web" ? { NextToken: "2" } : {};
                return [200, JSON.stringify({ TableList: [glueTable(page)], ...more })];
            }
            if (target === "GetPartition") {
                const Location = partitions[body.TableName];
                if (Location === undefined) {
                    return [
                        400,
                        JSON.stringify({ __type: "EntityNotFoundException", Message: "none" }),
                    ];
                }
                return [200, JSON.stringify({ Partition: { StorageDescriptor: { Location } } })];
            }
            return [200, ""];
        }

        /** Invokes the bundle in a process of its own, as Lambda does, and returns the output or the error. */
        async function invoke(input: unknown): Promise<any> {
            const script =
                `require(${JSON.stringify(join(folder, "index.js"))}).handler(${JSON.stringify(input)})` +
                ".then((output) => ({ output }), ({ name, message, stack }) => ({ error: { name, message, stack } }))" +
                ".then((result) => console.log(JSON.stringify(result)))";
            const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
                env: {
                    PATH: process.env.PATH,
                    NODE_PATH: join(__dirname, "..", "node_modules"),
                    AWS_ENDPOINT_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
                    AWS_REGION: "eu-west-1",
                    AWS_ACCESS_KEY_ID: "id",
                    AWS_SECRET_ACCESS_KEY: "secret",
                    RAW_DATABASE: "loglake_dev_raw",
                    PROCESSED_BUCKET: "processed",
                },
            });
            return JSON.parse(stdout);
        }

        it("writes the plan from every page of the catalog, and says where it is", async () => {
            partitions.api = "s3://raw/api/dt=2026-09-30/";

            const { output } = await invoke({
                scheduledTime: "2026-10-01T02:00:00Z",
                runId: "run-1",
            });

            expect(output).to.deep.equal({
                dt: "2026-09-30",
                runId: "run-1",
                planUri: "s3://processed/_runs/run-1/plan.json",
                manifestKey: "_runs/run-1/manifest.json",
                sources: 2,
            });
            const written = requests.find(({ method }) => method === "PUT");
            expect(written?.path).to.match(/^\/processed\/_runs\/run-1\/plan\.json(\?|$)/);
            const { body } = written ?? {};
            expect(body.sources.map(({ source }: any) => source)).to.deep.equal(["api", "web"]);
            expect(Object.keys(body.tables)).to.deep.equal(tables.map(({ name }) => name));
            const lookUps = requests.filter(({ target }) => target !== "");
            for (const lookUp of lookUps) {
                expect(lookUp.body.DatabaseName).to.equal("loglake_dev_raw");
            }
        });

        it("passes over a source without files of the day", async () => {
            const { output } = await invoke({ dt: "2026-09-30", runId: "run-1" });
            expect(output.sources).to.equal(1);
            const asked = requests.filter(({ target }) => target === "GetPartition");
            expect(asked.map(({ body }) => body.PartitionValues)).to.deep.equal(
                Array(2).fill(["2026-09-30"]),
            );
        });

        it("fails by name, without a trace, and writes nothing", async () => {
            partitions = {};
            const { error } = await invoke({ dt: "2026-09-30", runId: "run-1" });
            expect(error.name).to.equal("NoData");
            expect(error.stack).to.equal(`NoData: ${String(error.message)}`);
            expect(requests.filter(({ method }) => method === "PUT")).to.be.empty;
        });
    });

    describe("bundle", () => {
        it("is the same text each time, from whatever folder", () => {
            const here = process.cwd();
            const first = bundlePlanner({ formats, tables });
            try {
                process.chdir(tmpdir());
                expect(bundlePlanner({ formats, tables })).to.equal(first);
            } finally {
                process.chdir(here);
            }
        });

        it("holds no path of this machine and not the AWS SDK", () => {
            const text = bundlePlanner({ formats, tables });
            expect(text).to.not.contain(join(__dirname, ".."));
            expect(text).to.match(/require\("@aws-sdk\/client-s3"\)/);
            expect(text.length).to.be.lessThan(100_000);
        });
    });
});

function glueTable(name: string) {
    return {
        Name: name,
        PartitionKeys: [{ Name: "dt", Type: "string" }],
        Parameters: { classification: name === "web" ? "combined" : "json" },
        StorageDescriptor: { Location: `s3://raw/${name}/` },
    };
}
