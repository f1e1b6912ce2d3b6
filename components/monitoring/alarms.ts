/** The alarms. Each fires on one failure, and says what it makes of a time without data. */
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec } from "./alarm";
import { metrics } from "./metrics";

/** What the alarms name, and their limits. */
export interface AlarmTargets {
    readonly deployment: string;
    readonly stateMachineArn: pulumi.Input<string>;
    readonly clusterIdentifier: pulumi.Input<string>;
    /** EMR cluster that stays, where there is one. */
    readonly sparkClusterId: pulumi.Input<string> | undefined;
    readonly spectrumUsageLimitId: pulumi.Input<string> | undefined;
    readonly scheduleEnabled: boolean;
    readonly freshnessHours: number;
    readonly quarantineRatioLimit: number;
    readonly diskSpaceLimitPercent: number;
    readonly connectionLimit: number;
    readonly spectrumAlarmTerabytes: number;
}

const once = { periodSeconds: 300, periods: 1, missingData: "notBreaching" } as const;
const atLeastOne = {
    statistic: "Sum",
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    ...once,
} as const;

/** Every alarm of a deployment. */
export function alarmSpecs(targets: AlarmTargets): readonly AlarmSpec[] {
    return [
        ...workflowAlarms(targets),
        ...dataAlarms(targets),
        ...sparkAlarms(targets),
        ...warehouseAlarms(targets),
    ];
}

function workflowAlarms(targets: AlarmTargets): AlarmSpec[] {
    const { deployment, freshnessHours } = targets;
    const dimensions = { StateMachineArn: targets.stateMachineArn };
    const freshness: AlarmSpec = {
        suffix: "nothing-succeeded",
        // also where none has succeeded yet: a schedule, a role or an upload that never works looks the same as one that has
        // stopped to, and the first message shows that messages arrive
        description:
            `No run of ${deployment} has succeeded for ${String(freshnessHours)} hours: the warehouse is out of date. ` +
            `A new deployment is, until its first run has succeeded.`,
        metric: metrics.executionsSucceeded,
        dimensions,
        statistic: "Sum",
        comparison: "LessThanThreshold",
        threshold: 1,
        // with hours as periods an alarm can look back as far as a week
        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html)
        periodSeconds: 3600,
        periods: freshnessHours,
        missingData: "breaching",
    };
    return [
        {
            suffix: "execution-failed",
            description: `A run of ${deployment} has failed. The message of the workflow says where and why.`,
            metric: metrics.executionsFailed,
            dimensions,
            ...atLeastOne,
        },
        {
            suffix: "execution-timed-out",
            description: `A run of ${deployment} took too long and was ended. A cluster of its own ends after its idle timeout.`,
            metric: metrics.executionsTimedOut,
            dimensions,
            ...atLeastOne,
        },
        {
            suffix: "execution-aborted",
            description: `A run of ${deployment} was stopped by hand. A cluster of its own ends after its idle timeout.`,
            metric: metrics.executionsAborted,
            dimensions,
            ...atLeastOne,
        },
        {
            suffix: "schedule-dropped",
            description: `The schedule of ${deployment} could not start its run. Start it by hand.`,
            metric: metrics.invocationsDropped,
            dimensions: { ScheduleGroup: deployment },
            ...atLeastOne,
        },
        // without a schedule, nothing is due
        ...(targets.scheduleEnabled ? [freshness] : []),
    ];
}

function dataAlarms({ deployment, quarantineRatioLimit }: AlarmTargets): AlarmSpec[] {
    const dimensions = { Environment: deployment };
    return [
        {
            suffix: "zero-events",
            description: `A run of ${deployment} made no event of the day's lines. The day was not loaded.`,
            metric: metrics.events,
            dimensions,
            statistic: "Minimum",
            comparison: "LessThanThreshold",
            threshold: 1,
            ...once,
        },
        {
            suffix: "quarantine-ratio",
            description:
                `More than ${String(quarantineRatioLimit * 100)} % of a day's lines are quarantined in ${deployment}. ` +
                `The day was not loaded.`,
            metric: metrics.quarantineRatio,
            dimensions,
            statistic: "Maximum",
            comparison: "GreaterThanThreshold",
            threshold: quarantineRatioLimit,
            ...once,
        },
    ];
}

/**
 * Of a cluster that stays. One that a run brings along has no id to watch: the run ends it, says so when it can't, and rules
 * report one that ends in another way.
 */
function sparkAlarms({ deployment, sparkClusterId, freshnessHours }: AlarmTargets): AlarmSpec[] {
    if (sparkClusterId === undefined) return [];
    const dimensions = { JobFlowId: sparkClusterId };
    return [
        {
            suffix: "cluster-idle",
            description: `The EMR cluster of ${deployment} has had no work for ${String(freshnessHours)} hours and costs money.`,
            metric: metrics.isIdle,
            dimensions,
            statistic: "Minimum",
            comparison: "GreaterThanOrEqualToThreshold",
            threshold: 1,
            periodSeconds: 3600,
            periods: freshnessHours,
            missingData: "notBreaching",
        },
        {
            suffix: "cluster-unhealthy",
            description: `A node of the EMR cluster of ${deployment} has been unhealthy for a quarter of an hour.`,
            metric: metrics.unhealthyNodes,
            dimensions,
            statistic: "Maximum",
            comparison: "GreaterThanOrEqualToThreshold",
            threshold: 1,
            periodSeconds: 300,
            periods: 3,
            missingData: "notBreaching",
        },
    ];
}

function warehouseAlarms(targets: AlarmTargets): AlarmSpec[] {
    const { deployment, clusterIdentifier, spectrumUsageLimitId } = targets;
    const dimensions = { ClusterIdentifier: clusterIdentifier };
    const spectrum: AlarmSpec[] =
        spectrumUsageLimitId === undefined
            ? []
            : [
                  {
                      suffix: "spectrum-usage",
                      description: `Spectrum of ${deployment} has scanned ${String(targets.spectrumAlarmTerabytes)} TB in this period.`,
                      metric: metrics.usageLimitConsumed,
                      dimensions: {
                          ...dimensions,
                          FeatureType: "SPECTRUM",
                          UsageLimitId: spectrumUsageLimitId,
                      },
                      statistic: "Maximum",
                      comparison: "GreaterThanOrEqualToThreshold",
                      threshold: targets.spectrumAlarmTerabytes,
                      ...once,
                  },
              ];
    return [
        {
            suffix: "redshift-unhealthy",
            description: `The Redshift cluster of ${deployment} has answered no query for five minutes, or is gone.`,
            metric: metrics.healthStatus,
            dimensions,
            statistic: "Minimum",
            comparison: "LessThanThreshold",
            threshold: 1,
            periodSeconds: 60,
            periods: 5,
            missingData: "breaching",
        },
        {
            suffix: "redshift-disk",
            description: `The Redshift cluster of ${deployment} has used ${String(targets.diskSpaceLimitPercent)} % of its storage.`,
            metric: metrics.diskSpaceUsed,
            dimensions,
            statistic: "Maximum",
            comparison: "GreaterThanOrEqualToThreshold",
            threshold: targets.diskSpaceLimitPercent,
            ...once,
        },
        {
            suffix: "redshift-connections",
            description: `The Redshift cluster of ${deployment} has ${String(targets.connectionLimit)} connections or more.`,
            metric: metrics.databaseConnections,
            dimensions,
            statistic: "Maximum",
            comparison: "GreaterThanOrEqualToThreshold",
            threshold: targets.connectionLimit,
            ...once,
        },
        ...spectrum,
    ];
}
