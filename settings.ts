/** The settings of a stack: the only reader of Pulumi's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { retentionConflicts } from "./components/lake/retention";
import { deploymentName } from "./components/names";
import type { NetworkArgs } from "./network";
import { flag, list, number, oneOf, section, text, whole } from "./settingsSchema";
import type { Note, Read, Schema } from "./settingsSchema";
import { ec2Id, email, instanceType, retention, schedule } from "./settingsValues";
import { timeZone, vpcCidr, zone } from "./settingsValues";

const days = whole(1, 36_500);
const keyDeletionWindowDays = whole(7, 30);
const minutes = whole(1, 1440);

/** Of `RawLakeArgs`. */
const lake = section(
    {},
    {
        rawTransitionToIaDays: whole(30, 36_500),
        rawTransitionToGlacierDays: whole(60, 36_500),
        rawExpirationDays: days,
        processedExpirationDays: whole(2, 36_500),
        stagingExpirationDays: days,
        runRecordExpirationDays: days,
        emrLogExpirationDays: days,
        accessLogExpirationDays: days,
        noncurrentExpirationDays: days,
        logRetentionDays: retention,
        keyDeletionWindowDays,
    },
);

/** Of `NewNetworkArgs`. */
const newNetwork = section(
    { cidrBlock: vpcCidr, zones: list(zone, 2, 6) },
    { flowLogRetentionDays: retention },
);

/** Of `ExistingNetworkArgs`. */
const existingNetwork = section({ vpcId: ec2Id("vpc"), subnetIds: list(ec2Id("subnet"), 2) }, {});

/** Either; the ids of a VPC and its subnets tell which is meant. */
const network: Schema<Read<typeof newNetwork> | Read<typeof existingNetwork>> = (
    value,
    path,
    note,
) => {
    const exists =
        typeof value === "object" && value !== null && ("vpcId" in value || "subnetIds" in value);
    return exists ? existingNetwork(value, path, note) : newNetwork(value, path, note);
};

/** Of `SparkProcessorArgs`. */
const spark = section(
    {},
    {
        mode: oneOf("transient", "persistent"),
        instanceTypes: list(instanceType, 1),
        volumeSizeGib: whole(10, 16_384),
        minimumCapacityUnits: whole(1, 1000),
        maximumCapacityUnits: whole(1, 1000),
        idleTimeoutSeconds: whole(60, 604_800),
    },
);

/** Of `GlueLoaderArgs`. */
const loader = section(
    {},
    {
        workerType: oneOf("G.1X", "G.2X", "G.4X", "G.8X"),
        numberOfWorkers: whole(2, 299),
        timeoutMinutes: whole(1, 10_080),
        maxRetries: whole(0, 10),
        logRetentionDays: retention,
    },
);

/** Of `RedshiftWarehouseArgs`. */
const warehouse = section(
    {},
    {
        nodeType: oneOf("ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge"),
        numberOfNodes: whole(1, 128),
        snapshotRetentionDays: whole(1, 35),
        logRetentionDays: retention,
    },
);

/** Of `PipelineWorkflowArgs`. */
const workflow = section(
    {},
    {
        scheduleExpression: schedule,
        scheduleTimezone: timeZone,
        scheduleEnabled: flag,
        quarantineRatioLimit: number(0, 1),
        crawlTimeoutMinutes: minutes,
        launchTimeoutMinutes: minutes,
        sparkTimeoutMinutes: minutes,
        loadTimeoutMinutes: minutes,
        verifyTimeoutMinutes: minutes,
        logRetentionDays: retention,
        keyDeletionWindowDays,
    },
);

/** Of `PipelineMonitoringArgs`. */
const monitoring = section({}, { alertEmails: list(email) });

/** Every key of `loglake:`. */
const stack = section(
    { network },
    {
        name: text("a name", /./),
        protect: flag,
        allowDestroy: flag,
        lake,
        spark,
        loader,
        warehouse,
        workflow,
        monitoring,
    },
);

/** The settings of a stack. What is left out of a section is for its component to decide. */
export interface Settings {
    /** Name of the deployment, which every physical name begins with. @default project and stack: `loglake-dev` */
    readonly name: string;

    /** Refuses to delete data, keys and databases: the first key to a destroy. @default true */
    readonly protect: boolean;

    /**
     * Deletes data with what holds it, and takes no last snapshot: `allowDestroy`, the second key, is turned and nothing
     * is protected. @default false
     */
    readonly forceDestroy: boolean;

    readonly network: NetworkArgs;
    readonly lake: Read<typeof lake>;
    readonly spark: Read<typeof spark>;
    readonly loader: Read<typeof loader>;
    readonly warehouse: Read<typeof warehouse>;
    readonly workflow: Read<typeof workflow>;
    readonly monitoring: Read<typeof monitoring>;
}

/**
 * Reads and checks the configuration of the stack.
 *
 * @throws RunError that lists everything that is wrong with it.
 */
export function loadSettings(): Settings {
    const problems: string[] = [];
    const note: Note = (path, problem) => problems.push(`loglake:${path} ${problem}`);

    const region = new pulumi.Config("aws").get("region");
    if (region === undefined) problems.push("aws:region is missing");
    const read = stack(configuration("loglake"), "", note);
    const name = read?.name ?? `${pulumi.getProject()}-${pulumi.getStack()}`;
    noteThrown(() => deploymentName(name), "name", note);
    noteConflicts(read ?? {}, region, note);

    if (read === undefined || region === undefined || problems.length > 0) {
        const title = `wrong settings in stack ${pulumi.getStack()} (${String(problems.length)}):`;
        throw new pulumi.RunError([title, ...problems].join("\n  "));
    }
    const protect = read.protect ?? true;
    return {
        name,
        protect,
        forceDestroy: !protect && (read.allowDestroy ?? false),
        network: "zones" in read.network ? { ...read.network, region } : read.network,
        lake: read.lake ?? {},
        spark: read.spark ?? {},
        loader: read.loader ?? {},
        warehouse: read.warehouse ?? {},
        workflow: read.workflow ?? {},
        monitoring: read.monitoring ?? {},
    };
}

/** The stack's values below `namespace`, by key: JSON where they are JSON, and text where they are not. */
function configuration(namespace: string): Record<string, unknown> {
    const prefix = `${namespace}:`;
    const entries = Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), parse(value)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
}

function parse(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** Notes values that are right by themselves and wrong together. What is wrong by itself is not there. */
function noteConflicts(
    read: Partial<Read<typeof stack>>,
    region: string | undefined,
    note: Note,
): void {
    for (const { argument, reason } of retentionConflicts(read.lake ?? {})) {
        note(`lake.${argument}`, reason);
    }
    const zones = read.network !== undefined && "zones" in read.network ? read.network.zones : [];
    for (const each of zones.filter(
        (name) => region !== undefined && name.slice(0, -1) !== region,
    )) {
        note("network.zones", `must be in aws:region (${String(region)}), got ${each}`);
    }
    const { minimumCapacityUnits = 0, maximumCapacityUnits = Infinity } = read.spark ?? {};
    if (maximumCapacityUnits < minimumCapacityUnits) {
        const least = `minimumCapacityUnits (${String(minimumCapacityUnits)})`;
        note(
            "spark.maximumCapacityUnits",
            `must be ${least} or more, got ${String(maximumCapacityUnits)}`,
        );
    }
}

function noteThrown(check: () => unknown, path: string, note: Note): void {
    try {
        check();
    } catch (error) {
        if (!(error instanceof pulumi.InputPropertyError)) throw error;
        note(path, error.message.replace(`${path} `, ""));
    }
}
