import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { help, readArguments } from "../bench/arguments";
import { benchmarks } from "../bench/benchmarks";
import type { Bench, Contender } from "../bench/benchmark";
import { makeLog, userLog } from "../bench/logs";
import { cpuSeconds, hasProc } from "../bench/processTree";
import { report } from "../bench/report";
import { runRounds, spreadOf } from "../bench/rounds";
import { Processes } from "../local/processes";
import { expectRejection } from "./support/errors";

describe("bench/", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "loglake-bench-test-"))));
    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    /** A contender that writes down its turns and measures `values` one after the other. */
    const contender = (name: string, turns: string[], values: number[]): Contender => ({
        name,
        note: "",
        run: (own) => {
            turns.push(name);
            writeFileSync(join(own, "file"), "");
            const value = values.shift();
            if (value === undefined) throw new Error(`${name} is wrong`);
            return Promise.resolve({ seconds: value });
        },
    });
    const rounds = (count: number, ...contenders: Contender[]) =>
        runRounds(contenders, { rounds: count, folder, say: () => undefined });

    describe("the command line", () => {
        it("explains itself, with every benchmark's name", () => {
            const script = join(__dirname, "..", "bench", "run.ts");
            const { stdout, status } = spawnSync(
                process.execPath,
                ["--import", "tsx", script, "--help"],
                { cwd: join(__dirname, ".."), encoding: "utf8" },
            );
            expect(status).to.equal(0);
            expect(stdout).to.equal(`${help}\n`);
            for (const { name, title } of benchmarks)
                expect(help).to.include(name).and.include(title);
        });

        it("runs all of them on a million lines, three times, unless it is told otherwise", () => {
            const { chosen, lines, rounds: times, log } = readArguments([]);
            expect(chosen).to.deep.equal(benchmarks);
            expect([lines, times, log]).to.deep.equal([1_000_000, 3, undefined]);
            const [first] = benchmarks;
            const told = ["--only", first?.name ?? "", "--lines", "500", "--rounds", "1"];
            expect(readArguments(told)).to.deep.include({ chosen: [first], lines: 500, rounds: 1 });
        });

        for (const [args, message] of [
            [["--only", "speed"], `--only must be one of parsing, whole-run, gate, got speed`],
            [["--lines", "7"], "--lines must be a whole number of 100 at least, got 7"],
            [["--rounds", "few"], "--rounds must be a whole number of 1 at least, got few"],
            [["--logs", "a.log", "--lines", "500"], "--lines is for the log that is made"],
            [["--fast"], "Unknown option '--fast'; see --help"],
        ] as const) {
            it(`refuses ${args.join(" ")}`, () => {
                expect(() => readArguments(args)).to.throw(message);
            });
        }
    });

    it("has benchmarks and contenders that can be told apart, and a first one that is always there", () => {
        const names = benchmarks.map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
        for (const benchmark of benchmarks) {
            const contenders = benchmark.contenders({} as Bench);
            const own = contenders.map(({ name }) => name);
            expect(new Set(own).size, benchmark.name).to.equal(own.length);
            expect(contenders[0]?.missing, benchmark.name).to.equal(undefined);
        }
    });

    describe("rounds", () => {
        it("let the contenders take turns, each second round backwards, in folders that go", async () => {
            const turns: string[] = [];
            await rounds(3, contender("a", turns, [1, 1, 1]), contender("b", turns, [2, 2, 2]));
            expect(turns.join("")).to.equal("abbaab");
            expect(existsSync(join(folder, "a"))).to.equal(false);
        });

        it("leave out who is missing or wrong, and say why", async () => {
            const turns: string[] = [];
            const missing = { ...contender("m", turns, [1, 1, 1]), missing: "not installed" };
            const outcomes = await rounds(
                3,
                contender("a", turns, [1, 1, 1]),
                contender("w", turns, [5]),
                missing,
            );
            expect(turns.join("")).to.equal("awwaa");
            expect(outcomes.map(({ excluded }) => excluded)).to.deep.equal([
                undefined,
                "w is wrong",
                "not installed",
            ]);
            const text = report(outcomes);
            expect(text).to.include("not counted: w is wrong").and.not.include("5.0");
        });

        it("fail with the first, which all others are compared with", async () => {
            const failing = rounds(1, contender("a", [], []), contender("b", [], [1]));
            await expectRejection(failing, /^a is wrong$/);
        });

        it("are reported with ratios of the same round", async () => {
            const outcomes = await rounds(
                3,
                contender("a", [], [1, 2, 4]),
                contender("b", [], [4, 2, 2]),
            );
            const row = report(outcomes)
                .split("\n")
                .find((line) => line.startsWith("  b "));
            expect(row?.trim().split(/\s+/)).to.deep.equal([
                "b",
                "2.0",
                "2.0",
                "4.0",
                "0.50",
                "1.00",
                "4.00",
            ]);
        });

        it("have the mean of the two in the middle as the median of an even number", () => {
            expect(spreadOf([9, 1, 2, 4])).to.deep.equal({ min: 1, median: 3, max: 9 });
        });
    });

    describe("logs", () => {
        it("are made with as many lines as asked for, the same ones every time", async () => {
            const made = await makeLog(folder, 1234);
            const bytes = readFileSync(made.path);
            expect(made).to.deep.include({ lines: 1234, events: 1229, bytes: bytes.length });
            expect(bytes.toString().split("\n")).to.have.length(1235);
            expect(readFileSync((await makeLog(folder, 1234)).path).equals(bytes)).to.equal(true);
        });

        it("cover several days, and a few lines beyond the last are part of it", async () => {
            const made = await makeLog(folder, 200_050);
            expect(await userLog(made.path)).to.deep.include({ lines: 200_050 });
            expect(made.events).to.equal(200_040);
        });

        it("of the user are counted, in gzip too, and with a last line that has no end", async () => {
            const path = join(folder, "own.log.gz");
            writeFileSync(path, gzipSync("one\ntwo\nthree"));
            expect((await userLog(path)).lines).to.equal(3);
        });

        it("that are not there are refused", async () => {
            await expectRejection(userLog(join(folder, "none")), /^no such file: /);
        });
    });

    it("counts the processor time of what it started, ended or not", async function () {
        if (!hasProc) this.skip();
        const processes = new Processes();
        const begun = cpuSeconds();
        const burn = "while (process.cpuUsage().user < 400_000);";
        await processes.run({ command: process.execPath, args: ["-e", burn], env: process.env });
        await processes.close();
        expect(cpuSeconds() - begun).to.be.greaterThan(0.3);
    });
});
