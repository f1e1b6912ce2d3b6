/** Glue, EMR and Redshift. */
import { describePolicy, keyArn, resource, unknown, usePack, without } from "./support";

const managedKey = "alias/aws/glue";

const glueEncryption = {
    s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: keyArn },
    cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: keyArn },
    jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: keyArn },
};
const glueConfiguration = (change: object = {}) =>
    resource("aws:glue/securityConfiguration:SecurityConfiguration", "sc", {
        name: "sc",
        encryptionConfiguration: { ...glueEncryption, ...change },
    });
const job = (properties: object = {}) =>
    resource("aws:glue/job:Job", "job", {
        name: "job",
        glueVersion: "5.1",
        securityConfiguration: "sc",
        command: { name: "glueetl" },
        ...properties,
    });
const connection = (properties: object, type = "JDBC") =>
    resource("aws:glue/connection:Connection", "c", {
        connectionType: type,
        connectionProperties: {
            JDBC_CONNECTION_URL: "jdbc:redshift://x:5439/logs",
            JDBC_ENFORCE_SSL: "true",
            SECRET_ID: "s",
            ...properties,
        },
    });
const catalog = (change: object = {}) =>
    resource("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "catalog", {
        dataCatalogEncryptionSettings: {
            encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: keyArn },
            connectionPasswordEncryption: {
                returnConnectionPasswordEncrypted: true,
                awsKmsKeyId: keyArn,
            },
            ...change,
        },
    });

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
const warehouse = (change: object = {}) =>
    resource("aws:redshift/cluster:Cluster", "warehouse", { ...warehouseProperties, ...change });
const parameters = (...list: object[]) =>
    resource("aws:redshift/parameterGroup:ParameterGroup", "parameters", {
        name: "parameters",
        parameters: list,
    });
const tls = { name: "require_ssl", value: "true" };
const activity = { name: "enable_user_activity_logging", value: "true" };
const auditLog = (properties: object = {}) =>
    resource("aws:redshift/logging:Logging", "audit", {
        clusterIdentifier: "warehouse",
        logDestinationType: "cloudwatch",
        logExports: ["connectionlog", "userlog", "useractivitylog"],
        ...properties,
    });
const namespace = (properties: object = {}) =>
    resource("aws:redshiftserverless/namespace:Namespace", "ns", {
        namespaceName: "ns",
        dbName: "logs",
        kmsKeyId: keyArn,
        manageAdminPassword: true,
        adminPasswordSecretKmsKeyId: keyArn,
        adminUsername: "loglake",
        logExports: ["connectionlog", "userlog", "useractivitylog"],
        ...properties,
    });
const workgroup = (properties: object = {}) =>
    resource("aws:redshiftserverless/workgroup:Workgroup", "wg", {
        enhancedVpcRouting: true,
        publiclyAccessible: false,
        subnetIds: ["subnet-1"],
        configParameters: [{ parameterKey: "require_ssl", parameterValue: "true" }],
        ...properties,
    });

