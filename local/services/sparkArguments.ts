/** What of a cluster's Spark settings and of `spark-submit`'s options holds on one machine. */

/**
 * Properties that describe a cluster: where it runs, how large its executors are, how they are found and trusted. One JVM
 * on this machine has none of it.
 */
const ofACluster = [
    /^spark\.(master|submit\.deployMode)$/,
    /^spark\.(yarn|dynamicAllocation|shuffle\.service|blacklist|excludeOnFailure|decommission)\./,
    /^spark\.(executor|driver)\.(memory|memoryOverhead|cores|instances|extraClassPath|extraLibraryPath|extraJavaOptions|defaultJavaOptions)$/,
    /^spark\.(pyspark\.(driver\.)?python|executorEnv\..*|appMasterEnv\..*)$/,
    /^spark\.(authenticate|network\.crypto|ssl|io\.encryption|eventLog|history|ui)\b/,
    /^spark\.emr\./,
    /^spark\.hadoop\.fs\.s3\./,
    /^spark\.sql\.(emr|parquet\.output\.committer\.class|parquet\.fs\.optimized)/,
];

/** Whether a property means the same on one machine. */
export function holdsLocally(property: string): boolean {
    return !ofACluster.some((pattern) => pattern.test(property));
}

/** Only the properties that mean the same on one machine. */
export function localPart(properties: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(properties).filter(([name]) => holdsLocally(name)));
}

/** Options of `spark-submit` that say where to run, or how large: they go, each with its value. */
const placement = new Set([
    "--master",
    "--deploy-mode",
    "--queue",
    "--num-executors",
    "--executor-memory",
    "--executor-cores",
    "--driver-memory",
    "--driver-cores",
    "--principal",
    "--keytab",
]);
const switches = new Set(["--verbose", "-v", "--supervise"]);

/** The arguments of `spark-submit` without what places them on a cluster. The script's own arguments stay as they are. */
export function localArguments(args: readonly string[]): string[] {
    const kept: string[] = [];
    let index = 0;
    while (index < args.length && (args[index] ?? "").startsWith("-")) {
        const option = args[index] ?? "";
        if (switches.has(option)) {
            index += 1;
            continue;
        }
        const [name = "", inline] = option.split(/=(.*)/s, 2);
        const value = inline ?? args[index + 1] ?? "";
        index += inline === undefined ? 2 : 1;
        const isDropped =
            placement.has(name) || (name === "--conf" && !holdsLocally(value.split("=")[0] ?? ""));
        if (!isDropped) kept.push(name, value);
    }
    return [...kept, ...args.slice(index)];
}
