/** Resources that several tests of policies start from. */
import { account, document, keyArn, resource } from "./support";

const warehouseProperties = {
    clusterIdentifier: "warehouse",
    encrypted: true,
    kmsKeyId: keyArn,
    publiclyAccessible: false,
    enhancedVpcRouting: true,
    clusterSubnetGroupName: "subnets",
    clusterParameterGroupName: "parameters",
    automatedSnapshotRetentionPeriod: 7,
    manageMasterPassword: true,
    masterPasswordSecretKmsKeyId: keyArn,
    masterUsername: "loglake",
    databaseName: "logs",
};
export const warehouse = (change: object = {}) =>
    resource("aws:redshift/cluster:Cluster", "warehouse", { ...warehouseProperties, ...change });
export const parameters = (...list: object[]) =>
    resource("aws:redshift/parameterGroup:ParameterGroup", "parameters", {
        name: "parameters",
        parameters: list,
    });
export const tls = { name: "require_ssl", value: "true" };
export const activity = { name: "enable_user_activity_logging", value: "true" };

export const topicArn = `arn:aws:sns:eu-west-1:${account}:alerts`;
export const topic = (...statements: object[]) =>
    resource("aws:sns/topicPolicy:TopicPolicy", "policy", {
        arn: topicArn,
        policy: document(...statements),
    });
export const publish = (more: object) => ({
    Effect: "Allow",
    Action: "sns:Publish",
    Resource: topicArn,
    ...more,
});
export const bucket = (...statements: object[]) =>
    resource("aws:s3/bucketPolicy:BucketPolicy", "policy", {
        bucket: "data",
        policy: document(...statements),
    });
export const read = (more: object) => ({
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::data/*",
    ...more,
});