describe("policies on Glue", () => {
    usePack();

    describePolicy("glue-security-configuration-encryption", {
        fails: {
            "results in the clear": [
                "s3EncryptionMode",
                glueConfiguration({ s3Encryption: { s3EncryptionMode: "DISABLED" } }),
            ],
            "results under S3's own key": [
                "s3EncryptionMode",
                glueConfiguration({
                    s3Encryption: { s3EncryptionMode: "SSE-S3", kmsKeyArn: keyArn },
                }),
            ],
            "logs in the clear": [
                "cloudwatchEncryptionMode",
                glueConfiguration({
                    cloudwatchEncryption: { cloudwatchEncryptionMode: "DISABLED" },
                }),
            ],
            "bookmarks in the clear": [
                "jobBookmarksEncryptionMode",
                glueConfiguration({ jobBookmarksEncryption: undefined }),
            ],
            "the key that AWS manages": [
                "s3Encryption.kmsKeyArn",
                glueConfiguration({
                    s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: managedKey },
                }),
            ],
        },
        passes: { "all three under a key of one's own": [glueConfiguration()] },
        unseen: {
            "a mode that is only known later": [
                glueConfiguration({
                    s3Encryption: { s3EncryptionMode: unknown, kmsKeyArn: keyArn },
                }),
            ],
        },
    });

    describePolicy("glue-uses-security-configuration", {
        fails: {
            "a job without one": [
                "securityConfiguration",
                job({ securityConfiguration: undefined }),
            ],
            "a crawler without one": [
                "securityConfiguration",
                resource("aws:glue/crawler:Crawler", "crawler", { name: "crawler" }),
            ],
        },
        passes: {
            "a job with one": [job(), glueConfiguration()],
            "one that is only known later": [job({ securityConfiguration: unknown })],
        },
    });

    describePolicy("named-settings-in-stack", {
        fails: {},
        passes: {
            "a job whose security configuration is here": [job(), glueConfiguration()],
            "a cluster whose parameter group is here": [warehouse(), parameters(tls, activity)],
        },
        unseen: {
            "a security configuration of another stack": [
                job({ securityConfiguration: "elsewhere" }),
                glueConfiguration(),
            ],
        },
    });

    describePolicy("glue-job-version", {
        fails: {
            "an old runtime": ["glueVersion", job({ glueVersion: "2.0" })],
            "no version": ["glueVersion", job({ glueVersion: undefined })],
        },
        passes: {
            "a current runtime": [job()],
            "a Python shell, whose versions are others": [
                job({ glueVersion: "3.0", command: { name: "pythonshell" } }),
            ],
        },
        unseen: { "a version that is only known later": [job({ glueVersion: unknown })] },
    });

    describePolicy("glue-job-no-secrets", {
        fails: {
            "a password": [
                "secret::--db_password",
                job({ defaultArguments: { "--db_password": "hunter2" } }),
            ],
            "an access key": [
                "secret::--extra",
                job({ defaultArguments: { "--extra": "AKIAIOSFODNN7EXAMPLE" } }),
            ],
            "a password in an address": [
                "secret::--jdbc",
                job({ defaultArguments: { "--jdbc": "postgres://admin:hunter2@host/db" } }),
            ],
        },
        passes: {
            "the ARN of a secret": [
                job({
                    defaultArguments: {
                        "--admin_secret_arn":
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
                        "--token": "arn:aws:x",
                        "--enable-metrics": "true",
                    },
                }),
            ],
        },
        unseen: {
            "a password that is only known later": [
                job({ defaultArguments: { "--db_password": unknown } }),
            ],
        },
    });

    describePolicy("glue-connection-security", {
        fails: {
            "JDBC without TLS": ["JDBC_ENFORCE_SSL", connection({ JDBC_ENFORCE_SSL: "false" })],
            "JDBC that leaves TLS out": [
                "JDBC_ENFORCE_SSL",
                connection({ JDBC_ENFORCE_SSL: undefined }),
            ],
            "a password": ["PASSWORD", connection({ PASSWORD: "hunter2" })],
        },
        passes: {
            "TLS and a secret": [connection({})],
            "a network connection": [connection({ JDBC_ENFORCE_SSL: undefined }, "NETWORK")],
        },
        unseen: { "TLS that is only known later": [connection({ JDBC_ENFORCE_SSL: unknown })] },
    });

    describePolicy("glue-data-catalog-encryption", {
        fails: {
            "a catalog in the clear": [
                "catalogEncryptionMode",
                catalog({ encryptionAtRest: { catalogEncryptionMode: "DISABLED" } }),
            ],
            "passwords in the clear": [
                "returnConnectionPasswordEncrypted",
                catalog({
                    connectionPasswordEncryption: { returnConnectionPasswordEncrypted: false },
                }),
            ],
            "the key that AWS manages": [
                "sseAwsKmsKeyId",
                catalog({ encryptionAtRest: { catalogEncryptionMode: "SSE-KMS" } }),
            ],
        },
        passes: { "both under a key of one's own": [catalog()] },
        unseen: {
            "a mode that is only known later": [
                catalog({
                    encryptionAtRest: { catalogEncryptionMode: unknown, sseAwsKmsKeyId: unknown },
                }),
            ],
        },
    });
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

describe("policies on Redshift", () => {
    usePack();

    describePolicy("redshift-encryption", {
        fails: {
            "a cluster in the clear": ["encrypted", warehouse({ encrypted: false })],
            "a cluster under AWS's key": ["kmsKeyId", warehouse({ kmsKeyId: undefined })],
            "a namespace under AWS's key": [
                "kmsKeyId",
                namespace({ kmsKeyId: "AWS_OWNED_KMS_KEY" }),
            ],
        },
        passes: {
            "a cluster under a key of one's own": [warehouse()],
            "a namespace under a key of one's own": [namespace()],
        },
        unseen: { "encryption that is only known later": [warehouse({ encrypted: unknown })] },
    });

    describePolicy("redshift-private", {
        fails: {
            "a public cluster": ["publiclyAccessible", warehouse({ publiclyAccessible: true })],
            "COPY past the VPC": ["enhancedVpcRouting", warehouse({ enhancedVpcRouting: false })],
            "no subnets": [
                "clusterSubnetGroupName",
                warehouse({ clusterSubnetGroupName: undefined }),
            ],
            "a public address": ["elasticIp", warehouse({ elasticIp: "198.51.100.1" })],
            "a public workgroup": ["publiclyAccessible", workgroup({ publiclyAccessible: true })],
            "a workgroup past the VPC": [
                "enhancedVpcRouting",
                workgroup({ enhancedVpcRouting: undefined }),
            ],
        },
        passes: {
            "a private cluster": [warehouse()],
            "a private workgroup": [workgroup()],
            "the provider's default": [warehouse({ publiclyAccessible: undefined })],
        },
        unseen: {
            "routing that is only known later": [warehouse({ enhancedVpcRouting: unknown })],
        },
    });

    describePolicy("redshift-admin-credentials", {
        fails: {
            "a password of one's own": [
                "masterPassword",
                warehouse({ manageMasterPassword: undefined, masterPassword: "Hunter22" }),
            ],
            "an unmanaged password": [
                "manageMasterPassword",
                warehouse({ manageMasterPassword: false }),
            ],
            "a secret under AWS's key": [
                "masterPasswordSecretKmsKeyId",
                warehouse({ masterPasswordSecretKmsKeyId: undefined }),
            ],
            "the default user": ["masterUsername", warehouse({ masterUsername: "awsuser" })],
            "an unmanaged password of a namespace": [
                "manageAdminPassword",
                namespace({ manageAdminPassword: undefined }),
            ],
            "the default user of a namespace": [
                "adminUsername",
                namespace({ adminUsername: "admin" }),
            ],
        },
        passes: {
            "a managed password": [warehouse()],
            "a managed password of a namespace": [namespace()],
        },
        unseen: { "a user that is only known later": [warehouse({ masterUsername: unknown })] },
    });

    describePolicy("redshift-recovery", {
        fails: {
            "no snapshots": [
                "automatedSnapshotRetentionPeriod",
                warehouse({ automatedSnapshotRetentionPeriod: 0 }),
            ],
            "AWS's one day": [
                "automatedSnapshotRetentionPeriod",
                warehouse({ automatedSnapshotRetentionPeriod: undefined }),
            ],
            "no upgrades": ["allowVersionUpgrade", warehouse({ allowVersionUpgrade: false })],
        },
        passes: { "a week of snapshots": [warehouse()] },
        unseen: {
            "retention that is only known later": [
                warehouse({ automatedSnapshotRetentionPeriod: unknown }),
            ],
        },
    });

    describePolicy("redshift-parameters", {
        fails: {
            "clients without TLS": ["require_ssl", parameters(activity)],
            "clients that may leave TLS out": [
                "require_ssl",
                parameters(activity, { ...tls, value: "false" }),
            ],
            "no activity log": ["enable_user_activity_logging", parameters(tls)],
            "a workgroup without TLS": ["require_ssl", workgroup({ configParameters: undefined })],
        },
        passes: {
            "a group with both": [parameters(tls, activity)],
            "a workgroup with TLS": [workgroup()],
        },
        unseen: {
            "parameters that are only known later": [
                resource("aws:redshift/parameterGroup:ParameterGroup", "p", {
                    parameters: unknown,
                }),
            ],
        },
    });

    describePolicy("redshift-parameter-group", {
        fails: {
            "the default group": [
                "clusterParameterGroupName",
                warehouse({ clusterParameterGroupName: "default.redshift-1.0" }),
            ],
            "no group, which is the default one": [
                "clusterParameterGroupName",
                warehouse({ clusterParameterGroupName: undefined }),
            ],
        },
        passes: {
            "a group of one's own": [warehouse(), parameters(tls, activity)],
            "a group that is only known later": [warehouse({ clusterParameterGroupName: unknown })],
        },
    });

    describePolicy("redshift-audit-logging", {
        fails: {
            "no audit log": ["logging", warehouse()],
            "the log of another cluster": [
                "logging",
                warehouse(),
                auditLog({ clusterIdentifier: "other" }),
            ],
            "part of the logs": [
                "logExports",
                warehouse(),
                auditLog({ logExports: ["connectionlog"] }),
            ],
        },
        passes: {
            "logs to CloudWatch": [warehouse(), auditLog()],
            "logs to S3": [
                warehouse(),
                auditLog({ logDestinationType: "s3", bucketName: "logs", logExports: undefined }),
            ],
            "logs of a cluster whose name is only known later": [
                warehouse({ clusterIdentifier: unknown }),
                {
                    ...auditLog({ clusterIdentifier: unknown }),
                    from: { clusterIdentifier: "warehouse" },
                },
            ],
        },
        unseen: {
            "logs that are only known later": [warehouse(), auditLog({ logExports: unknown })],
        },
    });

    describePolicy("redshift-serverless-logging", {
        fails: {
            "no logs": ["logExports", namespace({ logExports: undefined })],
            "part of the logs": ["logExports", namespace({ logExports: ["userlog"] })],
        },
        passes: { "all three": [namespace()] },
        unseen: {
            "logs that are only known later": [namespace({ logExports: ["userlog", unknown] })],
        },
    });

    describePolicy("redshift-default-database", {
        fails: {
            "AWS's name": ["databaseName", warehouse({ databaseName: undefined })],
            "AWS's name, said": ["dbName", namespace({ dbName: "dev" })],
        },
        passes: { "a name of one's own": [warehouse(), namespace()] },
        unseen: { "a name that is only known later": [warehouse({ databaseName: unknown })] },
    });
});
