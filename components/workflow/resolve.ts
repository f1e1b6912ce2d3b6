/** From the component's arguments, which may not be known yet, to the definition's JSON. */
import * as pulumi from "@pulumi/pulumi";
import { siteOf } from "../iam";
import type { SparkTarget } from "../sparkTarget";
import { stateMachine } from "./definition";
import type { Cluster, WorkflowSpec } from "./spec";

type Named =
    | "crawlerName"
    | "processedBucketName"
    | "jobName"
    | "clusterIdentifier"
    | "databaseName"
    | "alertTopicArn";

/** What the definition names of other components. */
export type DefinitionArgs = Readonly<Record<Named, pulumi.Input<string>>> & {
    readonly spark: SparkTarget;
};

/** What the component has settled itself. */
export interface Settled extends Pick<WorkflowSpec, "quarantineRatioLimit" | "limits"> {
    readonly plannerArn: pulumi.Input<string>;
}

/** The definition of the state machine of `deployment`, known once every name and id in it is. */
export function definitionJson(
    workflow: pulumi.ComponentResource,
    deployment: string,
    args: DefinitionArgs,
    settled: Settled,
): pulumi.Output<string> {
    const { spark } = args;
    const { partition, region } = siteOf(workflow);
    const strings = pulumi.output({
        partition,
        region,
        cluster: clusterJson(spark),
        executionRoleArn: spark.executionRoleArn,
        entryPointUri: spark.entryPointUri,
        packageUri: spark.packageUri,
        plannerArn: settled.plannerArn,
        crawlerName: args.crawlerName,
        processedBucketName: args.processedBucketName,
        jobName: args.jobName,
        clusterIdentifier: args.clusterIdentifier,
        databaseName: args.databaseName,
        alertTopicArn: args.alertTopicArn,
    });
    const { quarantineRatioLimit, limits } = settled;
    return strings.apply(({ cluster, ...names }) => {
        const spec: WorkflowSpec = {
            ...names,
            name: deployment,
            cluster: JSON.parse(cluster) as Cluster,
            quarantineRatioLimit,
            limits,
        };
        return JSON.stringify(stateMachine(spec));
    });
}

/** As text: the type of RunJobFlow's parameters, unwrapped property by property, is too deep for the compiler. */
function clusterJson(spark: SparkTarget): pulumi.Output<string> {
    return spark.mode === "transient"
        ? pulumi.jsonStringify({ mode: "transient", parameters: spark.clusterParameters })
        : pulumi.jsonStringify({ mode: "persistent", clusterId: spark.clusterId });
}
