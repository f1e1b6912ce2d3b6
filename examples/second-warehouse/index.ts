/** Analysts' own Redshift cluster, which reads the processed tables of a lake that another stack made, in place. */
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RedshiftWarehouse } from "loglake";

const config = new pulumi.Config();
const { region } = aws.getRegionOutput();
const { accountId } = aws.getCallerIdentityOutput();

/** The lake, as its stack names it. */
const lake = {
    bucketName: config.require("processedBucketName"),
    databaseName: config.require("processedDatabaseName"),
    keyArn: config.require("keyArn"),
};

const notebooksRoleName = config.require("notebooksRoleName");

const warehouse = new RedshiftWarehouse("analysts", {
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    processedDatabaseName: lake.databaseName,
    spectrumLimitTerabytes: 2,
    // the analysts' own schemas, in place of the pipeline's tables; `workflow_user` in them is the notebooks'
    migrationsFolder: join(__dirname, "migrations"),
    workflowRoleName: notebooksRoleName,
});

// the lake's own grants belong to its stack; its key lets IAM of the account decide, so that this one can add to them
const catalog = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
new aws.iam.RolePolicy("analysts-read-lake", {
    role: warehouse.role.name,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: ["s3:ListBucket", "s3:GetBucketLocation"],
                Resource: `arn:aws:s3:::${lake.bucketName}`,
            },
            {
                Effect: "Allow",
                Action: ["s3:GetObject"],
                Resource: `arn:aws:s3:::${lake.bucketName}/*`,
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
                    ...["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"],
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

const notebooks = aws.iam.Role.get("notebooks", notebooksRoleName);
warehouse.grantQuery("notebooks", notebooks);

export const clusterIdentifier = warehouse.clusterIdentifier;
export const adminSecretArn = warehouse.adminSecretArn;
