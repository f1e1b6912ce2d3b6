/** What a benchmark is: contenders that do the same work, measured in turns. */
import type { Processes } from "../local/processes";
import type { Toolchain } from "../local/setup";
import type { InputLog } from "./logs";

/** What every benchmark works with. */
export interface Bench {
    /** The access log that contenders read. */
    readonly log: InputLog;
    readonly toolchain: Toolchain;
    /** Everything that a contender starts: it is ended with the benchmark. */
    readonly processes: Processes;
    /** Files of the benchmark; removed at its end. */
    readonly folder: string;
}

/** What was measured of one run, by name and unit such as `first time, with the start: s`. */
export type Measured = Readonly<Record<string, number>>;

/** One way of doing the work. */
export interface Contender {
    readonly name: string;
    /** What a reader has to know of it: what it does more, or less, than the others. */
    readonly note: string;
    /** Why it can't run here, where it can't. */
    readonly missing?: string;
    /**
     * Does the work once; its files go to `folder`, which is its own and empty.
     *
     * @throws Error when what came out is wrong: then nothing of the contender counts.
     */
    readonly run: (folder: string) => Promise<Measured>;
}

/** Contenders that do the same work. */
export interface Benchmark {
    /** As on the command line. */
    readonly name: string;
    readonly title: string;
    /** The contenders; ratios are to the first. */
    readonly contenders: (bench: Bench) => readonly Contender[];
}
