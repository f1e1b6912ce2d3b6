/** Parsing: an access log to typed Parquet, by the deployed code and by others. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { formats, tables } from "../../formats";
import { plan } from "../../planner/plan";
import type { Bench, Benchmark, Contender, Measured } from "../benchmark";
import { answerOf, bytesIn, measureTwice, requireSame, rowsOf, type Answer } from "../conversions";
import { cpuSeconds, watchMemory } from "../processTree";

const root = join(__dirname, "..", "..");
const peers = join(__dirname, "..", "peers");

/** Ways of `peers/spark.py`, and what a reader has to know of each. */
const sparkWays = {
    parser: "the deployed functions, with the columns of the peers; bad lines are kept, with the reason",
    job: "the deployed job without its analyses: numbers lines, knows agents, quarantines, counts; 24 columns",
    regexp_extract: "PySpark with one regexp_extract a field; bad lines are dropped",
    from_csv: "PySpark with from_csv; bad lines are dropped, an escaped quote is misread",
    floor: "PySpark that writes lines as it reads them: no parsing",
};

/** Fails unless the rows of the Parquet files of a pattern are what they must be. */
type Check = (glob: string) => Promise<void>;

/** The first contender is the deployed parser, like for like. */
export const parsing: Benchmark = {
    name: "parsing",
    title: "an access log to typed Parquet (zstd)",
    contenders: (bench) => {
        let expected: Answer | undefined;
        const events =
            (condition?: string): Check =>
            async (glob) => {
                const answer = await answerOf(glob, condition);
                expected ??= firstAnswer(answer, bench);
                requireSame(answer, expected);
            };
        const lines: Check = async (glob) => {
            requireSame({ rows: String(await rowsOf(glob)) }, { rows: String(bench.log.lines) });
        };
        return [
            spark(bench, "parser", events("reason is null")),
            spark(bench, "job", events()),
            spark(bench, "regexp_extract", events()),
            spark(bench, "from_csv", events()),
            spark(bench, "floor", lines),
            duckdb(bench, events()),
            goaccess(bench),
        ];
    },
};

/** What the others are held to; of a log that was made, the number of requests is known. */
function firstAnswer(answer: Answer, { log }: Bench): Answer {
    if (log.events !== undefined) requireSame(answer, { ...answer, rows: String(log.events) });
    return answer;
}

function spark(bench: Bench, name: keyof typeof sparkWays, check: Check): Contender {
    const run = async (folder: string): Promise<Measured> => {
        const out = join(folder, "out");
        const planFile = join(folder, "plan.json");
        writeFileSync(planFile, JSON.stringify(planOf(bench, folder, out)));
        const { python, javaHome } = bench.toolchain;
        const measured = await measureTwice(bench, {
            command: python,
            args: [join(peers, "spark.py"), name, planFile, out],
            env: {
                ...process.env,
                JAVA_HOME: javaHome,
                PYSPARK_PYTHON: python,
                PYSPARK_SUBMIT_ARGS: submitArguments(folder),
                PYTHONPATH: join(root, "spark-app", "src"),
                SPARK_LOCAL_IP: "127.0.0.1",
            },
            cwd: folder,
        });
        const events = name === "job" ? join(out, "events") : out;
        await check(join(events, "**", "*.parquet"));
        return { ...measured, "output: MB": bytesIn(events) / 1e6 };
    };
    return { name, note: sparkWays[name], run };
}

/** The planner's plan of the log, without the analyses: nothing else parses. */
function planOf({ log }: Bench, folder: string, out: string): object {
    const raw = join(folder, "raw");
    mkdirSync(raw);
    symlinkSync(log.path, join(raw, basename(log.path)));
    const location = `${pathToFileURL(raw).href}/`;
    const catalog = [{ name: "web", location, classification: "combined", dayLocation: location }];
    const parsed = tables.filter(({ name }) => name === "events" || name === "quarantine");
    const run = { runId: "bench", dt: "2026-01-01", processedBucket: "processed" };
    return {
        ...plan(run, catalog, { formats, tables: parsed }),
        processed: pathToFileURL(out).href,
    };
}

function submitArguments(folder: string): string {
    const settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": folder,
    };
    const confs = Object.entries(settings).map(([name, value]) => `--conf ${name}=${value}`);
    return ["--master local[*] --driver-memory 2g", ...confs, "pyspark-shell"].join(" ");
}

function duckdb(bench: Bench, check: Check): Contender {
    const run = async (folder: string): Promise<Measured> => {
        const out = join(folder, "events.parquet");
        const script = join(peers, "duckdb.ts");
        const measured = await measureTwice(bench, {
            command: process.execPath,
            args: ["--import", "tsx", script, bench.log.path, out],
            env: process.env,
            cwd: root,
        });
        await check(out);
        return { ...measured, "output: MB": bytesIn(folder) / 1e6 };
    };
    const note =
        "one regexp_extract for all fields; one machine, no cluster; bad lines are dropped";
    return { name: "duckdb", note, run };
}

function goaccess(bench: Bench): Contender {
    const run = async (folder: string): Promise<Measured> => {
        const report = join(folder, "report.json");
        const stopWatching = watchMemory();
        const [begun, cpu] = [performance.now(), cpuSeconds()];
        const { code, tail } = await bench.processes.run({
            command: "goaccess",
            args: [bench.log.path, "--log-format=COMBINED", "--no-global-config", "-o", report],
            env: process.env,
            cwd: folder,
        });
        if (code !== 0) throw new Error(`exit code ${String(code)}: ${tail.slice(-5).join(" | ")}`);
        const seconds = (performance.now() - begun) / 1000;
        const { general } = JSON.parse(readFileSync(report, "utf8")) as {
            general: { valid_requests: number };
        };
        if (bench.log.events !== undefined) {
            const expected = { requests: String(bench.log.events) };
            requireSame({ requests: String(general.valid_requests) }, expected);
        }
        return {
            "first time, with the start: s": seconds,
            "second time in the process: s": seconds,
            "second time in the process: processor s": cpuSeconds() - cpu,
            "peak memory: MB": stopWatching() / 1e6,
        };
    };
    const { error } = spawnSync("goaccess", ["--version"]);
    return {
        name: "goaccess",
        note: "counts only: no typed rows, no Parquet; a process each time",
        ...(error === undefined ? {} : { missing: "goaccess is not installed" }),
        run,
    };
}
