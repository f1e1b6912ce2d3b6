/** The whole run on this machine, as a user starts it. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDBInstance } from "@duckdb/node-api";
import { sampleDays, writeSamples } from "../../local/samples";
import { installed } from "../../local/setup";
import type { Summary } from "../../local/summary";

const root = join(__dirname, "..", "..");
const apacheLog = join(
    process.env["LOGLAKE_SHARED_DATA"] ?? join(root, "..", "shared", "data"),
    "apache",
    "apache_combined.log",
);

interface Ended {
    readonly code: number | null;
    readonly output: string;
}

/** Starts `npm run local -- ARGS`; `onOutput` is told of all output so far. */
function local(
    args: readonly string[],
    onOutput?: (output: string, stop: () => void, pid: number) => void,
): Promise<Ended> {
    const child = spawn(process.execPath, ["--import", "tsx", "local/run.ts", ...args], {
        cwd: root,
    });
    let output = "";
    const take = (chunk: Buffer) => {
        output += chunk.toString();
        onOutput?.(output, () => child.kill("SIGINT"), child.pid ?? 0);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
            resolve({ code, output });
        });
    });
}

function summaryIn(out: string): Summary {
    return JSON.parse(readFileSync(join(out, "summary.json"), "utf8")) as Summary;
}

async function rows(sql: string): Promise<unknown[][]> {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
        const reader = await connection.runAndReadAll(sql);
        return reader.getRowsJson();
    } finally {
        connection.closeSync();
        instance.closeSync();
    }
}

function refusesConnections(endpoint: string): Promise<boolean> {
    const { hostname, port } = new URL(endpoint);
    return new Promise((resolve) => {
        const socket = createConnection(Number(port), hostname);
        socket.once("connect", () => {
            socket.destroy();
            resolve(false);
        });
        socket.once("error", () => {
            resolve(true);
        });
    });
}

