/**
 * `npm run docs`: writes `formats.md` from the declarations of `formats/`, the policies of `deployer/` from its actions, and
 * the list in `policies.md` from the policy pack.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format as prettify, resolveConfig } from "prettier";
import { formats, tables, type Column, type Format, type Table } from "../formats";
import { deployerPolicies } from "./deployer/policies";
import { policiesPage, policiesText } from "./policyList";

/** Path of the page. */
export const formatsPage = join(__dirname, "formats.md");

/** Text of `docs/formats.md`, laid out as the check of the repository wants it. */
export async function formatsText(): Promise<string> {
    const text = [
        "# Formats and tables",
        "<!-- made by `npm run docs` from formats/*.json: change those, not this page -->",
        "A crawler tells a source's format by its lines, by these formats in this order; Spark then reads every line of it in " +
            "that format. Blank lines and headers (`skip`) are counted and passed over. What doesn't match, has no time or tells of no " +
            "request goes to the table [quarantine](#quarantine) with its file, line and reason. An object that can't be read to its " +
            "end stops the run, which names it; one whose name begins with `_` or `.` is passed over, and the run says so.",
        list(formats.map(({ name, title }) => `[${title}](#${anchor(title)}): \`${name}\``)),
        "## Formats",
        ...formats.flatMap(formatSection),
        "## Tables",
        "Parquet below `s3://<processed bucket>/<table>/dt=YYYY-MM-DD/run=<run id>/`, in the catalog's processed database, and in " +
            "Redshift as `lake.<table>`. Each has the partition key `dt` beside its columns: the day that the logs were uploaded " +
            "under, on which an event's own time need not lie.",
        ...tables.flatMap(tableSection),
    ].join("\n\n");
    const config = (await resolveConfig(formatsPage)) ?? {};
    return prettify(text, { ...config, parser: "markdown" });
}

function formatSection(format: Format): string[] {
    const { title, name, documentation, classification, samples, timeFormats, skip } = format;
    return [
        `### ${title}`,
        `\`formats/${name}.json\`, classification \`${classification}\`, [specification](${documentation}).`,
        fence(samples.join("\n")),
        ...(format.grok === undefined ? [] : ["Read by the grok pattern", fence(format.grok)]),
        ...patternTable(format.patterns),
        ...(format.fields === undefined
            ? [columnTable(format.columns)]
            : keyTable(format.columns, format.fields)),
        `Times: ${timeFormats.map(code).join(", ")}. Skipped: ${code(skip)}.`,
    ];
}

function patternTable(patterns: Format["patterns"] = {}): string[] {
    const rows = Object.entries(patterns).map(([name, pattern]) => [code(name), code(pattern)]);
    return rows.length === 0 ? [] : ["where", table(["pattern", "is"], rows)];
}

/** Fields and the keys that may hold each: `a.b` is the key `a.b`, or `b` of the object `a`. */
function keyTable(columns: readonly Column[], fields: NonNullable<Format["fields"]>): string[] {
    const rows = columns.map(({ name, comment }) => [
        code(name),
        comment,
        (fields[name] ?? []).map(code).join(", "),
    ]);
    return [
        "Keys that may hold each field, the likeliest first; `a.b` is the key `a.b`, or the key `b` of the object `a`.",
        table(["field", "holds", "keys"], rows),
    ];
}

function tableSection({ name, comment, columns }: Table): string[] {
    return [`### ${name}`, `${comment}.`, columnTable(columns)];
}

function columnTable(columns: readonly Column[]): string {
    const rows = columns.map(({ name, type, comment }) => [code(name), type, comment]);
    return table(["column", "type", "holds"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]) =>
        `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");

const fence = (text: string): string => ["```", text, "```"].join("\n");

/** Inline code, in as many backticks as its own need. */
function code(text: string): string {
    const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
    const ticks = "`".repeat(longest + 1);
    return longest === 0 ? `\`${text}\`` : `${ticks} ${text} ${ticks}`;
}

/** What GitHub makes of a heading. */
const anchor = (heading: string): string =>
    heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-");

/** Every file that is made, and its text. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
    const files = new Map([
        [formatsPage, await formatsText()],
        [policiesPage, await policiesText()],
    ]);
    for (const [name, policy] of Object.entries(await deployerPolicies())) {
        files.set(join(__dirname, "deployer", `${name}.json`), await pretty(policy));
    }
    return files;
}

async function pretty(value: unknown): Promise<string> {
    const config = (await resolveConfig(join(__dirname, "any.json"))) ?? {};
    return prettify(JSON.stringify(value), { ...config, parser: "json" });
}

async function main(): Promise<void> {
    for (const [file, text] of await generated()) writeFileSync(file, text);
}

if (require.main === module) void main();
