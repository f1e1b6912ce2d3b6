/** Finds the log files that a user names and says where each belongs in the raw bucket. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { packingOf } from "./logContent";
import { isLogName, objectName, sourceNames, tableName } from "./logNames";
import { UserError } from "./userError";

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

/** What was found. */
export interface FoundLogs {
    /** In order of key. */
    readonly files: readonly LogFile[];
    /** Files in the folders that are hidden, packed in other ways than gzip, or called like no log. */
    readonly passedOver: readonly string[];
}

/** A path that the user gave: a file, or a folder of logs. */
interface Given {
    readonly path: string;
    readonly isFolder: boolean;
    /** What names the source, and what the places of files are told from: above a `dt=` folder, and otherwise the path. */
    readonly root: string;
}

/**
 * Every log of the paths.
 *
 * A folder that is laid out as the raw bucket is, `<source>/dt=YYYY-MM-DD/*`, keeps its sources and days. Of any other path, each file or
 * folder is a source of its own name.
 *
 * @throws UserError when a path doesn't exist, can't be read, or holds no logs.
 */
export function findLogs(choice: LogChoice): FoundLogs {
    if (choice.dt !== undefined) requireDay("--dt", choice.dt);
    const dt = choice.dt ?? new Date().toISOString().slice(0, 10);
    const given = choice.paths.map(read);
    const names = sourceNames(
        given.map(({ path, isFolder, root }) => ({
            path: root,
            isFolder: isFolder || root !== path,
        })),
    );
    const passedOver: string[] = [];
    const files = given.flatMap((place, index) => {
        const all = place.isFolder ? inFolder(place.path) : [place.path];
        const logs = place.isFolder ? all.filter((file) => isLog(place, file)) : all;
        passedOver.push(...all.filter((file) => !logs.includes(file)));
        if (logs.length === 0) {
            const others = all.length === 0 ? "it is empty" : `there are ${some(all)}`;
            throw new UserError(`no logs in ${place.path}: ${others}`);
        }
        const source = choice.source ?? names[index] ?? "";
        return logs.map((file) => placed(place, file, { ...choice, dt }, source));
    });
    return { files: distinct(files).sort((a, b) => (a.key < b.key ? -1 : 1)), passedOver };
}

/** The first few of `names`, and how many there are beside them. */
export function some(names: readonly string[]): string {
    const more = names.length > 5 ? ` and ${String(names.length - 5)} more` : "";
    return `${names.slice(0, 5).join(", ")}${more}`;
}

/** Throws unless `dt` is a day of the calendar. */
export function requireDay(what: string, dt: string): void {
    const day = new Date(`${dt}T00:00:00Z`);
    if (
        !/^\d{4}-\d{2}-\d{2}$/.test(dt) ||
        Number.isNaN(day.getTime()) ||
        day.toISOString().slice(0, 10) !== dt
    ) {
        throw new UserError(`${what} must be a day as YYYY-MM-DD, got ${dt}`);
    }
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

function read(path: string): Given {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new UserError(`no such file or folder: ${path}`);
    if (!stat.isDirectory() && !stat.isFile()) {
        throw new UserError(`${path} is neither a file nor a folder`);
    }
    const isFolder = stat.isDirectory();
    const absolute = resolve(path);
    const folder = isFolder ? absolute : dirname(absolute);
    const isDay = basename(folder).startsWith("dt=");
    return { path: absolute, isFolder, root: isDay ? dirname(folder) : absolute };
}

/** All files of a folder and of those below it, and what links to files. */
function inFolder(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
        .sort();
}

function isLog({ path }: Given, file: string): boolean {
    const isHidden = relative(path, file)
        .split(sep)
        .some((part) => part.startsWith("."));
    return !isHidden && isLogName(basename(file)) && packingOf(file) !== "other";
}

function placed(
    { path, root }: Given,
    file: string,
    choice: LogChoice & { readonly dt: string },
    named: string,
): LogFile {
    const packing = packingOf(file);
    if (packing === "other") {
        throw new UserError(`${file} is packed in a way that isn't read: unpack it, or use gzip`);
    }
    const within = file === root ? [basename(path)] : relative(root, file).split(sep);
    const day = within.slice(0, -1).findIndex((part) => part.startsWith("dt="));
    const dt = day < 0 ? choice.dt : (within[day] ?? "").slice("dt=".length);
    if (day >= 0) requireDay(`dt= in ${file}`, dt);
    const source = tableName(choice.source ?? (day > 0 ? (within[day - 1] ?? named) : named));
    const name = objectName(within.slice(day + 1), packing === "gzip");
    return {
        path: file,
        source,
        dt,
        key: `${source}/dt=${dt}/${name}`,
        bytes: statSync(file).size,
    };
}

/** Each file once, under a key of its own: those that clash, as of two folders that each hold an access.log, get a number. */
function distinct(files: readonly LogFile[]): LogFile[] {
    const byFile = new Map(files.map((file) => [realpathSync(file.path), file]));
    const keys = new Set<string>();
    return [...byFile.values()].map((file) => {
        const slash = file.key.lastIndexOf("/") + 1;
        let key = file.key;
        for (let number = 1; keys.has(key); number++) {
            key = `${file.key.slice(0, slash)}${String(number)}-${file.key.slice(slash)}`;
        }
        keys.add(key);
        return { ...file, key };
    });
}
