/** Refuses a declaration that would fail later, in a crawler or in Spark, with an error that names the file. */
import { compileGrok } from "./grok";
import type { Column, Format, Table } from "./types";

/** Returns `value` as the format declared in `file`. @throws Error that says what is wrong with it. */
export function requireFormat(file: string, value: unknown): Format {
    const fail = (reason: string): never => {
        throw new Error(`formats/${file}: ${reason}`);
    };
    const format = value as Format;
    for (const key of ["name", "title", "documentation", "classification", "skip"] as const) {
        if (typeof format[key] !== "string" || format[key] === "") fail(`${key} must be a string`);
    }
    if (`${format.name}.json` !== file) fail(`name must be the file's, got ${format.name}`);
    requireColumns(format.columns, fail);
    if (!Array.isArray(format.timeFormats) || format.timeFormats.length === 0) {
        fail("timeFormats must name one format at least");
    }
    const columns = format.columns.map(({ name }) => name);
    const fields = readFields(format, fail);
    if (fields.join() !== columns.join()) {
        fail(
            `columns must be the fields in their order, ${fields.join(", ")}; got ${columns.join(", ")}`,
        );
    }
    if (!fields.includes("time")) fail("one field must be time");
    return format;
}

/** Returns `value` as the tables declared in `file`. @throws Error that says what is wrong with them. */
export function requireTables(file: string, value: unknown): readonly Table[] {
    if (!Array.isArray(value)) throw new Error(`formats/${file}: must be an array of tables`);
    const tables = value as readonly Table[];
    for (const table of tables) {
        requireColumns(table.columns, (reason) => {
            throw new Error(`formats/${file}: table ${table.name}: ${reason}`);
        });
    }
    return tables;
}

function readFields(format: Format, fail: (reason: string) => never): readonly string[] {
    switch (format.kind) {
        case "text":
            if (format.grok === undefined) return fail("a text format needs grok");
            if (!format.grok.startsWith("^") || !format.grok.endsWith("$")) {
                return fail("grok must be anchored by ^ and $");
            }
            try {
                return compileGrok(format.grok, format.patterns ?? {}).fields;
            } catch (error) {
                return fail((error as Error).message);
            }
        case "json":
            return Object.keys(format.fields ?? fail("a json format needs fields"));
        default:
            return fail(`kind must be text or json, got ${String(format.kind)}`);
    }
}

function requireColumns(columns: readonly Column[], fail: (reason: string) => never): void {
    if ((columns as unknown) === undefined || columns.length === 0) fail("columns must be given");
    const names = new Set<string>();
    for (const { name, type } of columns) {
        if (!/^[a-z][a-z0-9_]*$/.test(name)) fail(`column names are snake case, got ${name}`);
        if (names.has(name)) fail(`column ${name} is declared twice`);
        if (!/^(string|int|bigint|double|timestamp)$/.test(type))
            fail(`column ${name} has type ${type}`);
        names.add(name);
    }
}
