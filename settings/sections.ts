/** What each section of a stack's settings may hold: arguments of its component, by their own names. */
import { flag, list, number, oneOf, section, text, whole, type Read, type Schema } from "./schema";
import { cidrBlock, ec2Id, email, instanceType, maintenanceWindow, retention } from "./values";
import { schedule, timeZone, vpcCidr, zone } from "./values";

const days = whole(1, 36_500);
const keyDeletionWindowDays = whole(7, 30);
const minutes = whole(1, 1440);

/** Of `RawLakeArgs`. */
export const lake = section(
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
    { flowLogRetentionDays: retention, keyDeletionWindowDays },
);

/** Of `ExistingNetworkArgs`. */
const existingNetwork = section({ vpcId: ec2Id("vpc"), subnetIds: list(ec2Id("subnet"), 2) }, {});

/** Either; the ids of a VPC and its subnets tell which is meant. */
export const network: Schema<Read<typeof newNetwork> | Read<typeof existingNetwork>> = (
    value,
    path,
    note,
) => {
    const exists =
        typeof value === "object" && value !== null && ("vpcId" in value || "subnetIds" in value);
    return exists ? existingNetwork(value, path, note) : newNetwork(value, path, note);
};

/** Of `SparkProcessorArgs`. */
export const spark = section(
    {},
    {
        mode: oneOf("transient", "persistent"),
        serviceCidrBlocks: list(cidrBlock, 1),
        instanceTypes: list(instanceType, 1),
        volumeSizeGib: whole(10, 16_384),
        minimumCapacityUnits: whole(1, 1000),
        maximumCapacityUnits: whole(1, 1000),
        idleTimeoutSeconds: whole(60, 604_800),
    },
);

/** Of `GlueLoaderArgs`. */
export const loader = section(
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
export const warehouse = section(
    {},
    {
        nodeType: oneOf("ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge"),
        numberOfNodes: whole(1, 128),
        snapshotRetentionDays: whole(1, 35),
        maintenanceWindow,
        spectrumLimitTerabytes: whole(1, 1_000_000),
        spectrumLimitAction: oneOf("disable", "emit-metric"),
        deployerArns: list(
            text(
                "the ARN of a role or user, * where it differs",
                /^arn:aws[a-z-]*:iam::(\d{12}|\*):(role|user)\/.+$/,
            ),
        ),
        logRetentionDays: retention,
        keyDeletionWindowDays,
    },
);

/** Of `PipelineWorkflowArgs`. */
export const workflow = section(
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
export const monitoring = section(
    {},
    {
        alertEmails: list(email),
        freshnessHours: whole(1, 168),
        diskSpaceLimitPercent: whole(1, 99),
        connectionLimit: whole(1, 2000),
        spectrumAlarmTerabytes: whole(1, 1_000_000),
        keyDeletionWindowDays,
    },
);

/** Every key of `loglake:`. */
export const stack = section(
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
