/** One alarm: what it says of itself, and the resource. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "./metrics";

/** What an alarm watches and when it fires. */
export interface AlarmSpec {
    /** The alarm's name, after the deployment's. */
    readonly suffix: string;
    /** What has happened, for whoever is woken by it. */
    readonly description: string;
    readonly metric: Metric;
    readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
    readonly statistic: "Sum" | "Minimum" | "Maximum";
    readonly comparison:
        "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
    readonly threshold: number;
    readonly periodSeconds: number;
    /** How many periods in a row. */
    readonly periods: number;
    /** `breaching` where silence is the failure, `notBreaching` where a metric is only emitted when something happens. */
    readonly missingData: "breaching" | "notBreaching";
}

/** Creates the alarms as children of `monitoring`; each tells the topic when it fires and when all is well again. */
export function createAlarms(
    monitoring: pulumi.Resource,
    deployment: string,
    specs: readonly AlarmSpec[],
    topicArn: pulumi.Input<string>,
): readonly aws.cloudwatch.MetricAlarm[] {
    return specs.map(
        (spec) =>
            new aws.cloudwatch.MetricAlarm(
                `${deployment}-${spec.suffix}`,
                {
                    name: `${deployment}-${spec.suffix}`,
                    alarmDescription: spec.description,
                    namespace: spec.metric.namespace,
                    metricName: spec.metric.name,
                    dimensions: spec.dimensions,
                    statistic: spec.statistic,
                    comparisonOperator: spec.comparison,
                    threshold: spec.threshold,
                    period: spec.periodSeconds,
                    evaluationPeriods: spec.periods,
                    datapointsToAlarm: spec.periods,
                    treatMissingData: spec.missingData,
                    alarmActions: [topicArn],
                    okActions: [topicArn],
                },
                { parent: monitoring },
            ),
    );
}
