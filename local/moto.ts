/** The moto server: S3, IAM, Glue's catalog and whatever else the pipeline reaches that needs no engine of its own. */
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Processes } from "./processes";

/** Account of everything in moto: its default, which is also {@link standInSite}'s. */
const accountId = "123456789012";

/** Starts moto on a free port of 127.0.0.1 and returns its base URL once it listens. `python` has moto. */
export async function startMoto(processes: Processes, python: string): Promise<string> {
    const child = processes.spawn(
        {
            command: python,
            args: [join(__dirname, "moto_server.py")],
            env: { ...process.env, MOTO_ACCOUNT_ID: accountId, PYTHONDONTWRITEBYTECODE: "1" },
        },
        "pipe", // ends with this process, however that ends
    );
    let complaint = "";
    child.stderr?.on(
        "data",
        (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)),
    );
    const port = await new Promise<string>((resolve, reject) => {
        if (child.stdout !== null) createInterface({ input: child.stdout }).once("line", resolve);
        child.once("error", reject);
        child.once("close", (code) => {
            reject(
                new Error(`moto ended with code ${String(code)} before it listened: ${complaint}`),
            );
        });
    });
    return `http://127.0.0.1:${port}`;
}
