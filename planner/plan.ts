/** The plan of a run: which day, which sources have files of it, and how to read them. */
import type { Format, Table } from "../formats";

/** Declarations that the plan hands to Spark, by name. */
export interface Declarations {
    readonly formats: readonly Format[];
    readonly tables: readonly Table[];
}

/** A table of the raw database, and its partition of the day where it has one. */
export interface CatalogTable {
    readonly name: string;
    /** Where the source's files lie, such as `s3://raw/web/`. */
    readonly location: string;
    /** What the crawler recognised; `UNKNOWN` where no classifier did. */
    readonly classification: string | undefined;
    /** Where the day's files lie, such as `s3://raw/web/dt=2026-09-30/`. */
    readonly dayLocation: string | undefined;
}

/** One source of the day. */
export interface PlannedSource {
    readonly source: string;
    readonly location: string;
    readonly format: string;
}

/** Content of `plan.json`, which Spark reads. */
export interface Plan {
    readonly version: 1;
    readonly runId: string;
    readonly dt: string;
    readonly processed: string;
    readonly sources: readonly PlannedSource[];
    readonly formats: Readonly<Record<string, Format>>;
    readonly tables: Readonly<Record<string, Table>>;
}

/**
 * An error that the workflow reports as it is: Step Functions takes its name as the error's. Without a stack, because Lambda
 * would put the trace into what people read (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
 */
export class PlanError extends Error {
    constructor(name: "NoData" | "UnknownFormat" | "InvalidInput", message: string) {
        super(message);
        this.name = name;
        this.stack = `${name}: ${message}`;
    }
}

/**
 * Plans the day from the catalog. A table without a partition of the day had no files; that is normal for one source, not for
 * all of them.
 *
 * @throws PlanError `NoData` or `UnknownFormat`.
 */
export function plan(
    run: { readonly runId: string; readonly dt: string; readonly processedBucket: string },
    catalog: readonly CatalogTable[],
    declarations: Declarations,
): Plan {
    const { runId, dt, processedBucket } = run;
    const sources = catalog
        .filter((table) => table.dayLocation !== undefined)
        .map((table) => plannedSource(table, declarations.formats))
        .sort((a, b) => (a.source < b.source ? -1 : 1));
    if (sources.length === 0) throw new PlanError("NoData", noData(dt, catalog));

    const used = new Set(sources.map((source) => source.format));
    return {
        version: 1,
        runId,
        dt,
        processed: `s3://${processedBucket}`,
        sources,
        formats: byName(declarations.formats.filter((format) => used.has(format.name))),
        tables: byName(declarations.tables),
    };
}

function plannedSource(table: CatalogTable, formats: readonly Format[]): PlannedSource {
    const source = sourceOf(table);
    const location = withSlash(table.dayLocation ?? "");
    const format = formats.find(({ classification }) => classification === table.classification);
    if (format === undefined) {
        const known = formats.map(({ name, title }) => `${name} (${title})`).join(", ");
        throw new PlanError(
            "UnknownFormat",
            `source ${source} at ${location} is classified as ${table.classification ?? "nothing"}, ` +
                `for which there is no format; known are ${known}`,
        );
    }
    return { source, location, format: format.name };
}

/** The folder's own name: Glue makes the table's name from it, but in lower case and with other signs replaced. */
function sourceOf(table: CatalogTable): string {
    return table.location.replace(/\/+$/, "").split("/").pop() ?? table.name;
}

function withSlash(location: string): string {
    return location.endsWith("/") ? location : `${location}/`;
}

function noData(dt: string, catalog: readonly CatalogTable[]): string {
    const where = `<source>/dt=${dt}/ of the raw bucket`;
    if (catalog.length === 0)
        return `the catalog has no sources: nothing has been uploaded to ${where}`;
    const sources = catalog.map(sourceOf).sort().join(", ");
    return `none of the sources has files of ${dt}: nothing in ${where} for ${sources}`;
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Record<string, T> {
    return Object.fromEntries(items.map((item) => [item.name, item]));
}
