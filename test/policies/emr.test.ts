/** EMR on EC2, launched by a stack or a state machine, and EMR Serverless. */
import { describePolicy, keyArn, resource, unknown, usePack, without } from "./support";

const emrConfiguration = {
    EncryptionConfiguration: {
        EnableAtRestEncryption: true,
        EnableInTransitEncryption: true,
        AtRestEncryptionConfiguration: {
            S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: keyArn },
            LocalDiskEncryptionConfiguration: {
                EncryptionKeyProviderType: "AwsKms",
                AwsKmsKey: keyArn,
                EnableEbsEncryption: true,
            },
        },
        InTransitEncryptionConfiguration: {
            TLSCertificateConfiguration: {
                CertificateProviderType: "PEM",
                S3Object: "s3://artifacts/certificates.zip",
            },
        },
    },
    InstanceMetadataServiceConfiguration: {
        MinimumInstanceMetadataServiceVersion: 2,
        HttpPutResponseHopLimit: 1,
    },
    AuthorizationConfiguration: { IAMConfiguration: { EnableApplicationScopedIAMRole: true } },
};
/** The configuration with the value at `path` changed, or taken out. */
function emrSecurity(path = "", value?: unknown) {
    const changed = structuredClone(emrConfiguration) as Record<string, any>;
    const names = path.split(".");
    const last = names.pop() ?? "";
    let parent = changed;
    for (const name of names) parent = parent[name];
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
    return resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
        configuration: JSON.stringify(changed),
    });
}
const inCrypto = (path: string) => `EncryptionConfiguration.${path}`;
const s3Crypto = inCrypto("AtRestEncryptionConfiguration.S3EncryptionConfiguration");
const diskCrypto = inCrypto("AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration");
const laterConfiguration = resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
    configuration: unknown,
});
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
const application = (properties: object = {}) =>
    resource("aws:emrserverless/application:Application", "app", {
        networkConfiguration: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
        monitoringConfiguration: {
            s3MonitoringConfiguration: { logUri: "s3://x/", encryptionKeyArn: keyArn },
        },
        ...properties,
    });

describe("policies on EMR", () => {
    usePack();

    describePolicy("emr-encryption-at-rest", {
        fails: {
            "no encryption at rest": [
                "EnableAtRestEncryption",
                emrSecurity(inCrypto("EnableAtRestEncryption"), false),
            ],
            "S3's own key": [
                "S3.EncryptionMode",
                emrSecurity(`${s3Crypto}.EncryptionMode`, "SSE-S3"),
            ],
            "no key for S3": ["S3.AwsKmsKey", emrSecurity(`${s3Crypto}.AwsKmsKey`)],
            "no key for disks": [
                "LocalDisk.AwsKmsKey",
                emrSecurity(`${diskCrypto}.AwsKmsKey`, "alias/aws/ebs"),
            ],
            "no encryption of disks": [
                "LocalDisk.EncryptionKeyProviderType",
                emrSecurity(diskCrypto),
            ],
            "root volumes in the clear": [
                "LocalDisk.EnableEbsEncryption",
                emrSecurity(`${diskCrypto}.EnableEbsEncryption`),
            ],
            "text that is no JSON": [
                "configuration",
                resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
                    configuration: "{",
                }),
            ],
        },
        passes: { "S3 and disks under a key of one's own": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-encryption-in-transit", {
        fails: {
            "traffic in the clear": [
                "EnableInTransitEncryption",
                emrSecurity(inCrypto("EnableInTransitEncryption"), false),
            ],
            "no certificates": [
                "CertificateProviderType",
                emrSecurity(inCrypto("InTransitEncryptionConfiguration")),
            ],
        },
        passes: { "certificates in S3": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-imdsv2", {
        fails: {
            "version 1": [
                "MinimumInstanceMetadataServiceVersion",
                emrSecurity(
                    "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
                    1,
                ),
            ],
            silence: [
                "MinimumInstanceMetadataServiceVersion",
                emrSecurity("InstanceMetadataServiceConfiguration"),
            ],
            "tokens that travel": [
                "HttpPutResponseHopLimit",
                emrSecurity("InstanceMetadataServiceConfiguration.HttpPutResponseHopLimit", 3),
            ],
        },
        passes: { "version 2, one hop": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-runtime-roles", {
        fails: {
            "steps under the instance profile": [
                "EnableApplicationScopedIAMRole",
                emrSecurity("AuthorizationConfiguration"),
            ],
        },
        passes: {
            "runtime roles": [emrSecurity()],
            Kerberos: [
                emrSecurity("AuthenticationConfiguration", {
                    KerberosConfiguration: { Provider: "ClusterDedicatedKdc" },
                }),
            ],
        },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

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

    describePolicy("emr-serverless-security", {
        fails: {
            "an application outside of a VPC": [
                "networkConfiguration.subnetIds",
                application({ networkConfiguration: undefined }),
            ],
            "an image by a moving tag": [
                "imageConfiguration.imageUri",
                application({ imageConfiguration: { imageUri: "1.dkr.ecr/spark:latest" } }),
            ],
            "an image without a tag": [
                "imageConfiguration.imageUri",
                application({
                    imageConfiguration: { imageUri: "1.dkr.ecr.eu-west-1.amazonaws.com/spark" },
                }),
            ],
            "logs without a key": [
                "monitoringConfiguration.s3MonitoringConfiguration.encryptionKeyArn",
                application({
                    monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://x/" } },
                }),
            ],
            "logs where AWS puts them": [
                "monitoringConfiguration",
                application({ monitoringConfiguration: undefined }),
            ],
        },
        passes: {
            "a VPC, a key and no image": [application()],
            "an image by digest": [
                application({
                    imageConfiguration: { imageUri: `1.dkr.ecr/spark@sha256:${"0".repeat(64)}` },
                }),
            ],
            "an image by version": [
                application({ imageConfiguration: { imageUri: "1.dkr.ecr/spark:1.4.2" } }),
            ],
        },
        unseen: {
            "an image that is only known later": [
                application({ imageConfiguration: { imageUri: unknown } }),
            ],
        },
    });
});
