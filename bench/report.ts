/** The outcome of a benchmark as a table to read. */
import { spreadOf, type Outcome, type Spread } from "./rounds";

/**
 * A table for each thing that was measured: least, median and most over the rounds, and as a ratio to the first contender in the
 * same round.
 */
export function report(outcomes: readonly Outcome[]): string {
    const counted = outcomes.filter(({ excluded }) => excluded === undefined);
    const [first] = counted;
    if (first === undefined) return "nothing was measured";
    const names = new Set(counted.flatMap(({ rounds }) => rounds.flatMap(Object.keys)));
    const width = Math.max(...outcomes.map(({ name }) => name.length));
    const tables = [...names].flatMap((measure) => [
        "",
        header(measure, width, counted.length > 1 ? `times ${first.name}` : ""),
        ...counted.flatMap((outcome) => row(measure, width, outcome, first)),
    ]);
    return [...tables, "", ...outcomes.map((outcome) => remark(outcome, width))].join("\n");
}

const columns = ["min", "median", "max"].map((title) => title.padStart(8)).join("");

function header(measure: string, width: number, ratio: string): string {
    const left = `  ${"".padEnd(width)}${columns}`;
    return `${measure}\n${left}${ratio === "" ? "" : `   ${columns}   ${ratio}`}`;
}

/** No row for a contender of whom this was not measured. */
function row(measure: string, width: number, outcome: Outcome, first: Outcome): string[] {
    const values = valuesOf(measure, outcome);
    if (values.length === 0) return [];
    const base = valuesOf(measure, first);
    const ratios = values.map((value, round) => value / (base[round] ?? NaN));
    const absolute = `  ${outcome.name.padEnd(width)}${cells(spreadOf(values), 1)}`;
    const isCompared = outcome !== first && ratios.every(Number.isFinite);
    return [isCompared ? `${absolute}   ${cells(spreadOf(ratios), 2)}` : absolute];
}

function valuesOf(measure: string, { rounds }: Outcome): number[] {
    return rounds.map((measured) => measured[measure]).filter((value) => value !== undefined);
}

function cells({ min, median, max }: Spread, digits: number): string {
    return [min, median, max].map((value) => value.toFixed(digits).padStart(8)).join("");
}

function remark({ name, note, excluded }: Outcome, width: number): string {
    const text = excluded === undefined ? note : `not counted: ${excluded}`;
    return `  ${name.padEnd(width)}  ${text}`;
}
