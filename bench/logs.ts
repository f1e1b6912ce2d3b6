/** The access log that the benchmarks read: made by the generator of the samples, or the user's own. */
import { createReadStream, createWriteStream, existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { accessLog } from "../local/samples";
import { UserError } from "../local/setup";

/** One file in Combined Log Format. */
export interface InputLog {
    readonly path: string;
    readonly bytes: number;
    readonly lines: number;
    /** Lines that are requests; unknown of a log that somebody else made. */
    readonly events?: number;
}

/** Lines of one day: a log of a million covers ten days. */
const linesADay = 100_000;

/** Fewer hold no request that could be cut off ({@link accessLog}). */
export const fewestLines = 100;

/** Writes a log of `lines` lines, the same ones every time. */
export async function makeLog(folder: string, lines: number): Promise<InputLog> {
    const path = join(folder, "access.log");
    const file = createWriteStream(path);
    let events = 0;
    for (let made = 0, day = 0; made < lines; day++) {
        const left = lines - made;
        // a last day of a few lines would have none to cut off
        const count = left < linesADay + fewestLines ? left : linesADay;
        const dt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
        const log = accessLog(1000 + day, dt, count - linesBeside);
        if (!file.write(`${log.lines.join("\n")}\n`)) await once(file, "drain");
        events += log.events;
        made += log.lines.length;
    }
    file.end();
    await once(file, "finish");
    return { path, bytes: statSync(path).size, lines, events };
}

/** Lines that {@link accessLog} adds to the requests. */
const linesBeside = 5;

/** The log that the user names. @throws UserError when there is no such file, or nothing in it. */
export async function userLog(path: string): Promise<InputLog> {
    if (!existsSync(path) || !statSync(path).isFile()) throw new UserError(`no such file: ${path}`);
    const lines = await countLines(path);
    if (lines === 0) throw new UserError(`${basename(path)} has no lines`);
    return { path: resolve(path), bytes: statSync(path).size, lines };
}

/** Lines of the file, a last one without an end too. */
async function countLines(path: string): Promise<number> {
    const file = createReadStream(path);
    const newline = 0x0a;
    let [lines, last] = [0, newline];
    for await (const chunk of path.endsWith(".gz") ? file.pipe(createGunzip()) : file) {
        const bytes = chunk as Buffer;
        for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
        last = bytes.at(-1) ?? last;
    }
    return last === newline ? lines : lines + 1;
}
