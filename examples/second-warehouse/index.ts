/** Analysts' own Redshift cluster, which reads the processed tables of a lake that another stack made, in place. */
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RedshiftWarehouse, tables } from "loglake";

const config = new pulumi.Config();
const { region } = aws.getRegionOutput();
const { accountId } = aws.getCallerIdentityOutput();

/** The lake, as its stack names it. */
const lake = {
    bucketName: config.require("processedBucketName"),
    databaseName: config.require("processedDatabaseName"),
    keyArn: config.require("keyArn"),
};

/**
 * What `role` reads of the lake: the tables, and not the records of its runs. The lake's own grants belong to its stack; its
 * key lets IAM of the account decide, so that this one can add to them.
 */
function readLake(role: aws.iam.Role): aws.iam.RolePolicy {
    const bucket = `arn:aws:s3:::${lake.bucketName}`;
    const catalog = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
    return new aws.iam.RolePolicy("analysts-read-lake", {
        role: role.name,
        policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: ["s3:ListBucket"],
                    Resource: bucket,
                    Condition: {
                        StringLike: { "s3:prefix": tables.map(({ name }) => `${name}/*`) },
                    },
                },
                { Effect: "Allow", Action: ["s3:GetBucketLocation"], Resource: bucket },
                {
                    Effect: "Allow",
                    Action: ["s3:GetObject"],
                    Resource: tables.map(({ name }) => `${bucket}/${name}/*`),
                },
                {
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: lake.keyArn,
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": pulumi.interpolate`s3.${region}.amazonaws.com`,
                        },
                    },
                },
                {
                    Effect: "Allow",
                    Action: [
                        ...["glue:GetDatabase", "glue:GetDatabases"],
                        ...["glue:GetTable", "glue:GetTables"],
                        ...["glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"],
                    ],
                    Resource: [
                        pulumi.interpolate`${catalog}:catalog`,
                        pulumi.interpolate`${catalog}:database/${lake.databaseName}`,
                        pulumi.interpolate`${catalog}:table/${lake.databaseName}/*`,
                    ],
                },
            ],
        }),
    });
}

const notebooksRoleName = config.require("notebooksRoleName");

const warehouse = new RedshiftWarehouse("analysts", {
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    processedDatabaseName: lake.databaseName,
    grants: (role) => [readLake(role)],
    spectrumLimitTerabytes: 2,
    // the analysts' own schemas, in place of the pipeline's tables; `workflow_user` in them is the notebooks'
    migrationsFolder: join(__dirname, "migrations"),
    workflowRoleName: notebooksRoleName,
});

const notebooks = aws.iam.Role.get("notebooks", notebooksRoleName);
warehouse.grantQuery("notebooks", notebooks);

export const clusterIdentifier = warehouse.clusterIdentifier;
export const adminSecretArn = warehouse.adminSecretArn;
