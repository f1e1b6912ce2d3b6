/** The moto server: S3, IAM, Glue's catalog and whatever else the pipeline reaches that needs no engine of its own. */
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Processes } from "./processes";

/** Account of everything in moto: its default, which is also {@link standInSite}'s. */
const accountId = "123456789012";

/** A moto that is starting or has started. */
export interface Moto {
    /** Base URL, once it listens. Rejects when it never does. */
    readonly endpoint: Promise<string>;
    /** What there is to say of its end, once it has ended. */
    readonly ended: Promise<string>;
}

/** Starts moto on a free port of 127.0.0.1. `python` has moto. */
export function startMoto(processes: Processes, python: string): Moto {
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
    const ended = new Promise<string>((resolve) => {
        child.once("close", (code, signal) => {
            const how = signal === null ? `code ${String(code)}` : signal;
            resolve([`moto ended with ${how}`, complaint.trim()].filter(Boolean).join(": "));
        });
    });
    const endpoint = new Promise<string>((resolve, reject) => {
        if (child.stdout !== null) {
            createInterface({ input: child.stdout }).once("line", (port) => {
                resolve(`http://127.0.0.1:${port}`);
            });
        }
        child.once("error", reject);
        void ended.then((how) => {
            reject(new Error(how)); // changes nothing once it has listened
        });
    });
    return { endpoint, ended };
}