describe("npm run local", () => {
    let out: string;
    beforeEach(() => {
        out = mkdtempSync(join(tmpdir(), "loglake-run-"));
    });
    afterEach(() => {
        rmSync(out, { recursive: true, force: true });
    });

    describe("says in a sentence, and with exit code 1, that", () => {
        const cases: { title: string; args: () => string[]; sentence: RegExp }[] = [
            {
                title: "a path doesn't exist",
                args: () => ["--logs", join(out, "none")],
                sentence: /^loglake: no such file or folder: .*none$/,
            },
            {
                title: "a folder holds no logs",
                args: () => ["--logs", out],
                sentence: /^loglake: no logs in /,
            },
            {
                title: "a stack is unknown",
                args: () => ["--stack", "staging"],
                sentence: /^loglake: unknown stack staging: there is dev and prod$/,
            },
            {
                title: "a day is none",
                args: () => ["--dt", "2026-02-30"],
                sentence: /^loglake: --dt must be a day as YYYY-MM-DD, got 2026-02-30$/,
            },
            {
                title: "a day has no data",
                args: () => ["--dt", "2020-01-01"],
                sentence: /^loglake: no logs of 2020-01-01: there are /,
            },
            {
                title: "an option is unknown",
                args: () => ["--days", "3"],
                sentence: /^loglake: Unknown option '--days'; see --help$/,
            },
        ];
        for (const { title, args, sentence } of cases) {
            it(title, async () => {
                const { code, output } = await local(args());
                expect(output.trim()).to.match(sentence);
                expect(code).to.equal(1);
            });
        }
    });

    it("explains itself", async () => {
        const { code, output } = await local(["--help"]);
        expect(output).to.include("--logs PATH...").and.to.include("--keep");
        expect(code).to.equal(0);
    });

    describe("with the toolchain installed", function () {
        this.timeout(600_000);
        before(function () {
            if (installed() === undefined) this.skip();
        });

        it("says that a port is in use, and leaves nothing running", async () => {
            const server = createServer();
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const { port } = server.address() as AddressInfo;
            const { code, output } = await local(["--port", String(port), "--out", out]);
            server.close();
            expect(output).to.include(`loglake: port ${String(port)} of 127.0.0.1 is in use`);
            expect(code).to.equal(1);
        });

        it("takes the samples' newest day through the whole chain, and counts every line of it", async () => {
            const truth = writeSamples(join(out, "samples")).filter(
                ({ dt }) => dt === sampleDays.at(-1),
            );
            const sum = (of: "lines" | "events" | "malformed" | "skipped") =>
                truth.reduce((total, each) => total + each[of], 0);

            const { code, output } = await local(["--out", out]);

            expect(code, output).to.equal(0);
            const summary = summaryIn(out);
            expect(summary).to.include({
                stack: "dev",
                dt: sampleDays.at(-1),
                linesIn: sum("lines"),
                events: sum("events"),
                quarantined: sum("malformed"),
                skipped: sum("skipped"),
                redshiftRows: sum("events"),
                spectrumRows: sum("events"),
            });
            expect(summary.resources["aws:s3/bucket:Bucket"]).to.equal(4);
            expect(summary.states.map(({ name }) => name)).to.include.members([
                "StartCrawler",
                "Plan",
                "RunSpark",
                "Load",
                "CountRows",
            ]);
            const alarms = new Map(summary.alarms.map(({ name, state }) => [name, state]));
            expect(alarms.get("loglake-dev-zero-events")).to.equal("OK");
            expect(alarms.get("loglake-dev-nothing-succeeded")).to.equal("OK");

            const events = join(out, "processed", "events", "**", "*.parquet");
            expect(
                await rows(
                    `select source, count(*)::int from read_parquet('${events}') group by 1 order by 1`,
                ),
            ).to.deep.equal(truth.map(({ source, events: count }) => [source, count]).sort());
        });

        it("runs prod's cluster that stays as it runs dev's that comes and goes", async () => {
            const log = join(out, "few.log");
            writeFileSync(
                log,
                '192.0.2.1 - - [01/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"\nnot a log line\n'.repeat(
                    30,
                ),
            );
            const { code, output } = await local([
                "--stack",
                "prod",
                "--logs",
                log,
                "--source",
                "web",
                "--out",
                out,
            ]);
            // half of the lines are quarantined: the gate refuses the day, and says so
            expect(output).to.match(
                /loglake: the run of .* failed in QuarantineRatio: 30 of 60 lines/,
            );
            expect(output).to.match(/web +no_match +few\.log +2 +not a log line/);
            expect(code).to.equal(1);
            expect(output).not.to.include("LaunchCluster");
        });

        it("leaves no process and no port behind when it is interrupted in Spark", async () => {
            let interrupted = false;
            const { code, output } = await local(["--out", out], (soFar, stop) => {
                if (interrupted || !soFar.includes("RunSpark ...")) return;
                interrupted = true;
                setTimeout(stop, 4000); // when the JVM runs
            });
            expect(code, output).to.equal(1);
            expect(output).to.include("loglake: stopped");
            const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? "";
            expect(await refusesConnections(endpoint)).to.equal(true);
            expect(processesNaming(out)).to.deep.equal([]);
        });

        it("ends with the npm that started it", async () => {
            const npm = spawn("npm", ["run", "local", "--", "--out", out], { cwd: root });
            const closed = new Promise((resolve) => npm.once("close", resolve));
            let output = "";
            npm.stdout.on("data", (chunk: Buffer) => {
                const before = output;
                output += chunk.toString();
                const hasBegun = (text: string) => text.includes("one endpoint for all of AWS");
                if (hasBegun(output) && !hasBegun(before)) npm.kill("SIGTERM");
            });
            await closed; // its output is, when the last of those that write to it has ended
            expect(output).to.include("one endpoint for all of AWS");
            expect(processesNaming(out)).to.deep.equal([]);
        });

        it("ends with a sentence when a service ends under it", async () => {
            let killed = false;
            const { code, output } = await local(["--out", out], (soFar, _stop, pid) => {
                if (killed || !soFar.includes("deploying stack")) return;
                killed = true;
                for (const child of childrenOf(pid)) process.kill(child, "SIGKILL"); // moto is the only one by now
            });
            expect(output).to.match(
                /^loglake: a service of the run is gone: moto ended with SIGKILL$/m,
            );
            expect(output).not.to.match(/^\s+at /m);
            expect(code).to.equal(1);
            expect(processesNaming(out)).to.deep.equal([]);
        });

        it("counts a real log by status and by day as awk does", async function () {
            if (!existsSync(apacheLog)) this.skip();
            const { code, output } = await local([
                "--logs",
                apacheLog,
                "--dt",
                "2015-05-21",
                "--out",
                out,
            ]);
            expect(code, output).to.equal(0);
            expect(summaryIn(out)).to.include({
                linesIn: 10_000,
                events: 9_999,
                quarantined: 1,
                skipped: 0,
                redshiftRows: 9_999,
            });

            // as awk '{print $9}' and awk -F'[[:/]' '{print $2}' count, less the line that is malformed
            const lines = readFileSync(apacheLog, "utf8")
                .trimEnd()
                .split("\n")
                .filter((line) => line.endsWith('"'));
            const events = join(out, "processed", "events", "**", "*.parquet");
            const count = (of: string) =>
                rows(
                    `select ${of}, count(*)::int from read_parquet('${events}') group by 1 order by 1`,
                );
            expect(await count("http_response_status_code::varchar")).to.deep.equal(
                tally(lines.map((line) => line.split(" ")[8] ?? "")),
            );
            expect(await count("day(event_time)::varchar")).to.deep.equal(
                tally(lines.map((line) => line.split(/[[/]/)[1] ?? "")),
            );
        });
    });
});

function tally(values: readonly string[]): [string, number][] {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function childrenOf(pid: number): number[] {
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
}

/** Command lines of running processes that name `folder`. */
function processesNaming(folder: string): string[] {
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
        .map((pid) => {
            try {
                return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
            } catch {
                return ""; // it has ended in the meantime
            }
        })
        .filter((command) => command.includes(folder));
}
