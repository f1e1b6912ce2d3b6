/** What a run says at its end: `summary.json` and the same for a reader. */
import type { RolePermissions } from "./iam/report";
import type { Resource } from "./program/mockEngine";

/** The counts that Spark writes last, as far as the summary repeats them. */
export interface Manifest {
    readonly linesIn: number;
    readonly events: number;
    readonly quarantined: number;
    readonly skipped: number;
    readonly quarantinedByReason: Readonly<Record<string, number>>;
    readonly objectsPassedOver: number;
    readonly sources: readonly SourceCounts[];
}

/** What became of the lines of one source. */
export interface SourceCounts {
    readonly source: string;
    readonly format: string;
    readonly linesIn: number;
    readonly events: number;
    readonly quarantined: number;
    readonly skipped: number;
}

/** One state of the workflow that the run went through. */
export interface StateTime {
    readonly name: string;
    readonly seconds: number;
}

/** One alarm or rule and what it says of the run. */
export interface AlarmState {
    readonly name: string;
    readonly state: string;
}

/** Content of `summary.json`. */
export interface Summary {
    readonly stack: string;
    readonly dt: string;
    readonly runId: string;
    /** How many resources of each type were deployed. */
    readonly resources: Readonly<Record<string, number>>;
    readonly states: readonly StateTime[];
    readonly linesIn: number;
    readonly events: number;
    readonly quarantined: number;
    readonly quarantinedByReason: Readonly<Record<string, number>>;
    readonly skipped: number;
    /** Objects that Spark hides, as their names begin with `_` or `.`. */
    readonly objectsPassedOver: number;
    readonly sources: readonly SourceCounts[];
    /** Events of the day in Redshift's fact table. */
    readonly redshiftRows: number;
    /** The same, counted by Spectrum in S3. */
    readonly spectrumRows: number;
    readonly alarms: readonly AlarmState[];
    /** What each role was granted, used and unused; none of it used where nobody looked. */
    readonly permissions: readonly RolePermissions[];
    readonly answers: readonly Answer[];
    readonly seconds: number;
}

/** A question to the warehouse and its first rows. */
export interface Answer {
    readonly title: string;
    readonly sql: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
}

/** How many resources of each type there are, in order of type. */
export function countByType(resources: readonly Resource[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const type of resources.map((resource) => resource.type).sort())
        counts[type] = (counts[type] ?? 0) + 1;
    return counts;
}

/** The summary as lines to read. */
export function describe(summary: Summary, out: string): string {
    const lines = [
        "",
        `day ${summary.dt} of ${summary.stack}, run ${summary.runId}, ${summary.seconds.toFixed(0)} s`,
        "",
        `  lines in      ${number(summary.linesIn)}`,
        `  events        ${number(summary.events)}`,
        `  quarantined   ${number(summary.quarantined)}${reasons(summary.quarantinedByReason)}`,
        `  skipped       ${number(summary.skipped)}   headers and blank lines`,
        `  in Redshift   ${number(summary.redshiftRows)}`,
        `  by Spectrum   ${number(summary.spectrumRows)}`,
        ...(summary.objectsPassedOver === 0
            ? []
            : [
                  `  passed over   ${number(summary.objectsPassedOver)}   objects whose names begin with _ or .`,
              ]),
        "",
        ...sourceTable(summary.sources).map((row) => `  ${row}`),
        ...summary.answers.flatMap((answer) => [
            "",
            `  ${answer.title}`,
            ...table(answer).map((row) => `    ${row}`),
        ]),
        "",
        `  output        ${out}`,
    ];
    return lines.join("\n");
}

/** Rows aligned in columns, the header first. Numbers stand to the right. */
export function table({ columns, rows }: Pick<Answer, "columns" | "rows">): string[] {
    const widths = columns.map((column, index) =>
        Math.max(column.length, ...rows.map((row) => (row[index] ?? "").length)),
    );
    const isNumber = columns.map((_, index) =>
        rows.every((row) => /^-?[\d.,]*$/.test(row[index] ?? "")),
    );
    const line = (cells: readonly string[]) =>
        cells
            .map((cell, index) =>
                isNumber[index]
                    ? cell.padStart(widths[index] ?? 0)
                    : cell.padEnd(widths[index] ?? 0),
            )
            .join("  ")
            .trimEnd();
    return [line(columns), ...rows.map(line)];
}

function sourceTable(sources: readonly SourceCounts[]): string[] {
    return table({
        columns: ["source", "format", "lines in", "events", "quarantined", "skipped"],
        rows: sources.map(({ source, format, linesIn, events, quarantined, skipped }) => [
            ...[source, format],
            ...[linesIn, events, quarantined, skipped].map((count) =>
                count.toLocaleString("en-US"),
            ),
        ]),
    });
}

function number(value: number): string {
    return value.toLocaleString("en-US").padStart(12);
}

function reasons(byReason: Readonly<Record<string, number>>): string {
    const parts = Object.entries(byReason).map(
        ([reason, count]) => `${reason} ${count.toLocaleString("en-US")}`,
    );
    return parts.length === 0 ? "" : `   ${parts.join(", ")}`;
}
