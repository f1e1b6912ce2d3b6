/** Secrets, and what should be one. */
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

const machineType = "aws:sfn/stateMachine:StateMachine";
const secret = (properties: object = {}) =>
    resource("aws:secretsmanager/secret:Secret", "secret", {
        name: "secret",
        kmsKeyId: keyArn,
        ...properties,
    });

const rotating = (rotationRules: object) =>
    resource("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
        secretId: "secret",
        rotationRules,
    });
const task = (service: string, parameters: object) =>
    resource(machineType, "machine", {
        definition: JSON.stringify({
            StartAt: "Do",
            States: {
                Do: {
                    Type: "Task",
                    Resource: `arn:aws:states:::${service}`,
                    Parameters: parameters,
                    End: true,
                },
            },
        }),
    });
const schedule = (target: object) =>
    resource("aws:scheduler/schedule:Schedule", "nightly", { kmsKeyArn: keyArn, target });
const statement = (change: object) =>
    resource("aws:redshiftdata/statement:Statement", "statement", {
        database: "logs",
        sql: "SELECT 1",
        ...change,
    });
const instance = (userData: string) =>
    resource("aws:ec2/instance:Instance", "worker", { userData });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const parameter = (properties: object) =>
    resource("aws:ssm/parameter:Parameter", "parameter", {
        name: "/data/orders/db_password",
        ...properties,
    });

