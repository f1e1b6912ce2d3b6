/** Finds the log files that a user names and says where each belongs in the raw bucket. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, extname, join, relative, sep } from "node:path";
import { UserError } from "./setup";

/** One file to upload. */
export interface LogFile {
    readonly path: string;
    /** Table that the crawler makes of it: lower case letters, digits and `_`. */
    readonly source: string;
    /** Day it counts as uploaded on, `YYYY-MM-DD`. */
    readonly dt: string;
    /** Key in the raw bucket: `<source>/dt=<dt>/<name>`. */
    readonly key: string;
    readonly bytes: number;
}

/** What the user asked for. */
export interface LogChoice {
    readonly paths: readonly string[];
    /** @default the name of the file or folder */
    readonly source?: string | undefined;
    /** @default today, in UTC */
    readonly dt?: string | undefined;
}

/** Endings of what the pipeline reads: text and gzip. */
const readable = [".log", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ""];

/**
 * Every readable file of the paths, in order of key.
 *
 * A folder that is laid out as the raw bucket is, `<source>/dt=YYYY-MM-DD/*`, keeps its sources and days. Of any other path, each file or
 * folder is a source of its own name.
 *
 * @throws UserError when a path doesn't exist or nothing in it can be read.
 */
export function findLogs(choice: LogChoice): LogFile[] {
    if (choice.dt !== undefined) requireDay(choice.dt);
    const dt = choice.dt ?? new Date().toISOString().slice(0, 10);
    const files = choice.paths.flatMap((path) => {
        if (!existsSync(path)) throw new UserError(`no such file or folder: ${path}`);
        const found = statSync(path).isDirectory() ? inFolder(path) : [path];
        const logs = found.filter(
            (file) => readable.includes(extname(file).toLowerCase()) || /\.log\.\d+$/.test(file),
        );
        if (logs.length === 0)
            throw new UserError(
                `no logs in ${path}: looked for ${readable.filter(Boolean).join(" ")}`,
            );
        return logs.map((file) => placed(path, file, choice.source, dt));
    });
    return distinct(files).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Throws unless `dt` is a day of the calendar. */
export function requireDay(dt: string): void {
    const day = new Date(`${dt}T00:00:00Z`);
    if (
        !/^\d{4}-\d{2}-\d{2}$/.test(dt) ||
        Number.isNaN(day.getTime()) ||
        day.toISOString().slice(0, 10) !== dt
    ) {
        throw new UserError(`--dt must be a day as YYYY-MM-DD, got ${dt}`);
    }
}

function inFolder(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(
            (entry) => entry.isFile() && !entry.name.startsWith(".") && !entry.name.startsWith("_"),
        )
        .map((entry) => join(entry.parentPath, entry.name));
}

function placed(given: string, file: string, source: string | undefined, dt: string): LogFile {
    const within = statSync(given).isDirectory()
        ? relative(given, file).split(sep)
        : [basename(file)];
    const day = within.findIndex((part) => /^dt=\d{4}-\d{2}-\d{2}$/.test(part));
    const named =
        source ?? (day > 0 ? within[day - 1] : undefined) ?? basename(given).replace(/\..*$/, "");
    const place = {
        source: tableName(named),
        dt: day >= 0 ? (within[day] ?? "").slice("dt=".length) : dt,
        name: within.slice(day + 1).join("-"),
    };
    return {
        path: file,
        source: place.source,
        dt: place.dt,
        key: `${place.source}/dt=${place.dt}/${place.name}`,
        bytes: statSync(file).size,
    };
}

/** Names that clash, as of two folders that each hold an access.log, get a number. */
function distinct(files: readonly LogFile[]): LogFile[] {
    const seen = new Map<string, number>();
    return files.map((file) => {
        const count = seen.get(file.key) ?? 0;
        seen.set(file.key, count + 1);
        if (count === 0) return file;
        const slash = file.key.lastIndexOf("/") + 1;
        return {
            ...file,
            key: `${file.key.slice(0, slash)}${String(count)}-${file.key.slice(slash)}`,
        };
    });
}

/** A crawler turns what a table's name can't hold into `_`. */
function tableName(name: string): string {
    const safe = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "_")
        .replace(/^_+|_+$/g, "");
    return safe === "" ? "logs" : safe;
}

/** The last day that any of `files` belongs to. */
export function newestDay(files: readonly LogFile[]): string {
    return (
        files
            .map((file) => file.dt)
            .sort()
            .at(-1) ?? ""
    );
}
