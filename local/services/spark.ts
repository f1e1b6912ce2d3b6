/** Spark itself: `spark-submit` of the PySpark that is installed, on this machine's cores, reading `s3://` at the gateway. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "../gateway/identities";
import type { Exit } from "../processes";
import { archiveFile, classPath, moduleOptions, type SparkClasses } from "./classArchive";
import { awsEnvironment, plainEnvironment, type Context } from "./context";

/** What is installed, and how much of the machine Spark may use. */
export interface SparkInstallation extends SparkClasses {
    /** @default 2 */
    readonly cores?: number;
    /** Memory of the one JVM, which is driver and executor. @default "1g" */
    readonly memory?: string;
    /**
     * Lets Java compile as well as it can, which pays off only after a minute or so of the same work: short runs take half
     * the time without. @default false
     */
    readonly isLongRun?: boolean;
}

/** One `spark-submit`. */
export interface Submit {
    /** Name of the folder of its files and log below the run's folder. */
    readonly id: string;
    /** Options, script and the script's arguments, as after `spark-submit`. */
    readonly args: readonly string[];
    /** Spark properties that the service would set. */
    readonly properties: Readonly<Record<string, string>>;
    readonly credentials: Credentials;
    readonly environment?: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
    readonly timeoutSeconds?: number;
}

/** How a `spark-submit` ended. */
export interface Submitted extends Exit {
    readonly logFile: string;
    /** What a reader needs first: the last error that Python or Spark named. */
    readonly error: string;
}

/** Runs Spark to its end. */
export async function sparkSubmit(
    installation: SparkInstallation,
    context: Context,
    submit: Submit,
): Promise<Submitted> {
    const folder = join(context.runFolder, submit.id);
    mkdirSync(join(folder, "scratch"), { recursive: true });
    const propertiesFile = join(folder, "spark.properties");
    const logSettings = join(folder, "log4j2.properties");
    const logFile = join(folder, "log.txt");
    const properties = { ...submit.properties, ...localProperties(context, folder) };
    writeFileSync(propertiesFile, propertiesText(properties));
    writeFileSync(logSettings, log4jProperties);

    const { python, sparkHome, javaHome, cores = 2, memory = "1g" } = installation;
    const exit = await context.processes.run({
        command: join(javaHome, "bin", "java"),
        args: [
            ...[`-Xmx${memory}`, "-XX:+UseSerialGC"],
            ...(installation.isLongRun === true ? [] : ["-XX:TieredStopAtLevel=1"]),
            ...["-Xshare:auto", `-XX:SharedArchiveFile=${archiveFile(installation)}`],
            ...["-Xlog:disable", "-Xlog:all=error:stderr"], // an archive of another Java's is passed over without a word
            ...moduleOptions,
            `-Dlog4j2.configurationFile=file:${logSettings}`,
            ...["-cp", classPath(installation)],
            "org.apache.spark.deploy.SparkSubmit",
            ...["--master", `local[${String(cores)}]`, "--properties-file", propertiesFile],
            ...submit.args,
        ],
        env: {
            ...plainEnvironment(),
            ...awsEnvironment(context, submit.credentials),
            ...submit.environment,
            JAVA_HOME: javaHome,
            SPARK_HOME: sparkHome,
            SPARK_LOCAL_IP: "127.0.0.1",
            SPARK_LOCAL_HOSTNAME: "localhost",
            PYSPARK_PYTHON: python,
            PYSPARK_DRIVER_PYTHON: python,
            PYTHONDONTWRITEBYTECODE: "1",
            PYTHONUNBUFFERED: "1",
        },
        cwd: folder,
        logFile,
        onLine: progressOf(submit.onLine),
        ...(submit.timeoutSeconds === undefined ? {} : { timeoutSeconds: submit.timeoutSeconds }),
    });
    return { ...exit, logFile, error: lastError(exit.tail) };
}

/** What is different here from a cluster: one machine, and S3 by its open client at the gateway. */
function localProperties({ gateway, region }: Context, folder: string): Record<string, string> {
    return {
        "spark.ui.enabled": "false",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": join(folder, "scratch"),
        "spark.sql.warehouse.dir": join(folder, "scratch", "warehouse"),
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
        "spark.hadoop.fs.s3a.endpoint": gateway.endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": region,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        // the session is in the environment, not on a command line that every user of the machine can read
        "spark.hadoop.fs.s3a.aws.credentials.provider":
            "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "spark.hadoop.fs.s3a.buffer.dir": join(folder, "scratch"),
        // EMR writes through a committer that does not rename; a rename here is a copy of every object
        "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
        "spark.hadoop.fs.s3a.attempts.maximum": "3",
    };
}

/** Warnings and worse, and the end of every task, which is the progress. */
const log4jProperties = `
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
logger.tasks.name = org.apache.spark.scheduler.TaskSetManager
logger.tasks.level = info
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.s3a.name = org.apache.hadoop.fs.s3a
logger.s3a.level = error
logger.metrics.name = org.apache.hadoop.metrics2.impl.MetricsConfig
logger.metrics.level = error
`;

const logLine = /^\d\d:\d\d:\d\d (INFO|WARN|ERROR|FATAL) /;
/** A line that names an error: Python's `ValueError: ...`, Java's `java.io.IOException: ...`. */
const errorLine = /^([\w.]+\.)?\w*(Error|Exception|Exit)\b/;
/** What else a stack trace consists of. */
const traceLine = /^\s|^Traceback|^Caused by|^Exception in thread|^$/;
const finishedTask = /Finished task \S+ in stage (\d+)\.\d+ .*\((\d+)\/(\d+)\)$/;

/** Passes on what the program prints, and how far each stage is; log lines stay in the log. */
function progressOf(onLine: (line: string) => void): (line: string) => void {
    let said = 0;
    return (line) => {
        const [, stage, done, all] = finishedTask.exec(line) ?? [];
        if (stage !== undefined) {
            if (Date.now() - said < 1000) return;
            said = Date.now();
            onLine(`stage ${stage}: ${done ?? ""} of ${all ?? ""} tasks`);
        } else if (![logLine, errorLine, traceLine].some((kind) => kind.test(line))) {
            onLine(line);
        }
    };
}

/** The last line that names an error, or else the last that says anything. */
function lastError(tail: readonly string[]): string {
    const named = tail.filter((line) => errorLine.test(line));
    return named.at(-1) ?? tail.findLast((line) => line.trim() !== "") ?? "no output";
}

/** Java's properties format, in which a backslash escapes. */
function propertiesText(properties: Readonly<Record<string, string>>): string {
    return Object.entries(properties)
        .map(([key, value]) => `${key} ${value.replaceAll("\\", "\\\\")}\n`)
        .join("");
}
