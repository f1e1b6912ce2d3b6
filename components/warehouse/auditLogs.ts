/** Where Redshift writes its audit logs, made before it would make the groups itself, without key and without end. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Logs that a cluster exports (https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html). */
const exports = ["connectionlog", "userlog", "useractivitylog"];

/** The names of the groups, as a pattern: Redshift decides them. */
export const auditLogGroups = (deployment: string): string =>
    `/aws/redshift/cluster/${deployment}/*`;

/** Arguments of {@link auditLogs}. */
export interface AuditLogsArgs {
    readonly keyArn: pulumi.Input<string>;
    readonly retentionDays: number;
}

/** Creates a log group for each log. */
export function auditLogs(
    warehouse: pulumi.Resource,
    deployment: string,
    { keyArn, retentionDays }: AuditLogsArgs,
): aws.cloudwatch.LogGroup[] {
    return exports.map((log) => {
        const name = auditLogGroups(deployment).replace("*", log);
        return new aws.cloudwatch.LogGroup(
            `${deployment}-${log}`,
            { name, retentionInDays: retentionDays, kmsKeyId: keyArn },
            { parent: warehouse },
        );
    });
}

/** Turns the export on. */
export function exportAuditLogs(
    warehouse: pulumi.Resource,
    deployment: string,
    cluster: aws.redshift.Cluster,
    logGroups: readonly aws.cloudwatch.LogGroup[],
): aws.redshift.Logging {
    return new aws.redshift.Logging(
        deployment,
        {
            clusterIdentifier: cluster.clusterIdentifier,
            logDestinationType: "cloudwatch",
            logExports: exports,
        },
        { parent: warehouse, dependsOn: [...logGroups] },
    );
}
