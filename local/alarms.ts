/** What the deployed alarms say of the metrics that a run has put. */
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Api } from "./api";
import type { AlarmState } from "./summary";

/**
 * Puts what Step Functions itself would put of an execution
 * (https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html).
 */
export async function putExecutionMetric(
    api: Api,
    stateMachineArn: string,
    status: string,
): Promise<void> {
    const names: Record<string, string> = {
        SUCCEEDED: "ExecutionsSucceeded",
        FAILED: "ExecutionsFailed",
        TIMED_OUT: "ExecutionsTimedOut",
        ABORTED: "ExecutionsAborted",
    };
    await api("cloudwatch", "PutMetricData", {
        Namespace: "AWS/States",
        MetricData: [
            {
                MetricName: names[status],
                Dimensions: [{ Name: "StateMachineArn", Value: stateMachineArn }],
                Value: 1,
                Timestamp: new Date(),
            },
        ],
    });
}

/**
 * Each alarm with `OK`, `ALARM`, or `INSUFFICIENT_DATA` where nothing on this machine emits its metric. moto keeps alarms and metrics, and
 * never holds one against the other: that is done here, for alarms on one statistic of one metric.
 */
export async function alarmStates(api: Api): Promise<AlarmState[]> {
    const { MetricAlarms = [] } = (await api("cloudwatch", "DescribeAlarms", {})) as {
        MetricAlarms?: MetricAlarm[];
    };
    const states = await Promise.all(
        MetricAlarms.map(async (alarm) => ({
            name: alarm.AlarmName ?? "",
            state: await stateOf(api, alarm),
        })),
    );
    return states.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function stateOf(api: Api, alarm: MetricAlarm): Promise<AlarmState["state"]> {
    const {
        Namespace,
        MetricName,
        Dimensions,
        Period = 60,
        EvaluationPeriods = 1,
        Statistic = "Sum",
    } = alarm;
    const now = Date.now();
    const { Datapoints = [] } = (await api("cloudwatch", "GetMetricStatistics", {
        Namespace,
        MetricName,
        Dimensions,
        Period,
        Statistics: [Statistic],
        StartTime: new Date(now - Period * EvaluationPeriods * 1000),
        EndTime: new Date(now + 60_000),
    })) as { Datapoints?: Partial<Record<string, number>>[] };
    if (Datapoints.length === 0) return "INSUFFICIENT_DATA";
    // periods without data count as the alarm says: for one that wants all periods breaching, data that is fine settles it
    const breaching = Datapoints.every((point) => breaches(point[Statistic] ?? 0, alarm));
    return breaching ? "ALARM" : "OK";
}

function breaches(value: number, { ComparisonOperator, Threshold = 0 }: MetricAlarm): boolean {
    switch (ComparisonOperator) {
        case "GreaterThanOrEqualToThreshold":
            return value >= Threshold;
        case "GreaterThanThreshold":
            return value > Threshold;
        case "LessThanThreshold":
            return value < Threshold;
        case "LessThanOrEqualToThreshold":
            return value <= Threshold;
        default:
            throw new Error(
                `${String(ComparisonOperator)} is not an operator that is understood here`,
            );
    }
}
