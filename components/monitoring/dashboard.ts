/** The dashboard: is it up to date, is the data good, does the warehouse hold. */
import type { Metric } from "./metrics";
import { metrics } from "./metrics";

/** What the dashboard names, with every value known. */
export interface DashboardNames {
    readonly deployment: string;
    readonly region: string;
    readonly stateMachineArn: string;
    readonly clusterIdentifier: string;
    readonly alarmArns: readonly string[];
}

type Statistic = "Sum" | "Minimum" | "Maximum" | "Average";

interface Line {
    readonly metric: Metric;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly label: string;
    readonly statistic: Statistic;
}

/** The body of the dashboard (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html). */
export function dashboardBody(names: DashboardNames): object {
    const { deployment, region } = names;
    const run = { StateMachineArn: names.stateMachineArn };
    const day = { Environment: deployment };
    const cluster = { ClusterIdentifier: names.clusterIdentifier };
    const line =
        (dimensions: Readonly<Record<string, string>>) =>
        (metric: Metric, label: string, statistic: Statistic): Line => ({
            metric,
            dimensions,
            label,
            statistic,
        });
    const ofRun = line(run);
    const ofDay = line(day);
    const ofCluster = line(cluster);
    const daySeconds = 24 * 60 * 60;

    return {
        widgets: [
            {
                type: "alarm",
                ...place(0, 0, 24),
                properties: { title: `Alarms of ${deployment}`, alarms: [...names.alarmArns] },
            },
            graph(region, "Runs", place(0, 1), daySeconds, [
                ofRun(metrics.executionsStarted, "started", "Sum"),
                ofRun(metrics.executionsSucceeded, "succeeded", "Sum"),
                ofRun(metrics.executionsFailed, "failed", "Sum"),
                ofRun(metrics.executionsTimedOut, "timed out", "Sum"),
                ofRun(metrics.executionsAborted, "aborted", "Sum"),
            ]),
            graph(region, "Length of a run, ms", place(1, 1), daySeconds, [
                ofRun(metrics.executionTime, "longest", "Maximum"),
            ]),
            graph(region, "Lines of a day", place(0, 2), daySeconds, [
                ofDay(metrics.linesIn, "lines in", "Maximum"),
                ofDay(metrics.events, "events", "Maximum"),
                ofDay(metrics.quarantined, "quarantined", "Maximum"),
                ofDay(metrics.skipped, "skipped", "Maximum"),
                ofDay(metrics.rowsLoaded, "rows in the warehouse", "Maximum"),
            ]),
            graph(region, "Part of the lines quarantined", place(1, 2), daySeconds, [
                ofDay(metrics.quarantineRatio, "ratio", "Maximum"),
            ]),
            graph(region, "Warehouse, %", place(0, 3), 300, [
                ofCluster(metrics.diskSpaceUsed, "storage used", "Maximum"),
                ofCluster(metrics.cpuUtilization, "CPU", "Average"),
            ]),
            graph(region, "Warehouse", place(1, 3), 300, [
                ofCluster(metrics.healthStatus, "healthy", "Minimum"),
                ofCluster(metrics.databaseConnections, "connections", "Maximum"),
            ]),
        ],
    };
}

interface Place {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}

/** Two columns of 12 units, rows of 6. */
function place(column: number, row: number, width = 12): Place {
    return { x: column * 12, y: row * 6, width, height: 6 };
}

function graph(region: string, title: string, at: Place, period: number, lines: readonly Line[]) {
    return {
        type: "metric",
        ...at,
        properties: {
            title,
            region,
            period,
            view: "timeSeries",
            metrics: lines.map(({ metric, dimensions, label, statistic }) => [
                metric.namespace,
                metric.name,
                ...Object.entries(dimensions).flat(),
                { label, stat: statistic },
            ]),
        },
    };
}
