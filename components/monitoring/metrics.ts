/**
 * Every metric that an alarm or the dashboard names, with its dimensions, its unit and the page that says so. Nothing else may be
 * named: an alarm on a metric that nobody emits is silent for ever.
 */

/** A metric of CloudWatch. */
export interface Metric {
    readonly namespace: string;
    readonly name: string;
    /** Names of the dimensions that it is emitted with, all of which a query must give. */
    readonly dimensions: readonly string[];
    readonly unit: string;
    /** Page that documents it, or the file here that emits it. */
    readonly source: string;
}

const statesPage = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html";
const redshiftPage = "https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html";
const emrPage =
    "https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_ViewingMetrics.html";
const schedulerPage =
    "https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html";
const gate = "components/workflow/gate.ts";

function execution(name: string, unit = "Count"): Metric {
    const dimensions = ["StateMachineArn"];
    return { namespace: "AWS/States", name, dimensions, unit, source: statesPage };
}

function ofCluster(name: string, unit: string): Metric {
    const dimensions = ["ClusterIdentifier"];
    return { namespace: "AWS/Redshift", name, dimensions, unit, source: redshiftPage };
}

function ofEmr(name: string, unit: string): Metric {
    const dimensions = ["JobFlowId"];
    return { namespace: "AWS/ElasticMapReduce", name, dimensions, unit, source: emrPage };
}

function own(name: string, unit: string): Metric {
    return { namespace: "loglake", name, dimensions: ["Environment"], unit, source: gate };
}

/** The metrics, by what they are called here. */
export const metrics = {
    executionsStarted: execution("ExecutionsStarted"),
    executionsSucceeded: execution("ExecutionsSucceeded"),
    executionsFailed: execution("ExecutionsFailed"),
    executionsTimedOut: execution("ExecutionsTimedOut"),
    executionsAborted: execution("ExecutionsAborted"),
    executionTime: execution("ExecutionTime", "Milliseconds"),

    invocationsDropped: {
        namespace: "AWS/Scheduler",
        name: "InvocationDroppedCount",
        dimensions: ["ScheduleGroup"],
        unit: "Count",
        source: schedulerPage,
    },

    linesIn: own("LinesIn", "Count"),
    events: own("Events", "Count"),
    quarantined: own("Quarantined", "Count"),
    skipped: own("Skipped", "Count"),
    quarantineRatio: own("QuarantineRatio", "None"),
    rowsLoaded: own("RowsLoaded", "Count"),

    /** 1 while the cluster runs, costs money and has no work. */
    isIdle: ofEmr("IsIdle", "Boolean"),
    unhealthyNodes: ofEmr("MRUnhealthyNodes", "Count"),

    /** 1 when a query could be run in the last minute. */
    healthStatus: ofCluster("HealthStatus", "Count"),
    diskSpaceUsed: ofCluster("PercentageDiskSpaceUsed", "Percent"),
    databaseConnections: ofCluster("DatabaseConnections", "Count"),
    cpuUtilization: ofCluster("CPUUtilization", "Percent"),

    /** Terabytes that Spectrum has scanned in the limit's period, in whole ones. */
    usageLimitConsumed: {
        namespace: "AWS/Redshift",
        name: "UsageLimitConsumed",
        dimensions: ["ClusterIdentifier", "FeatureType", "UsageLimitId"],
        unit: "Terabytes",
        source: redshiftPage,
    },
} satisfies Readonly<Record<string, Metric>>;