describe("policies on secrets", () => {
    usePack();

    describePolicy("secret-encryption", {
        fails: {
            "a secret under AWS's key": ["kmsKeyId", secret({ kmsKeyId: undefined })],
            "a secret under AWS's key by name": [
                "kmsKeyId",
                secret({ kmsKeyId: "alias/aws/secretsmanager" }),
            ],
            "a copy under AWS's key": [
                "replicas.kmsKeyId",
                secret({ replicas: [{ region: "eu-central-1" }] }),
            ],
        },
        passes: {
            "a key of one's own": [secret()],
            "a key that is only known later": [secret({ kmsKeyId: unknown })],
        },
    });

    describePolicy("secret-recovery", {
        fails: {
            "deletion at once": ["recoveryWindowInDays", secret({ recoveryWindowInDays: 0 })],
        },
        passes: { "AWS's 30 days": [secret()] },
        unseen: {
            "a window that is only known later": [secret({ recoveryWindowInDays: unknown })],
        },
    });

    describePolicy("secret-rotation", {
        fails: {
            "a secret for ever": ["rotation", secret()],
            "a secret for years": [
                "rotation-days",
                secret(),
                rotating({ automaticallyAfterDays: 1000 }),
            ],
            "a secret for years, by a rate": [
                "rotation-days",
                secret(),
                rotating({ scheduleExpression: "rate(999 days)" }),
            ],
        },
        passes: {
            "rotation each month": [secret(), rotating({ automaticallyAfterDays: 30 })],
            "rotation on the first of a month": [
                secret(),
                rotating({ scheduleExpression: "cron(0 4 1 * ? *)" }),
            ],
            "rotation apart": [
                secret(),
                resource("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
                    secretId: "secret",
                }),
            ],
        },
        unseen: {
            "days that are only known later": [
                secret(),
                rotating({ automaticallyAfterDays: unknown }),
            ],
            "rotation of some secret": [
                secret(),
                resource("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
                    secretId: unknown,
                }),
            ],
        },
    });

    describePolicy("ssm-parameter-encryption", {
        fails: {
            "a password as text": ["type", parameter({ type: "String", value: "hunter2" })],
            "a key that its form gives away": [
                "type",
                parameter({ name: "/data/x", type: "String", value: "AKIAIOSFODNN7EXAMPLE" }),
            ],
            "AWS's key": ["keyId", parameter({ type: "SecureString", value: "hunter2" })],
        },
        passes: {
            "a password under a key of one's own": [
                parameter({ type: "SecureString", value: "hunter2", keyId: keyArn }),
            ],
            "what is no secret": [
                parameter({ name: "/data/orders/bucket", type: "String", value: "orders" }),
            ],
            "the ARN of a secret": [
                parameter({ type: "String", value: "arn:aws:secretsmanager:eu-west-1:1:secret:x" }),
            ],
        },
        unseen: {
            "a type that is only known later": [parameter({ type: unknown, value: "hunter2" })],
        },
    });

    describePolicy("secret-in-clear-text", {
        fails: {
            "arguments of a run of a Glue job": [
                "secret::--db_password",
                task("glue:startJobRun", { Arguments: { "--db_password": "hunter2" } }),
            ],
            "arguments of a step on EMR": [
                "secret::--password",
                task("elasticmapreduce:addStep", {
                    Step: { HadoopJarStep: { Args: ["job.py", "--password=hunter2"] } },
                }),
            ],
            "arguments of a bootstrap action": [
                "secret::--token",
                task("elasticmapreduce:createCluster.sync", {
                    BootstrapActions: [{ ScriptBootstrapAction: { Args: ["--token", "f00f00"] } }],
                }),
            ],
            "arguments of a run on EMR Serverless": [
                "secret::--password",
                task("emr-serverless:startJobRun.sync", {
                    JobDriver: { SparkSubmit: { EntryPointArguments: ["--password", "hunter2"] } },
                }),
            ],
            "settings of a run on EMR Serverless": [
                "secret::SparkSubmitParameters",
                task("emr-serverless:startJobRun.sync", {
                    JobDriver: {
                        SparkSubmit: { SparkSubmitParameters: "--conf spark.db.password=hunter2" },
                    },
                }),
            ],
            "a function's payload": [
                "secret::password",
                task("lambda:invoke", { Payload: { connection: { password: "hunter2" } } }),
            ],
            "the environment of a container": [
                "secret::DB_PASSWORD",
                task("ecs:runTask", {
                    Overrides: {
                        ContainerOverrides: [
                            { Environment: [{ Name: "DB_PASSWORD", Value: "hunter2" }] },
                        ],
                    },
                }),
            ],
            "SQL that a state machine runs": [
                "secret::Sql",
                task("aws-sdk:redshiftdata:executeStatement", {
                    Sql: "ALTER USER loader PASSWORD 'Hunter2x'",
                }),
            ],
            "what a state hands on in a branch": [
                "secret::apiKey",
                resource(machineType, "machine", {
                    definition: JSON.stringify({
                        States: {
                            Both: {
                                Type: "Parallel",
                                Branches: [
                                    {
                                        States: {
                                            Give: { Type: "Pass", Result: { apiKey: "f00" } },
                                        },
                                    },
                                ],
                            },
                        },
                    }),
                }),
            ],
            "a schedule's input": [
                "secret::password",
                schedule({ input: '{"target": {"password": "hunter2"}}' }),
            ],
            "JSON within a schedule's input": [
                "secret::password",
                schedule({
                    input: JSON.stringify({ Input: JSON.stringify({ password: "hunter2" }) }),
                }),
            ],
            "a template of an event": [
                "secret::inputTemplate",
                resource("aws:cloudwatch/eventTarget:EventTarget", "target", {
                    inputTransformer: {
                        inputTemplate: '{"bucket": <bucket>, "password": "hunter2"}',
                    },
                }),
            ],
            "a user's password in SQL": [
                "secret::",
                statement({ sql: "CREATE USER loader PASSWORD 'Hunter2x' CREATEDB" }),
            ],
            "keys in a COPY": [
                "secret::",
                statement({
                    sql: "COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=y'",
                }),
            ],
            "a secret key in a COPY": [
                "secret::",
                statement({
                    sql: "COPY t FROM 's3://b' ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'f00f00'",
                }),
            ],
            "a password in user data": [
                "secret::",
                instance(
                    "#!/bin/bash\nexport SQL_ALCHEMY_CONN=postgresql://airflow:hunter2@db/x\n",
                ),
            ],
            "a password in quotes in user data": [
                "secret::",
                instance("#!/bin/bash\nexport DB_PASSWORD='hunter2'\n"),
            ],
            "an access key in user data, encoded": [
                "secret::",
                resource("aws:ec2/launchTemplate:LaunchTemplate", "workers", {
                    userData: base64(
                        "#!/bin/bash\naws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE\n",
                    ),
                }),
            ],
            "a parameter of SQL": [
                "secret::password",
                statement({ parameters: [{ name: "password", value: "hunter2" }] }),
            ],
        },
        passes: {
            "what the state gives": [
                task("glue:startJobRun", {
                    Arguments: { "--day.$": "$.day", "--token.$": "$.token" },
                }),
            ],
            "what JSONata gives": [
                task("lambda:invoke", { Payload: { password: "{% $states.input.password %}" } }),
            ],
            "tokens that make a request count once": [
                task("aws-sdk:redshiftdata:executeStatement", {
                    ClientToken: "load-2026-11-25",
                    SecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
                    Sql: "CREATE USER loader PASSWORD DISABLE",
                }),
            ],
            "the name of a secret": [
                task("aws-sdk:secretsmanager:getSecretValue", { SecretId: "prod/warehouse" }),
            ],
            "a template with a place for it": [
                resource("aws:cloudwatch/eventTarget:EventTarget", "target", {
                    inputTransformer: {
                        inputTemplate: '{"passwordSecret": "<token>", "password": "<token>"}',
                    },
                }),
            ],
            "a schedule's input": [
                schedule({
                    input: '{"secretArn": "arn:aws:secretsmanager:x", "day": "2026-11-25"}',
                }),
            ],
            "user data that reads a secret": [
                instance(
                    '#!/bin/bash\nexport DB_PASSWORD="$(aws secretsmanager get-secret-value --secret-id prod/db)"\n',
                ),
            ],
            "a user without password": [statement({ sql: "CREATE USER loader PASSWORD DISABLE" })],
        },
        unseen: {
            "a definition that is only known later": [
                resource(machineType, "machine", { definition: unknown }),
            ],
            "a password that is only known later": [
                statement({ parameters: [{ name: "password", value: unknown }] }),
            ],
            "SQL that is only known later": [statement({ sql: unknown })],
        },
    });
});
