/** What the state machine is made from, with every value known. */
import type { Template } from "./states";

/** Limits of the parts of a run, in minutes. */
export interface Limits {
    readonly crawlMinutes: number;
    readonly launchMinutes: number;
    readonly sparkMinutes: number;
    readonly loadMinutes: number;
    readonly verifyMinutes: number;
}

/** Where Spark runs: a cluster of the run's own, launched from `cluster` (the parameters of RunJobFlow), or one that stays. */
export type Cluster =
    | { readonly mode: "transient"; readonly parameters: Template }
    | { readonly mode: "persistent"; readonly clusterId: string };

/** Everything that the definition names. */
export interface WorkflowSpec {
    /** Name of the deployment: the `Environment` of its metrics. */
    readonly name: string;
    readonly partition: string;
    readonly region: string;
    readonly crawlerName: string;
    readonly plannerArn: string;
    readonly processedBucketName: string;
    readonly cluster: Cluster;
    readonly executionRoleArn: string;
    readonly entryPointUri: string;
    readonly packageUri: string;
    readonly jobName: string;
    readonly clusterIdentifier: string;
    readonly databaseName: string;
    readonly alertTopicArn: string;
    /** Largest part of the lines that may be quarantined, 0 to 1. */
    readonly quarantineRatioLimit: number;
    readonly limits: Limits;
}

/** Seconds that a call may take that only asks or starts something. */
export const callTimeoutSeconds = 60;
