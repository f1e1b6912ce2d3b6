/** `npm run bench`: the pipeline measured beside others. See `--help`. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { Processes } from "../local/processes";
import { setUp, UserError } from "../local/setup";
import { help, readArguments, type Arguments } from "./arguments";
import type { Bench } from "./benchmark";
import { makeLog, userLog } from "./logs";
import { hasProc } from "./processTree";
import { report } from "./report";
import { runRounds } from "./rounds";

const say = (line: string) => {
    console.log(line);
};

async function main(): Promise<void> {
    const args = readArguments(process.argv.slice(2));
    if (args.help) {
        say(help);
        return;
    }
    const toolchain = await setUp(say);
    const folder = mkdtempSync(join(tmpdir(), "loglake-bench-"));
    process.once("exit", () => {
        rmSync(folder, { recursive: true, force: true });
    });
    const processes = new Processes();
    try {
        await Promise.race([runAll(args, { toolchain, folder, processes }), interrupted()]);
    } finally {
        await processes.close();
    }
}

async function runAll(args: Arguments, place: Omit<Bench, "log">): Promise<void> {
    const { folder } = place;
    const { rounds } = args;
    const log = await (args.log === undefined ? makeLog(folder, args.lines) : userLog(args.log));
    const size = `${log.lines.toLocaleString("en-US")} lines, ${(log.bytes / 1e6).toFixed(0)} MB`;
    say(`${machine()}; ${size}; ${String(rounds)} rounds`);
    for (const { name, title, contenders } of args.chosen) {
        say(`\n== ${name}: ${title}`);
        const work = join(folder, name);
        const outcomes = await runRounds(contenders({ ...place, log }), {
            rounds,
            folder: work,
            say,
        });
        say(report(outcomes));
    }
}

/** Rejects when the user or the system asks the benchmark to end. */
function interrupted(): Promise<never> {
    return new Promise((_, reject) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
            process.once(signal, () => {
                reject(new UserError("stopped; everything that was started is ended"));
            });
    });
}

function machine(): string {
    const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
    const cores = `${String(availableParallelism())} cores`;
    const what = `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cores}, ${memory}`;
    return hasProc ? what : `${what} (memory and processor time are read on Linux only)`;
}

main().then(
    () => process.exit(0),
    (error: unknown) => {
        console.error(
            `loglake: ${error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error)}`,
        );
        process.exit(1);
    },
);
