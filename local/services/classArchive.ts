/**
 * Spark's classes, ready for use: reading and checking some 15,000 of them is half of what a short Spark job does.
 * Java's own archive of them (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html) is made once, when the
 * tools are set up; without one, or with one of another Java, Spark only starts slower.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Processes } from "../processes";

/** What the archive is made of and for. */
export interface SparkClasses {
    readonly python: string;
    /** Folder of the `pyspark` package. */
    readonly sparkHome: string;
    readonly javaHome: string;
    /** Folder of the jars that let Spark read `s3://`. */
    readonly jars: string;
}

/** Folder of the `pyspark` package of an environment. */
export async function sparkHomeOf(python: string): Promise<string> {
    const code =
        "import importlib.util as u; print(u.find_spec('pyspark').submodule_search_locations[0])";
    const { stdout } = await promisify(execFile)(python, ["-c", code]);
    return stdout.trim();
}

/** Class path of every Spark program here; an archive holds for the very same one only. */
export function classPath({ sparkHome, jars }: SparkClasses): string {
    return [join(sparkHome, "jars", "*"), join(jars, "*")].join(delimiter);
}

/** Where the archive lies, beside the jars. */
export function archiveFile({ jars }: SparkClasses): string {
    return join(dirname(jars), "spark-classes.jsa");
}

/** What Spark 3.5 needs of Java 17 (`JavaModuleOptions` in its source, which its own launcher scripts pass). */
export const moduleOptions: readonly string[] = [
    "-XX:+IgnoreUnrecognizedVMOptions",
    ...[
        "java.lang",
        "java.lang.invoke",
        "java.lang.reflect",
        "java.io",
        "java.net",
        "java.nio",
        "java.util",
        "java.util.concurrent",
        "java.util.concurrent.atomic",
        "sun.nio.ch",
        "sun.nio.cs",
        "sun.security.action",
        "sun.util.calendar",
    ].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
];

/** Makes the archive unless it is there; takes half a minute and 150 MB. @throws Error when Spark or Java fails. */
export async function makeClassArchive(classes: SparkClasses, processes: Processes): Promise<void> {
    const archive = archiveFile(classes);
    if (existsSync(archive)) return;
    const unfinished = `${archive}.unfinished`;
    const { python, sparkHome, javaHome } = classes;
    const folder = mkdtempSync(join(tmpdir(), "loglake-classes-"));
    const java = join(javaHome, "bin", "java");
    const list = join(folder, "classes.txt");
    const common = ["-Xmx1g", "-XX:+UseSerialGC", "-cp", classPath(classes)];
    const training = [
        ...["-Xshare:off", `-XX:DumpLoadedClassList=${list}`, ...moduleOptions, ...common],
        ...["org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"],
        ...Object.entries(trainingProperties(folder)).flatMap(([key, value]) => [
            "--conf",
            `${key}=${value}`,
        ]),
        ...[join(__dirname, "..", "train_spark.py"), folder],
    ];
    const environment = {
        JAVA_HOME: javaHome,
        SPARK_HOME: sparkHome,
        SPARK_LOCAL_IP: "127.0.0.1",
        PYSPARK_PYTHON: python,
        PYSPARK_DRIVER_PYTHON: python,
        AWS_ACCESS_KEY_ID: "nobody",
        AWS_SECRET_ACCESS_KEY: "nothing",
    };
    try {
        await run(processes, java, training, environment);
        await run(
            processes,
            java,
            [
                "-Xshare:dump",
                `-XX:SharedClassListFile=${list}`,
                `-XX:SharedArchiveFile=${unfinished}`,
                ...common,
            ],
            {},
        );
        renameSync(unfinished, archive); // half of one would be read
    } finally {
        rmSync(unfinished, { force: true });
        rmSync(folder, { recursive: true, force: true });
    }
}

function trainingProperties(folder: string): Record<string, string> {
    return {
        "spark.ui.enabled": "false",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": join(folder, "warehouse"),
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": "http://127.0.0.1:1", // nobody listens there
        "spark.hadoop.fs.s3a.endpoint.region": "eu-west-1",
        "spark.hadoop.fs.s3a.aws.credentials.provider":
            "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "spark.hadoop.fs.s3a.attempts.maximum": "1",
        "spark.hadoop.fs.s3a.retry.limit": "1",
    };
}

/** Runs a command; its output is told only when it fails. */
async function run(
    processes: Processes,
    command: string,
    args: readonly string[],
    env: Record<string, string>,
): Promise<void> {
    const { code, tail } = await processes.run({ command, args, env: { ...process.env, ...env } });
    if (code !== 0)
        throw new Error(`${command} ended with code ${String(code)}:\n${tail.join("\n")}`);
}
