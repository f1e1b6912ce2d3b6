/** A moto server for tests: S3 and Glue's catalog. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startMoto } from "../../local/moto";
import { Processes } from "../../local/processes";

/** The interpreter that has moto; undefined where set-up has not been run. */
export function pythonWithMoto(): string | undefined {
    const candidates = [
        process.env["LOGLAKE_PYTHON"],
        join(__dirname, "..", "..", ".loglake", "venv", "bin", "python"),
    ];
    return candidates.find((path) => path !== undefined && existsSync(path));
}

/** A running server. */
export interface MotoServer {
    readonly endpoint: string;
    close(): Promise<void>;
}

export async function startMotoServer(python: string): Promise<MotoServer> {
    const processes = new Processes();
    const { endpoint } = startMoto(processes, python);
    return { endpoint: await endpoint, close: () => processes.close() };
}
