/** The day's lines into typed tables: a cluster where the run brings its own, the Spark step, and the cluster's end. */
import { callTimeoutSeconds, type WorkflowSpec } from "./spec";
import {
    poll,
    pollsExceed,
    present,
    refusal,
    retrier,
    task,
    type States,
    type Template,
} from "./states";

const intervalSeconds = 30;

/**
 * Throttling, as the optimised integration reports it: EMR declares no error for it, so that it comes under the SDK's
 * base exception. The call was refused, which makes it safe to repeat; a lost answer is not retried, because the step may
 * have been added.
 */
const emrRefusals = ["EMR.AmazonElasticMapReduceException"];

/** The same from the SDK integration. */
const sdkRefusals = ["Emr.EmrException"];

const describeFaults = [...sdkRefusals, "Emr.InternalServerException", "Emr.SdkClientException"];

/**
 * Launches the run's own cluster and waits until it takes steps.
 *
 * By the SDK integration, which takes every parameter of RunJobFlow, and not by `createCluster.sync`, which tells the
 * cluster's id only when it is ready: a launch that fails or takes too long would leave a cluster that nothing in the run
 * could end.
 */
export function launchStates(spec: WorkflowSpec, parameters: Template): States {
    const { partition, limits } = spec;
    const seconds = limits.launchMinutes * 60;
    const state = "$.launch.Status.State";
    return {
        ...task(partition, "LaunchCluster", {
            call: "aws-sdk:emr:runJobFlow",
            parameters,
            timeoutSeconds: callTimeoutSeconds,
            retry: sdkRefusals,
            resultSelector: { "ClusterId.$": "$.JobFlowId", note: "the cluster was left running" },
            resultPath: "$.cluster",
            next: "WaitForCluster",
        }),
        ...poll({ subject: "Cluster", intervalSeconds, ask: "GetCluster" }),
        ...task(partition, "GetCluster", {
            call: "aws-sdk:emr:describeCluster",
            parameters: { "ClusterId.$": "$.cluster.ClusterId" },
            timeoutSeconds: callTimeoutSeconds,
            retry: describeFaults,
            resultSelector: { "Status.$": "$.Cluster.Status" },
            resultPath: "$.launch",
            next: "ClusterReady",
        }),
        ClusterReady: {
            Type: "Choice",
            Choices: [
                { Variable: state, StringEquals: "WAITING", Next: "RunSpark" },
                { Variable: state, StringMatches: "TERMINAT*", Next: "LaunchFailed" },
                { ...pollsExceed("Cluster", seconds, intervalSeconds), Next: "LaunchTimedOut" },
            ],
            Default: "WaitForCluster",
        },
        ...refusal(
            "LaunchFailed",
            "cluster {} ended before it was ready: {}",
            "$.cluster.ClusterId",
            "States.JsonToString($.launch.Status)",
        ),
        ...refusal(
            "LaunchTimedOut",
            `cluster {} was not ready after ${String(limits.launchMinutes)} minutes`,
            "$.cluster.ClusterId",
        ),
    };
}

/** Runs the day's plan through Spark, under the runtime role that holds the data permissions. */
export function sparkStates(spec: WorkflowSpec): States {
    const sparkSubmit = [
        ...["spark-submit", "--deploy-mode", "cluster", "--py-files", spec.packageUri],
        ...[spec.entryPointUri, "--plan"],
    ].map((argument) => `'${argument}'`);
    return task(spec.partition, "RunSpark", {
        call: "elasticmapreduce:addStep.sync",
        parameters: {
            "ClusterId.$": "$.cluster.ClusterId",
            ExecutionRoleArn: spec.executionRoleArn,
            Step: {
                "Name.$": `States.Format('${spec.name} {} {}', $.run.dt, $.run.runId)`,
                // the workflow decides what a failure means, and ends the cluster itself
                ActionOnFailure: "CONTINUE",
                HadoopJarStep: {
                    Jar: "command-runner.jar",
                    "Args.$": `States.Array(${sparkSubmit.join(", ")}, $.run.planUri)`,
                },
            },
        },
        timeoutSeconds: spec.limits.sparkMinutes * 60,
        retry: emrRefusals,
        next: spec.cluster.mode === "transient" ? "EndCluster" : "ReadManifest",
    });
}

/** Ends the run's own cluster as soon as Spark is done. Should that fail, the run goes on and someone is told. */
export function endStates({ partition, name, alertTopicArn }: WorkflowSpec): States {
    return {
        EndCluster: {
            ...terminate(partition),
            Catch: [
                { ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "ReportClusterLeft" },
            ],
            Next: "ReadManifest",
        },
        ...task(partition, "ReportClusterLeft", {
            call: "sns:publish",
            parameters: {
                TopicArn: alertTopicArn,
                Subject: `${name}: a cluster was left running`,
                "Message.$":
                    "States.Format('Cluster {} of run {} could not be ended. It ends itself after its idle timeout; " +
                    "until then it costs money.', $.cluster.ClusterId, $.run.runId)",
            },
            timeoutSeconds: callTimeoutSeconds,
            retry: snsFaults,
            next: "ReadManifest",
        }),
    };
}

/** What SNS's optimised integration says when SNS or its key's service refuses for now. */
export const snsFaults = [
    "SNS.AmazonSNSException",
    "SNS.InternalErrorException",
    "SNS.ThrottledException",
    "SNS.KMSThrottlingException",
];

/** Whether the run has launched a cluster that it has not ended. */
export const hasCluster = present("$.cluster.ClusterId");

/** The call that ends the run's own cluster; afterwards the run has none. */
export function terminate(partition: string) {
    return {
        Type: "Task" as const,
        Resource: `arn:${partition}:states:::elasticmapreduce:terminateCluster`,
        Parameters: { "ClusterId.$": "$.cluster.ClusterId" },
        TimeoutSeconds: callTimeoutSeconds,
        // ending twice does no harm: whatever went wrong, try again
        Retry: [retrier(["States.ALL"])],
        ResultSelector: { note: "the cluster of the run was ended" },
        ResultPath: "$.cluster",
    };
}
