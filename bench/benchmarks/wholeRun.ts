/** The whole run: `npm run local` on the log, stage by stage. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Summary } from "../../local/summary";
import type { Bench, Benchmark, Measured } from "../benchmark";
import { bytesIn, requireSame } from "../conversions";
import { cpuSeconds, watchMemory } from "../processTree";

/** One contender: nobody else has the same chain. */
export const wholeRun: Benchmark = {
    name: "whole-run",
    title: "npm run local: deployed, crawled, parsed, analysed, loaded, counted",
    contenders: (bench) => [
        {
            name: "local",
            note: "the workflow as deployed, on stand-ins for the AWS services; everything is installed before",
            run: (folder) => localRun(bench, folder),
        },
    ],
};

/** States of the workflow by the stage that a reader knows; all others are `rest of the workflow`. */
const stages: readonly (readonly [stage: string, state: RegExp])[] = [
    ["crawl: s", /Crawl/],
    ["Spark step: s", /^RunSpark$/],
    ["Glue job: s", /^Load$/],
    ["rest of the workflow: s", /./],
];

/**
 * Runs `npm run local` once; `options` go to its command line.
 *
 * @throws Error when it fails or loses a line.
 */
export async function localRun(
    bench: Bench,
    folder: string,
    options: readonly string[] = [],
): Promise<Measured> {
    const root = join(__dirname, "..", "..");
    const log = ["--logs", bench.log.path, "--source", "web", "--dt", "2026-01-01"];
    const stopWatching = watchMemory();
    const [begun, cpu] = [performance.now(), cpuSeconds()];
    const { code, tail } = await bench.processes.run({
        command: process.execPath,
        args: [
            "--import",
            "tsx",
            join(root, "local", "run.ts"),
            ...log,
            "--out",
            folder,
            ...options,
        ],
        env: process.env,
        cwd: root,
    });
    const memory = stopWatching();
    if (code !== 0) throw new Error(`exit code ${String(code)}: ${tail.slice(-5).join(" | ")}`);
    const seconds = (performance.now() - begun) / 1000;
    const summary = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as Summary;
    requireAllLines(summary, bench);

    const inWorkflow = summary.states.reduce((sum, state) => sum + state.seconds, 0);
    return {
        "whole run: s": seconds,
        "services, deployment, upload: s": seconds - inWorkflow,
        ...secondsByStage(summary),
        "whole run: processor s": cpuSeconds() - cpu,
        "peak memory: MB": memory / 1e6,
        "log: MB": bench.log.bytes / 1e6,
        "processed tables: MB": bytesIn(join(folder, "processed")) / 1e6,
    };
}

function secondsByStage(summary: Summary): Measured {
    const sums: Record<string, number> = Object.fromEntries(stages.map(([stage]) => [stage, 0]));
    for (const { name, seconds } of summary.states) {
        const [stage = ""] = stages.find(([, state]) => state.test(name)) ?? [];
        sums[stage] = (sums[stage] ?? 0) + seconds;
    }
    return sums;
}

function requireAllLines(summary: Summary, { log }: Bench): void {
    const { linesIn, events, redshiftRows, spectrumRows } = summary;
    requireSame(
        {
            "lines in": String(linesIn),
            events: String(events),
            "in Redshift": String(redshiftRows),
            "by Spectrum": String(spectrumRows),
        },
        {
            "lines in": String(log.lines),
            events: String(log.events ?? events),
            "in Redshift": String(events),
            "by Spectrum": String(events),
        },
    );
}
