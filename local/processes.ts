/** Child processes that never outlive the run: each in a process group of its own, which is ended as a whole. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** What to start. */
export interface Start {
    readonly command: string;
    readonly args: readonly string[];
    /** The whole environment of the process. */
    readonly env: NodeJS.ProcessEnv;
    readonly cwd?: string;
    /** Told of every line of standard output and standard error. */
    readonly onLine?: (line: string) => void;
    /** File that both are appended to. */
    readonly logFile?: string;
    /** The process is ended after so long. @default never */
    readonly timeoutSeconds?: number;
}

/** How a process ended. */
export interface Exit {
    /** Exit code; 128 and the signal's number are not used: a signal gives -1. */
    readonly code: number;
    /** The last lines of both outputs. */
    readonly tail: readonly string[];
    readonly timedOut: boolean;
}

const tailLines = 60;

/** The children of one run. */
export class Processes {
    private readonly running = new Set<ChildProcess>();
    private closed = false;
    private readonly endAll = () => {
        for (const child of this.running) signalGroup(child, "SIGKILL");
    };

    constructor() {
        process.once("exit", this.endAll); // whatever ends this process ends them
    }

    /** Starts a process. The caller reads its output. */
    spawn(start: Start, stdio: "pipe" | "ignore" = "ignore"): ChildProcess {
        if (this.closed) throw new Error("the services are closed");
        const child = spawn(start.command, start.args, {
            env: start.env,
            ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
            stdio: [stdio, "pipe", "pipe"],
            detached: true, // a group of its own, which a Ctrl-C in the terminal does not reach before we do
        });
        this.running.add(child);
        const forget = () => this.running.delete(child);
        child.once("close", forget);
        child.once("error", forget);
        return child;
    }

    /** Starts a process and waits for its end. */
    async run(start: Start): Promise<Exit> {
        const child = this.spawn(start);
        const tail: string[] = [];
        const log = start.logFile === undefined ? undefined : openSync(start.logFile, "a");
        for (const output of [child.stdout, child.stderr]) {
            if (output === null) continue;
            createInterface({ input: output }).on("line", (line) => {
                if (log !== undefined) writeSync(log, `${line}\n`);
                if (tail.push(line) > tailLines) tail.shift();
                start.onLine?.(line);
            });
        }
        let timedOut = false;
        const timer =
            start.timeoutSeconds === undefined
                ? undefined
                : setTimeout(() => {
                      timedOut = true;
                      signalGroup(child, "SIGKILL");
                  }, start.timeoutSeconds * 1000);
        try {
            const code = await new Promise<number>((resolve, reject) => {
                child.once("error", reject);
                child.once("close", (exitCode) => {
                    resolve(exitCode ?? -1);
                });
            });
            return { code, tail, timedOut };
        } finally {
            clearTimeout(timer);
            if (log !== undefined) closeSync(log);
        }
    }

    /** Ends all of them, politely first. */
    async close(): Promise<void> {
        this.closed = true;
        await Promise.all([...this.running].map((child) => end(child)));
        process.off("exit", this.endAll);
    }
}

async function end(child: ChildProcess): Promise<void> {
    const gone = new Promise<void>((resolve) => {
        child.once("close", () => {
            resolve();
        });
    });
    signalGroup(child, "SIGTERM");
    const timer = setTimeout(() => {
        signalGroup(child, "SIGKILL");
    }, 3000);
    await gone;
    clearTimeout(timer);
    signalGroup(child, "SIGKILL"); // what its children left in the group
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
        process.kill(-child.pid, signal);
    } catch {
        // the group is gone
    }
}
