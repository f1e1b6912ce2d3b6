/** The Python that the environment is made with. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "./userError";

const run = promisify(execFile);

/** Interpreters tried in this order; PySpark 3.5.6 is made for 3.8 to 3.11 and starts on newer ones. */
const candidates = ["python3.11", "python3.10", "python3", "python"];

/** The first interpreter that is new enough. `LOGLAKE_PYTHON` names another one. */
export async function findPython(): Promise<string> {
    const wanted = process.env["LOGLAKE_PYTHON"];
    const seen: string[] = [];
    for (const name of wanted === undefined ? candidates : [wanted]) {
        const version = await pythonVersion(name);
        if (version === undefined) {
            if (wanted !== undefined) seen.push(`${wanted} is none that has venv`);
            continue;
        }
        seen.push(`${name} is ${version.join(".")}`);
        const [major, minor] = version;
        if (major === 3 && minor >= 10 && minor <= 13) return name;
    }
    const found = seen.length === 0 ? "none was found" : seen.join(", ");
    throw new UserError(
        `Python 3.10 to 3.13 is needed (3.11 is what the pipeline runs on in AWS): ${found}; set LOGLAKE_PYTHON to one that is`,
    );
}

async function pythonVersion(name: string): Promise<[number, number] | undefined> {
    const code = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])";
    try {
        const [major = 0, minor = 0] = (await run(name, ["-c", code])).stdout
            .split(" ")
            .map(Number);
        return [major, minor];
    } catch {
        return undefined; // not there, or without venv: as good as not there
    }
}
