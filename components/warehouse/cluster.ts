/** The cluster itself. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { exportAuditLogs } from "./auditLogs";
import type { ClusterNetwork } from "./network";

/** Superuser of the database. Not `awsuser`, which everybody would try first. */
export const adminUserName = "loglake_admin";

const databaseName = "logs";

/** RA3 clusters that can move between zones take 5431 to 5455 or 8191 to 8215; 5439 is the one that scanners try. */
const port = 5440;

/** Arguments of {@link redshiftCluster}. */
export interface ClusterArgs extends ClusterNetwork {
    readonly nodeType: string;
    readonly numberOfNodes: number;
    /** Key of the data and the snapshots. */
    readonly key: aws.kms.Key;
    readonly secretKeyArn: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    readonly logGroups: readonly aws.cloudwatch.LogGroup[];
    readonly snapshotRetentionDays: number;
    readonly finalSnapshot: boolean;
    readonly maintenanceWindow: string;
    readonly protect: boolean;
}

/** Creates the cluster with its parameters and audit logging, as children of `warehouse`. */
export function redshiftCluster(
    warehouse: pulumi.Resource,
    deployment: string,
    args: ClusterArgs,
): aws.redshift.Cluster {
    const cluster = new aws.redshift.Cluster(
        deployment,
        {
            clusterIdentifier: deployment,
            databaseName,
            nodeType: args.nodeType,
            numberOfNodes: args.numberOfNodes,
            clusterType: args.numberOfNodes > 1 ? "multi-node" : "single-node",
            clusterParameterGroupName: parameters(warehouse, deployment),

            encrypted: "true", // text: the provider's type
            kmsKeyId: args.key.arn,
            masterUsername: adminUserName,
            manageMasterPassword: true,
            masterPasswordSecretKmsKeyId: args.secretKeyArn,
            iamRoles: [args.roleArn],

            clusterSubnetGroupName: args.subnetGroupName,
            vpcSecurityGroupIds: [args.securityGroupId],
            publiclyAccessible: false,
            enhancedVpcRouting: true,
            availabilityZoneRelocationEnabled: true,
            port,

            automatedSnapshotRetentionPeriod: args.snapshotRetentionDays,
            skipFinalSnapshot: !args.finalSnapshot,
            ...(args.finalSnapshot
                ? { finalSnapshotIdentifier: finalSnapshot(deployment, args.key) }
                : {}),
            preferredMaintenanceWindow: args.maintenanceWindow,
            allowVersionUpgrade: true,
            applyImmediately: false, // what needs a restart waits for the maintenance window
        },
        { parent: warehouse, protect: args.protect, dependsOn: [args.rule] },
    );
    exportAuditLogs(warehouse, deployment, cluster, args.logGroups);
    return cluster;
}

/** After its key, without which it can't be read, and which no other cluster has: a snapshot of an earlier one keeps its name. */
function finalSnapshot(deployment: string, key: aws.kms.Key): pulumi.Output<string> {
    return pulumi.interpolate`${deployment}-final-${key.keyId}`;
}

/** Connections must be encrypted; the user activity log is empty without its parameter. */
function parameters(warehouse: pulumi.Resource, deployment: string): pulumi.Output<string> {
    return new aws.redshift.ParameterGroup(
        deployment,
        {
            name: deployment,
            family: "redshift-2.0",
            description: `Parameters of the Redshift cluster ${deployment}`,
            parameters: [
                { name: "require_ssl", value: "true" },
                { name: "enable_user_activity_logging", value: "true" },
            ],
        },
        { parent: warehouse },
    ).name;
}
