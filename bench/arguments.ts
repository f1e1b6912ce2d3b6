/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { UserError } from "../local/setup";
import { benchmarks } from "./benchmarks";
import type { Benchmark } from "./benchmark";
import { fewestLines } from "./logs";

/** What the command line asks for. */
export interface Arguments {
    readonly help: boolean;
    readonly chosen: readonly Benchmark[];
    /** The user's log; undefined for one that is made. */
    readonly log: string | undefined;
    readonly lines: number;
    readonly rounds: number;
}

/** Text of `npm run bench -- --help`. */
export const help = `Measures the pipeline beside others that do the same work, on this machine, in one run: every contender once a round, in turns,
with least, median and most over the rounds and as ratios to the first. What comes out is checked; one that is wrong doesn't count.

  npm run bench -- [options]

  --only NAME        ${benchmarks.map(({ name }) => name).join(" or ")}; may be given again   (default: all)
  --lines N          lines of the access log that is made, ${String(fewestLines)} at least   (default: 1000000)
  --logs FILE        an access log of your own in its place, plain or gzip
  --rounds N         how often each contender runs            (default: 3)
  --help             this text

${benchmarks.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join("\n")}`;

/**
 * Reads the arguments after the script's name.
 *
 * @throws UserError when an option is unknown or a value can't be right.
 */
export function readArguments(argv: readonly string[]): Arguments {
    const values = parse(argv);
    const chosen = (values.only ?? benchmarks.map(({ name }) => name)).map((wanted) => {
        const found = benchmarks.find(({ name }) => name === wanted);
        if (found !== undefined) return found;
        const names = benchmarks.map(({ name }) => name).join(", ");
        throw new UserError(`--only must be one of ${names}, got ${wanted}`);
    });
    if (values.logs !== undefined && values.lines !== undefined)
        throw new UserError("--lines is for the log that is made; it doesn't go with --logs");
    return {
        help: values.help ?? false,
        chosen,
        log: values.logs,
        lines: wholeNumber("lines", values.lines ?? "1000000", fewestLines),
        rounds: wholeNumber("rounds", values.rounds ?? "3", 1),
    };
}

function wholeNumber(name: string, text: string, least: number): number {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new UserError(
        `--${name} must be a whole number of ${String(least)} at least, got ${text}`,
    );
}

function parse(argv: readonly string[]) {
    try {
        return parseArgs({
            args: [...argv],
            options: {
                help: { type: "boolean", short: "h" },
                only: { type: "string", multiple: true },
                lines: { type: "string" },
                logs: { type: "string" },
                rounds: { type: "string" },
            },
        }).values;
    } catch (error) {
        throw new UserError(`${(error as Error).message.split(". ")[0] ?? ""}; see --help`);
    }
}
