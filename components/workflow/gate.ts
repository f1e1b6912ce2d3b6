/** What Spark says it has done, the metrics of it, and whether it may be loaded. */
import { callTimeoutSeconds, type WorkflowSpec } from "./spec";
import { present, refusal, task, type Json, type Rule, type States } from "./states";

/** Namespace of the project's own metrics. */
export const metricNamespace = "loglake";

const counts = ["linesIn", "events", "quarantined", "skipped", "quarantineRatio"];

const cloudWatchFaults = [
    "CloudWatch.CloudWatchException",
    "CloudWatch.InternalServiceException",
    "CloudWatch.SdkClientException",
];

/** One datum of `PutMetricData`; `path` leads to the value. */
export function datum(name: string, metric: string, path: string, unit: "Count" | "None"): Json {
    return {
        MetricName: metric,
        Dimensions: [{ Name: "Environment", Value: name }],
        "Value.$": path,
        Unit: unit,
    };
}

/**
 * Reads the manifest, puts its counts into CloudWatch, and lets the day pass or not. The metrics come first, so that the
 * alarms on them see the very days that the gate refuses.
 */
export function gateStates(spec: WorkflowSpec): States {
    const { name, partition, quarantineRatioLimit } = spec;
    const limit = String(quarantineRatioLimit);
    return {
        ...task(partition, "ReadManifest", {
            call: "aws-sdk:s3:getObject",
            parameters: {
                Bucket: spec.processedBucketName,
                "Key.$": "$.run.manifestKey",
            },
            timeoutSeconds: callTimeoutSeconds,
            retry: ["S3.S3Exception", "S3.SdkClientException"],
            resultSelector: { "content.$": "States.StringToJson($.Body)" },
            resultPath: "$.manifest",
            next: "ManifestComplete",
        }),
        ManifestComplete: {
            Type: "Choice",
            Choices: [
                {
                    And: [ofThisRun, present(reasons), ...counts.map(isNumber)],
                    Next: "PutMetrics",
                },
            ],
            Default: "InvalidManifest",
        },
        ...refusal(
            "InvalidManifest",
            `s3://${spec.processedBucketName}/{} is not the manifest of run {}, or lacks one of ${counts.join(" ")}`,
            "$.run.manifestKey",
            "$.run.runId",
        ),
        ...task(partition, "PutMetrics", {
            call: "aws-sdk:cloudwatch:putMetricData",
            parameters: {
                Namespace: metricNamespace,
                MetricData: [
                    datum(name, "LinesIn", "$.manifest.content.linesIn", "Count"),
                    datum(name, "Events", "$.manifest.content.events", "Count"),
                    datum(name, "Quarantined", "$.manifest.content.quarantined", "Count"),
                    datum(name, "Skipped", "$.manifest.content.skipped", "Count"),
                    datum(name, "QuarantineRatio", "$.manifest.content.quarantineRatio", "None"),
                ],
            },
            timeoutSeconds: callTimeoutSeconds,
            retry: cloudWatchFaults,
            next: "CheckQuality",
        }),
        CheckQuality: {
            Type: "Choice",
            Choices: [
                {
                    Variable: "$.manifest.content.events",
                    NumericLessThan: 1,
                    Next: "ZeroEvents",
                },
                {
                    Variable: "$.manifest.content.quarantineRatio",
                    NumericGreaterThan: quarantineRatioLimit,
                    Next: "QuarantineRatio",
                },
            ],
            Default: "Load",
        },
        ...refusal(
            "ZeroEvents",
            "none of the {} lines of {} became an event",
            "$.manifest.content.linesIn",
            "$.run.dt",
        ),
        ...refusal(
            "QuarantineRatio",
            `{} of {} lines of {} are quarantined, a ratio of {} where ${limit} is allowed: {}`,
            "$.manifest.content.quarantined",
            "$.manifest.content.linesIn",
            "$.run.dt",
            "$.manifest.content.quarantineRatio",
            `States.JsonToString(${reasons})`,
        ),
    };
}

const reasons = "$.manifest.content.quarantinedByReason";

/** The manifest of another run would pass every other check. */
const ofThisRun = present("$.manifest.content.runId", { StringEqualsPath: "$.run.runId" });

function isNumber(count: string): Rule {
    return present(`$.manifest.content.${count}`, { IsNumeric: true });
}

/** Tells CloudWatch how many rows the warehouse holds of the day, once they have been counted. */
export function putRowsLoaded({ name, partition }: WorkflowSpec): States {
    return task(partition, "PutRowsLoaded", {
        call: "aws-sdk:cloudwatch:putMetricData",
        parameters: {
            Namespace: metricNamespace,
            MetricData: [datum(name, "RowsLoaded", "$.counts.redshift", "Count")],
        },
        timeoutSeconds: callTimeoutSeconds,
        retry: cloudWatchFaults,
        next: "Succeeded",
    });
}
