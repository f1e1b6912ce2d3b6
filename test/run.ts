/**
 * `npm test`: every test, fast ones first, and one line of counts at the end.
 *
 * `npm test -- PATTERN` runs the suites whose name holds PATTERN: `mocha`, `spark-app`, `etl`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setUp, stateFolder, UserError, type Toolchain } from "../local/setup";

interface Counts {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: readonly string[];
}

interface Suite {
    readonly name: string;
    readonly run: (toolchain: Toolchain) => Promise<Counts>;
}

const root = join(__dirname, "..");

const suites: readonly Suite[] = [
    { name: "spark-app", run: (toolchain) => pytest("spark-app", toolchain) },
    { name: "etl", run: (toolchain) => pytest("etl", toolchain) },
    { name: "mocha", run: mocha },
];

async function main(): Promise<void> {
    const toolchain = await setUp((line) => {
        console.log(line);
    });
    const wanted = process.argv[2] ?? "";
    const total = { passed: 0, failed: 0, skipped: [] as string[] };
    for (const suite of suites.filter(({ name }) => name.includes(wanted))) {
        console.log(`\n== ${suite.name}`);
        const counts = await suite.run(toolchain);
        total.passed += counts.passed;
        total.failed += counts.failed;
        total.skipped.push(...counts.skipped.map((title) => `${suite.name}: ${title}`));
    }
    if (total.skipped.length > 0) console.log(`\nskipped:\n  ${total.skipped.join("\n  ")}`);
    console.log(`\n${String(total.passed)} passed, ${String(total.failed)} failed`);
    process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function mocha(toolchain: Toolchain): Promise<Counts> {
    const file = countsFile("mocha.json");
    const bin = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const reporter = join(__dirname, "support", "reporter.cjs");
    const code = await run(process.execPath, [bin, "--reporter", reporter], root, {
        LOGLAKE_TEST_COUNTS: file,
        LOGLAKE_PYTHON: toolchain.python,
    });
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
    const counts = JSON.parse(readFileSync(file, "utf8")) as Counts;
    // a hook or a load error fails the run without failing a test
    return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

async function pytest(folder: string, toolchain: Toolchain): Promise<Counts> {
    const file = countsFile(`${folder}.xml`);
    const code = await run(
        toolchain.python,
        ["-m", "pytest", "-q", "-rs", `--junitxml=${file}`],
        join(root, folder),
        {
            JAVA_HOME: toolchain.javaHome,
            PYSPARK_PYTHON: toolchain.python,
            SPARK_LOCAL_IP: "127.0.0.1",
        },
    );
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
    const xml = readFileSync(file, "utf8");
    const count = (attribute: string) =>
        Number(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`).exec(xml)?.[1] ?? 0);
    const skipped = [...xml.matchAll(/<testcase [^>]*\bname="([^"]*)"[^>]*><skipped/g)].map(
        (match) => match[1] ?? "",
    );
    const failed = count("failures") + count("errors");
    return {
        passed: count("tests") - failed - count("skipped"),
        failed: code === 0 ? failed : Math.max(failed, 1),
        skipped,
    };
}

function countsFile(name: string): string {
    const folder = join(stateFolder, "test");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, name);
    rmSync(file, { force: true });
    return file;
}

function run(
    command: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
): Promise<number> {
    const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "inherit", "inherit"],
    });
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
            resolve(code ?? 1);
        });
    });
}

main().catch((error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    console.log("\n0 passed, 1 failed");
    process.exitCode = 1;
});
