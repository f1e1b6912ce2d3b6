/** What everything that this process has started uses, as Linux tells it in `/proc`. */
import { existsSync, readFileSync, readdirSync } from "node:fs";

/** Whether this machine tells. */
export const hasProc = existsSync("/proc/self/smaps_rollup");

/** Ticks of a second in `/proc/<pid>/stat`: 100 on every Linux there is (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

/** Places of processor time in `statOf`: of the process, and of its children that have ended (proc(5)). */
const own = [11, 12];
const ofEnded = [13, 14];

/** Seconds of processor time that all processes below this one have used, those that have ended too. NaN where nobody tells. */
export function cpuSeconds(): number {
    if (!hasProc) return NaN;
    const ticksOf = (pid: number, places: readonly number[]) => {
        const fields = statOf(pid) ?? [];
        return places.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0);
    };
    const running = descendants().map((pid) => ticksOf(pid, [...own, ...ofEnded]));
    const ticks = running.reduce((sum, value) => sum + value, ticksOf(process.pid, ofEnded));
    return ticks / ticksPerSecond;
}

/** Watches the memory of all processes below this one until it is stopped, and then tells the most there was, in bytes. */
export function watchMemory(everyMilliseconds = 500): () => number {
    if (!hasProc) return () => NaN;
    let most = 0;
    const look = () => (most = Math.max(most, memoryBytes()));
    const timer = setInterval(look, everyMilliseconds);
    return () => {
        clearInterval(timer);
        return most;
    };
}

/** A page that several share counts once (PSS, not RSS). */
function memoryBytes(): number {
    return descendants().reduce((sum, pid) => {
        const rollup = read(`/proc/${String(pid)}/smaps_rollup`) ?? "";
        return sum + Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
    }, 0);
}

/** All processes below this one. */
function descendants(): number[] {
    const children = new Map<number, number[]>();
    for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
        const parent = Number(statOf(pid)?.[1] ?? 0);
        children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const found = [...(children.get(process.pid) ?? [])];
    for (const pid of found) found.push(...(children.get(pid) ?? []));
    return found;
}

/** Fields after the name, which is in brackets and may hold blanks; undefined of a process that has ended. */
function statOf(pid: number): string[] | undefined {
    return read(`/proc/${String(pid)}/stat`)
        ?.split(") ")
        .at(-1)
        ?.split(" ");
}

function read(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}
