/** EMR Serverless, and the settings of applications on EMR. */
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

const application = (properties: object = {}) =>
    resource("aws:emrserverless/application:Application", "app", {
        networkConfiguration: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
        monitoringConfiguration: {
            s3MonitoringConfiguration: { logUri: "s3://x/", encryptionKeyArn: keyArn },
        },
        ...properties,
    });

const spark = (Properties: object) => [{ Classification: "spark-defaults", Properties }];
const cluster = (settings: object) =>
    resource("aws:emr/cluster:Cluster", "cluster", {
        configurationsJson: JSON.stringify(settings),
    });
const steps = (...args: unknown[]) =>
    resource("aws:emr/cluster:Cluster", "cluster", {
        steps: [{ name: "x", hadoopJarStep: { jar: "command-runner.jar", args } }],
    });
const launching = (
    Parameters: object,
    Resource = "arn:aws:states:::elasticmapreduce:createCluster.sync",
) =>
    resource("aws:sfn/stateMachine:StateMachine", "machine", {
        definition: JSON.stringify({
            StartAt: "Launch",
            States: {
                Launch: {
                    Type: "Task",
                    Resource,
                    Parameters,
                    End: true,
                },
            },
        }),
    });

const running = (parameters: object) =>
    launching(parameters, "arn:aws:states:::emr-serverless:startJobRun.sync");

describe("policies on applications on EMR", () => {
    usePack();

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
            "logs that are switched off": [
                "monitoringConfiguration",
                application({
                    monitoringConfiguration: {
                        managedPersistenceMonitoringConfiguration: { enabled: false },
                    },
                }),
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

    describePolicy("emr-application-settings", {
        fails: {
            "settings of one type of instance": [
                "plaintext::spark.authenticate",
                resource("aws:emr/cluster:Cluster", "cluster", {
                    coreInstanceFleet: {
                        instanceTypeConfigs: [
                            {
                                instanceType: "m6g.xlarge",
                                configurations: [
                                    {
                                        classification: "spark-defaults",
                                        properties: { "spark.authenticate": "false" },
                                    },
                                ],
                            },
                        ],
                    },
                }),
            ],
            "settings of a fleet of its own": [
                "plaintext::spark.authenticate",
                resource("aws:emr/instanceFleet:InstanceFleet", "fleet", {
                    instanceTypeConfigs: [
                        {
                            instanceType: "m6g.xlarge",
                            configurations: [
                                {
                                    classification: "spark-defaults",
                                    properties: { "spark.authenticate": "false" },
                                },
                            ],
                        },
                    ],
                }),
            ],
            "settings of a serverless run": [
                "plaintext::spark.ssl.enabled",
                running({
                    ConfigurationOverrides: {
                        ApplicationConfiguration: spark({ "spark.ssl.enabled": "false" }),
                    },
                }),
            ],
            "RPC in the clear": [
                "plaintext::spark.network.crypto.enabled",
                cluster(spark({ "spark.network.crypto.enabled": "false" })),
            ],
            "S3 over plain HTTP, as Spark passes it on": [
                "plaintext::spark.hadoop.fs.s3a.connection.ssl.enabled",
                cluster(spark({ "spark.hadoop.fs.s3a.connection.ssl.enabled": "FALSE" })),
            ],
            "RPC of HDFS in the clear, as raw text": [
                "plaintext::hadoop.rpc.protection",
                resource("aws:emr/cluster:Cluster", "cluster", {
                    configurations: JSON.stringify([
                        {
                            Classification: "core-site",
                            Properties: { "hadoop.rpc.protection": "authentication" },
                        },
                    ]),
                }),
            ],
            "a setting within a setting": [
                "plaintext::spark.authenticate",
                cluster([
                    {
                        Classification: "spark",
                        Configurations: spark({ "spark.authenticate": "false" }),
                    },
                ]),
            ],
            "a metastore's password": [
                "secret::javax.jdo.option.ConnectionPassword",
                cluster(spark({ "javax.jdo.option.ConnectionPassword": "hunter2" })),
            ],
            "a step's password": [
                "secret::--password",
                steps("spark-submit", "job.py", "--password=hunter2"),
            ],
            "a step's password, by itself": [
                "secret::--db-password",
                steps("spark-submit", "job.py", "--db-password", "hunter2"),
            ],
            "a bootstrap action's access key": [
                "secret::",
                resource("aws:emr/cluster:Cluster", "cluster", {
                    bootstrapActions: [
                        { name: "x", path: "s3://x/y", args: ["AKIAIOSFODNN7EXAMPLE"] },
                    ],
                }),
            ],
            "settings of a serverless application": [
                "plaintext::spark.ssl.enabled",
                application({
                    runtimeConfigurations: [
                        {
                            classification: "spark-defaults",
                            properties: { "spark.ssl.enabled": "false" },
                        },
                    ],
                }),
            ],
            "settings of a cluster that a state machine launches": [
                "plaintext::spark.authenticate",
                launching({ Configurations: spark({ "spark.authenticate": "false" }) }),
            ],
            "settings that are no JSON": [
                "configurationsJson",
                resource("aws:emr/cluster:Cluster", "cluster", { configurationsJson: "[{" }),
            ],
        },
        passes: {
            "a serverless run": [
                running({
                    JobDriver: {
                        SparkSubmit: {
                            EntryPoint: "s3://x/job.py",
                            "EntryPointArguments.$": "$.arguments",
                            SparkSubmitParameters: "--conf spark.executor.cores=4",
                        },
                    },
                }),
            ],

            "settings of no danger": [
                cluster(
                    spark({
                        "spark.authenticate": "true",
                        "spark.sql.adaptive.enabled": "false",
                        "spark.hadoop.fs.s3a.aws.credentials.provider": "com.example.Provider",
                    }),
                ),
            ],
            "the address of a file": [
                resource("aws:emr/cluster:Cluster", "cluster", {
                    configurations: "https://x.s3.amazonaws.com/settings.json",
                }),
            ],
            "the ARN of a secret, and an option of no secret": [
                steps("--secret-arn", "arn:aws:x", "--tokens", "a,b", "--password", "--verbose"),
            ],
            "a cluster whose settings come from the state": [
                launching({ "Configurations.$": "$.settings" }),
            ],
            "an application without settings": [application()],
        },
        unseen: {
            "settings that are only known later": [
                resource("aws:emr/cluster:Cluster", "cluster", { configurationsJson: unknown }),
            ],
            "one setting that is only known later": [
                application({
                    runtimeConfigurations: [
                        {
                            classification: "spark-defaults",
                            properties: { "spark.authenticate": unknown },
                        },
                    ],
                }),
            ],
            "a step's password that is only known later": [steps("--password", unknown)],
        },
    });
});
