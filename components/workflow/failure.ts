/** What happens when something fails: no cluster stays behind, and someone is told what failed, where and why. */
import { hasCluster, snsFaults, terminate } from "./spark";
import { callTimeoutSeconds, type WorkflowSpec } from "./spec";
import { failurePath, retrier, type States } from "./states";

/** The failure path, from {@link failurePath} to the end. */
export function failureStates(spec: WorkflowSpec): States {
    return {
        ...(spec.cluster.mode === "transient" ? endFailedCluster(spec) : leaveCluster),
        Notify: {
            Type: "Task",
            Resource: `arn:${spec.partition}:states:::sns:publish`,
            Parameters: {
                TopicArn: spec.alertTopicArn,
                "Subject.$": `States.Format('${spec.name}: {} failed', $.failure.state)`,
                "Message.$": message(spec),
            },
            TimeoutSeconds: callTimeoutSeconds,
            Retry: [retrier(snsFaults)],
            // the failed execution has an alarm of its own
            Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Failed" }],
            ResultPath: null,
            Next: "Failed",
        },
        Failed: {
            Type: "Fail",
            ErrorPath: "$.failure.error.Error",
            CausePath: "$.failure.error.Cause",
        },
    };
}

const leaveCluster: States = { [failurePath]: { Type: "Pass", Next: "Notify" } };

function endFailedCluster({ partition }: WorkflowSpec): States {
    return {
        [failurePath]: {
            Type: "Choice",
            Comment: "Did the run launch a cluster that is still there?",
            Choices: [{ ...hasCluster, Next: "EndFailedCluster" }],
            Default: "Notify",
        },
        EndFailedCluster: {
            ...terminate(partition),
            Catch: [
                { ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "FailedClusterLeft" },
            ],
            Next: "Notify",
        },
        FailedClusterLeft: {
            Type: "Pass",
            Parameters: {
                "note.$":
                    "States.Format('cluster {} could not be ended: it ends itself after its idle timeout', " +
                    "$.cluster.ClusterId)",
            },
            ResultPath: "$.cluster",
            Next: "Notify",
        },
    };
}

function message({ region, partition, name }: WorkflowSpec): string {
    const console = consoleHosts[partition] ?? "console.aws.amazon.com";
    const lines = [
        `The run of ${name} failed in state {}.`,
        "",
        "error: {}",
        "cause: {}",
        "day: {}",
        "run: {}",
        "cluster: {}",
        "",
        `https://${region}.${console}/states/home?region=${region}#/v2/executions/details/{}`,
    ];
    const values = [
        "$.failure.state",
        "$.failure.error.Error",
        "$.failure.error.Cause",
        "$.run.dt",
        "$.run.runId",
        "$.cluster.note",
        "$$.Execution.Id",
    ];
    return `States.Format('${lines.join("\n")}', ${values.join(", ")})`;
}

/** Where a partition's console is (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html). */
const consoleHosts: Readonly<Record<string, string>> = {
    aws: "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
};
