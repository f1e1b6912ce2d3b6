/** The warehouse's audit logs in CloudWatch. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Who logged on, who was made or changed, and every statement (https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html). */
const logExports = ["connectionlog", "userlog", "useractivitylog"];

/** Where the logs go and how long they stay. */
export interface AuditArgs {
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly retentionInDays: number;
}

/** Turns on the logs. Their groups are made first: those that Redshift makes itself have no key and keep everything for ever. */
export function auditLogGroups(
    warehouse: pulumi.ComponentResource,
    name: string,
    { clusterIdentifier, keyArn, retentionInDays }: AuditArgs,
): void {
    const groups = logExports.map(
        (log) =>
            new aws.cloudwatch.LogGroup(
                `${name}-${log}`,
                {
                    name: `/aws/redshift/cluster/${name}/${log}`,
                    kmsKeyId: keyArn,
                    retentionInDays,
                },
                { parent: warehouse },
            ),
    );
    new aws.redshift.Logging(
        name,
        { clusterIdentifier, logDestinationType: "cloudwatch", logExports },
        { parent: warehouse, dependsOn: groups },
    );
}
