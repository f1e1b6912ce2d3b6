/**
 * The log formats and the tables made of them, each declared once in a JSON file of this folder.
 *
 * The Glue classifiers, the Spark parser, the catalog and the documentation are made from these declarations. A new format
 * is a new file: nothing else has to change.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { requireFormat, requireTables } from "./check";
import type { Format, Table } from "./types";

export type { Column, Format, Table } from "./types";

/** Every format, in order of name, which is the order in which a crawler tries them. */
export const formats: readonly Format[] = readdirSync(__dirname)
    .filter((file) => file.endsWith(".json") && file !== "tables.json")
    .sort()
    .map((file) => requireFormat(file, readJson(file)));

/** Every table of processed data; the first is `events`, which the others follow from. */
export const tables: readonly Table[] = requireTables("tables.json", readJson("tables.json"));

function readJson(file: string): unknown {
    return JSON.parse(readFileSync(join(__dirname, file), "utf8"));
}
