import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Processes } from "../../local/processes";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script], env: process.env });

/** Whether the process is there and no zombie. */
function runs(pid: string): boolean {
    try {
        return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    } catch {
        return false;
    }
}

describe("child processes", () => {
    let processes: Processes;
    beforeEach(() => (processes = new Processes()));
    afterEach(() => processes.close());

    it("tell their exit code, and their last lines of both outputs", async () => {
        const exit = await processes.run(shell("echo one; echo two >&2; printf three; exit 3"));
        expect(exit.code).to.equal(3);
        expect([...exit.tail].sort()).to.deep.equal(["one", "three", "two"]);
    });

    it("write what they print to a log, and tell it as it comes", async () => {
        const folder = mkdtempSync(join(tmpdir(), "loglake-test-"));
        const lines: string[] = [];
        const logFile = join(folder, "log.txt");
        await processes.run({
            ...shell("echo a; echo b"),
            logFile,
            onLine: (line) => lines.push(line),
        });
        expect(lines).to.deep.equal(["a", "b"]);
        expect(readFileSync(logFile, "utf8")).to.equal("a\nb\n");
        rmSync(folder, { recursive: true });
    });

    it("are ended after their time", async () => {
        expect(await processes.run({ ...shell("sleep 60"), timeoutSeconds: 0.1 })).to.include({
            timedOut: true,
        });
    });

    it("are ended with their own children when the services close", async function () {
        if (process.platform !== "linux") this.skip(); // reads /proc
        const pids: string[] = [];
        const running = processes.run({
            ...shell("sleep 60 & echo $!; echo $$; wait"),
            onLine: (line) => pids.push(line),
        });
        while (pids.length < 2) await sleep(5);
        expect(pids.map(runs)).to.deep.equal([true, true]);

        await processes.close();
        await running;
        // the system may still be at taking away what has closed its files
        for (let look = 0; look < 100 && pids.some(runs); look++) await sleep(10);
        expect(pids.map(runs)).to.deep.equal([false, false]);
    });

    it("are ended even when they do not heed a polite request", async function () {
        this.timeout(20_000);
        const said: string[] = [];
        const running = processes.run({
            ...shell("trap '' TERM; echo ready; sleep 60; sleep 60"),
            onLine: (line) => said.push(line),
        });
        while (said.length === 0) await sleep(5);
        await processes.close();
        expect((await running).code).to.equal(-1);
    });

    it("can't be started any more once closed", async () => {
        await processes.close();
        const refused = await processes
            .run(shell("true"))
            .catch((error: unknown) => (error as Error).message);
        expect(refused).to.equal("the services are closed");
    });

    it("that can't be started are an error", async () => {
        const missing = processes.run({ command: "/no/such/program", args: [], env: {} });
        expect(
            await missing.catch((error: unknown) => (error as NodeJS.ErrnoException).code),
        ).to.equal("ENOENT");
    });
});
