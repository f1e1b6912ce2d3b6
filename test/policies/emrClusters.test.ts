/** Clusters of EMR, of a stack or launched by a state machine. */
import { describePolicy, keyArn, resource, unknown, usePack, without } from "./support";

const clusterProperties = {
    securityConfiguration: "sc",
    logUri: "s3://artifacts/logs/",
    logEncryptionKmsKeyId: keyArn,
    ec2Attributes: { subnetId: "subnet-1" },
};
const cluster = (properties: object = {}) =>
    resource("aws:emr/cluster:Cluster", "cluster", { ...clusterProperties, ...properties });
const launch = {
    SecurityConfiguration: "sc",
    LogUri: "s3://artifacts/logs/",
    LogEncryptionKmsKeyId: keyArn,
    Instances: { Ec2SubnetIds: ["subnet-1"] },
};
const machine = (
    parameters: object,
    step: object = { ExecutionRoleArn: "arn:aws:iam::123456789012:role/spark" },
) =>
    resource("aws:sfn/stateMachine:StateMachine", "machine", {
        definition: JSON.stringify({
            StartAt: "Both",
            States: {
                Both: {
                    Type: "Parallel",
                    End: true,
                    Branches: [
                        {
                            StartAt: "Launch",
                            States: {
                                Launch: {
                                    Type: "Task",
                                    Resource:
                                        "arn:aws:states:::elasticmapreduce:createCluster.sync",
                                    Parameters: parameters,
                                },
                                Step: {
                                    Type: "Task",
                                    Resource: "arn:aws:states:::elasticmapreduce:addStep.sync",
                                    Parameters: { Step: {}, ...step },
                                    End: true,
                                },
                            },
                        },
                    ],
                },
            },
        }),
    });
describe("policies on clusters of EMR", () => {
    usePack();

    describePolicy("emr-cluster-security", {
        fails: {
            "no security configuration": [
                "securityConfiguration",
                cluster({ securityConfiguration: undefined }),
            ],
            "no logs": ["logUri", cluster({ logUri: undefined })],
            "logs in the clear": [
                "logEncryptionKmsKeyId",
                cluster({ logEncryptionKmsKeyId: undefined }),
            ],
            "no subnet": ["subnet", cluster({ ec2Attributes: {} })],
            "an SSH key": [
                "ssh",
                cluster({ ec2Attributes: { subnetId: "subnet-1", keyName: "me" } }),
            ],
        },
        passes: {
            "all of them": [cluster()],
            "values that are only known later": [
                cluster({
                    securityConfiguration: unknown,
                    logEncryptionKmsKeyId: unknown,
                    ec2Attributes: { subnetId: unknown },
                }),
            ],
        },
        unseen: { "logs that are only known later": [cluster({ logUri: unknown })] },
    });

    describePolicy("emr-launched-cluster-security", {
        fails: {
            "a launch without security configuration": [
                "securityConfiguration",
                machine(without(launch, "SecurityConfiguration")),
            ],
            "a launch without a key for its logs": [
                "logEncryptionKmsKeyId",
                machine(without(launch, "LogEncryptionKmsKeyId")),
            ],
            "a launch with an SSH key": [
                "ssh",
                machine({ ...launch, Instances: { ...launch.Instances, Ec2KeyName: "me" } }),
            ],
            "a step under the instance profile": ["ExecutionRoleArn::Step", machine(launch, {})],
        },
        passes: {
            "a safe launch": [machine(launch)],
            "a role from the state": [machine(launch, { "ExecutionRoleArn.$": "$.role" })],
        },
        unseen: {
            "a definition that is only known later": [
                resource("aws:sfn/stateMachine:StateMachine", "machine", { definition: unknown }),
            ],
            "logs from the state": [
                machine({ ...without(launch, "LogUri"), "LogUri.$": "$.logs" }),
            ],
        },
    });

    describePolicy("emr-block-public-access", {
        fails: {
            "public clusters": [
                "blockPublicSecurityGroupRules",
                resource(
                    "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
                    "block",
                    { blockPublicSecurityGroupRules: false },
                ),
            ],
            "a public port": [
                "permittedPublicSecurityGroupRuleRanges",
                resource(
                    "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
                    "block",
                    {
                        blockPublicSecurityGroupRules: true,
                        permittedPublicSecurityGroupRuleRanges: [{ minRange: 22, maxRange: 22 }],
                    },
                ),
            ],
        },
        passes: {
            "no public clusters": [
                resource(
                    "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
                    "block",
                    { blockPublicSecurityGroupRules: true },
                ),
            ],
        },
        unseen: {
            "a block that is only known later": [
                resource(
                    "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
                    "block",
                    { blockPublicSecurityGroupRules: unknown },
                ),
            ],
        },
    });
});
