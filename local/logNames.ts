/** What a file's name says: whether it holds logs, which source they are of, and what its object is called. */
import { basename, dirname, extname } from "node:path";

const textEndings = [".log", ".json", ".jsonl", ".ndjson", ".txt", ""];

/** What logrotate, Apache's rotatelogs and cronolog add: `.1`, `-20260304`, `.2026-03-04`, `-20260304-1772582400`. */
const rotation = /[.-]\d{1,3}$|[.-]\d{4}-?\d{2}-?\d{2}([-T_.]?\d+)*$/;

/** The name without what packing and rotation have added. */
function unrotated(name: string): string {
    const shorter = name.replace(/\.gz$/i, "").replace(rotation, "");
    return shorter === name || shorter === "" ? name : unrotated(shorter);
}

/** Whether a file of a folder looks like a log: by its ending, or because it calls itself one, as `access_log` does. */
export function isLogName(name: string): boolean {
    const plain = unrotated(name);
    return (
        textEndings.includes(extname(plain).toLowerCase()) || /(^|[._-])logs?([._-]|$)/i.test(plain)
    );
}

/** Name of the source that a file or a folder given by the user is: `access` of `access.log.1`. */
export function sourceName(path: string, isFolder: boolean): string {
    const name = basename(path);
    if (isFolder) return name;
    const plain = unrotated(name);
    const ending = extname(plain);
    return textEndings.includes(ending.toLowerCase()) ? basename(plain, ending) : plain;
}

/**
 * Names of the sources that `paths` are, one each. Files that differ in rotation only are one source; other files and folders of the
 * same name get the name of their folder before it, or their ending after it.
 */
export function sourceNames(
    paths: readonly { readonly path: string; readonly isFolder: boolean }[],
): string[] {
    const names = paths.map(({ path, isFolder }) => tableName(sourceName(path, isFolder)));
    return paths.map(({ path }, index) => {
        const name = names[index] ?? "";
        const namesakes = paths.filter((_, other) => names[other] === name);
        const before = namesakes.some((other) => dirname(other.path) !== dirname(path))
            ? `${basename(dirname(path))}_`
            : "";
        const isJson = (file: string) => /\.(json|jsonl|ndjson)$/i.test(unrotated(file));
        const after = isJson(path) && namesakes.some((other) => !isJson(other.path)) ? "_json" : "";
        return tableName(`${before}${name}${after}`);
    });
}

/** A crawler turns what a table's name can't hold into `_`. */
export function tableName(name: string): string {
    const safe = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "_")
        .replace(/^_+|_+$/g, "");
    return safe === "" ? "logs" : safe;
}

/**
 * Name of a file's object: that of the file and of the folders that it lies in, without what would hide it from Spark (`_` and `.` in
 * front), and with the ending that tells Spark whether it is packed.
 */
export function objectName(parts: readonly string[], isGzip: boolean): string {
    const shown = parts.join("-").replace(/^[._]+/, "");
    const name = shown.replace(/\.gz$/i, "");
    return `${name === "" ? "log" : name}${isGzip ? ".gz" : ""}`;
}
