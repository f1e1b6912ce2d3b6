/** What a workflow has to know to run Spark, whoever provides it. */
import type * as pulumi from "@pulumi/pulumi";
import type { RunJobFlowParameters } from "./emr/clusterParameters";

/**
 * How long a cluster lives: `transient`, launched and ended by each run, or `persistent`, a resource that scales down to
 * its minimum between runs.
 */
export type ClusterLifecycle = "transient" | "persistent";

/** Where and as what the Spark step runs. */
export type SparkTarget = SparkStep &
    (
        | {
              readonly mode: "transient";
              /** Parameters of `elasticmapreduce:createCluster`, in EMR's own JSON names. */
              readonly clusterParameters: pulumi.Output<RunJobFlowParameters>;
          }
        | {
              readonly mode: "persistent";
              /** Id of the cluster that takes the step, such as `j-2AXXXXXXGAPLF`. */
              readonly clusterId: pulumi.Output<string>;
          }
    );

/** What the step is made of, the same for both lifecycles. */
export interface SparkStep {
    /** The runtime role: the step's permissions on data. */
    readonly executionRoleArn: pulumi.Output<string>;
    /** S3 URI of `main.py`. */
    readonly entryPointUri: pulumi.Output<string>;
    /** S3 URI of the package's zip, for `--py-files`. */
    readonly packageUri: pulumi.Output<string>;
}
