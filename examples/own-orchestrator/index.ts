/** A lake and a Spark cluster that stays, for a team that starts the steps itself, from Airflow for one. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RawLake, SparkProcessor, tables } from "loglake";

const config = new pulumi.Config();

const lake = new RawLake("research");
const spark = new SparkProcessor("research", {
    // the subnets carry the tag for-use-with-amazon-emr-managed-policies=true
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    artifactsBucketName: lake.artifactsBucketName,
    keyArn: lake.keyArn,
    mode: "persistent",
    maximumCapacityUnits: 8,
});

// what a step may touch is its runtime role's business, not the cluster's
lake.grantObjects("spark", spark.runtimeRole, {
    readRaw: true,
    readArtifacts: ["spark-app/"],
    writeProcessed: [...tables.map((table) => `${table.name}/`), "_runs/"],
});

const airflow = aws.iam.Role.get("airflow", config.require("airflowRoleName"));
spark.grantRunSteps("airflow", airflow);
// the plan of a run, and what became of it: its manifest
lake.grantObjects("airflow", airflow, { putProcessed: ["_runs/"], getProcessed: ["_runs/"] });

const step = spark.workflowTarget;
export const clusterId = spark.clusterId;
export const executionRoleArn = step.executionRoleArn;
/** Arguments of `spark-submit`, which the plan's URI completes. */
export const stepArguments = pulumi
    .all([step.packageUri, step.entryPointUri])
    .apply(([packageUri, entryPointUri]) => [
        ...["spark-submit", "--deploy-mode", "cluster", "--py-files", packageUri],
        ...[entryPointUri, "--plan"],
    ]);
