/** The role that the cluster reads the lake with, and statements that let others run SQL in it. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, arn, serviceRole, siteOf, type Site, type Statement } from "../iam";

/**
 * Creates the role of COPY and Spectrum as a child of `warehouse`, for the users of this cluster alone: when Redshift assumes
 * a role it names the user that asks as the external id
 * (https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-database-users.html).
 */
export function warehouseRole(
    warehouse: pulumi.ComponentResource,
    deployment: string,
): aws.iam.Role {
    const users = arn(siteOf(warehouse), "redshift", `dbuser:${deployment}/*`);
    return serviceRole(warehouse, `${deployment}-warehouse`, {
        roleName: `${deployment}-warehouse`,
        service: "redshift.amazonaws.com",
        description: `COPY and Spectrum of the Redshift cluster ${deployment}`,
        condition: { StringLike: { "sts:ExternalId": users } },
    });
}

/** Cluster and database that statements are run in. */
export interface SqlTarget {
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly databaseName: pulumi.Input<string>;
}

/** One statement at a time, and its result. */
export function queryStatements(site: Site, target: SqlTarget): Statement[] {
    return [
        allow(["redshift-data:ExecuteStatement"], clusterArn(site, target)),
        allow(["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"], "*"),
        logOn(site, target),
    ];
}

/** Several statements as one transaction, which can be cancelled, and no result. */
export function batchStatements(site: Site, target: SqlTarget): Statement[] {
    return [
        allow(["redshift-data:BatchExecuteStatement"], clusterArn(site, target)),
        allow(["redshift-data:DescribeStatement", "redshift-data:CancelStatement"], "*"),
        logOn(site, target),
    ];
}

/** The cluster, as the Data API is limited to it. */
export function clusterArn(site: Site, { clusterIdentifier }: SqlTarget): pulumi.Output<string> {
    return arn(site, "redshift", pulumi.interpolate`cluster:${clusterIdentifier}`);
}

/** As the role's own database user, `IAMR:<role name>`. */
function logOn(site: Site, { clusterIdentifier, databaseName }: SqlTarget): Statement {
    const database = pulumi.interpolate`dbname:${clusterIdentifier}/${databaseName}`;
    return allow(["redshift:GetClusterCredentialsWithIAM"], arn(site, "redshift", database));
}
