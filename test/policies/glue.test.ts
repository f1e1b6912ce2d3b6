/** Glue: security configurations, jobs, connections, the catalog. */
import { activity, parameters, tls, warehouse } from "./fixtures";
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

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

const settingsOf = (properties: object) =>
    resource("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "settings", {
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
            "a Python shell on Python 2": [
                "command.pythonVersion",
                job({ command: { name: "pythonshell", pythonVersion: "2" } }),
            ],
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
            "a password within JSON": [
                "secret::--config",
                job({ defaultArguments: { "--config": '{"user":"a","password":"hunter2"}' } }),
            ],
            "a token that is borne": [
                "secret::--header",
                job({ defaultArguments: { "--header": "Bearer f00f00f00f00f00f00" } }),
            ],

            "a key within a list of settings": [
                "secret::--conf",
                job({ defaultArguments: { "--conf": "spark.hadoop.fs.s3a.secret.key=f00f00" } }),
            ],
            "a password": [
                "secret::--db_password",
                job({ defaultArguments: { "--db_password": "hunter2" } }),
            ],
            "an access key": [
                "secret::--extra",
                job({ defaultArguments: { "--extra": "AKIAIOSFODNN7EXAMPLE" } }),
            ],
            "a password of a trigger": [
                "secret::--pass",
                resource("aws:glue/trigger:Trigger", "nightly", {
                    type: "SCHEDULED",
                    actions: [{ jobName: "job", arguments: { "--pass": "hunter2" } }],
                }),
            ],
            "a password of a workflow": [
                "secret::api_key",
                resource("aws:glue/workflow:Workflow", "w", {
                    defaultRunProperties: { api_key: "f00f00" },
                }),
            ],
            "a password in an address": [
                "secret::--jdbc",
                job({ defaultArguments: { "--jdbc": "postgres://admin:hunter2@host/db" } }),
            ],
        },
        passes: {
            "the ARN of a secret within JSON": [
                job({
                    defaultArguments: { "--config": '{"password":"arn:aws:secretsmanager:x"}' },
                }),
            ],

            "the ARN of a secret": [
                job({
                    defaultArguments: {
                        "--admin_secret_arn":
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
                        "--token": "arn:aws:x",
                        "--warehouse-secret": "prod/warehouse",
                        "--password_policy": "strict",
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
            "a password in an address of Oracle": [
                "JDBC_CONNECTION_URL",
                connection({ JDBC_CONNECTION_URL: "jdbc:oracle:thin:scott/tiger@//x:1521/logs" }),
            ],

            "JDBC without TLS": ["JDBC_ENFORCE_SSL", connection({ JDBC_ENFORCE_SSL: "false" })],
            "JDBC that leaves TLS out": [
                "JDBC_ENFORCE_SSL",
                connection({ JDBC_ENFORCE_SSL: undefined }),
            ],
            "a password": ["PASSWORD", connection({ PASSWORD: "hunter2" })],
            "a password of Kafka": [
                "KAFKA_SASL_SCRAM_PASSWORD",
                connection({ KAFKA_SASL_SCRAM_PASSWORD: "hunter2" }, "KAFKA"),
            ],
            "a password in the address": [
                "JDBC_CONNECTION_URL",
                connection({ JDBC_CONNECTION_URL: "jdbc:mysql://x/logs?user=a&password=hunter2" }),
            ],
            "Kafka without TLS": [
                "KAFKA_SSL_ENABLED",
                connection({ KAFKA_SSL_ENABLED: "false" }, "KAFKA"),
            ],
            "certificates that nobody checks": [
                "SKIP_CUSTOM_JDBC_CERT_VALIDATION",
                connection({ SKIP_CUSTOM_JDBC_CERT_VALIDATION: "true" }),
            ],
        },
        passes: {
            "an address of Oracle without a password": [
                connection({ JDBC_CONNECTION_URL: "jdbc:oracle:thin://@x:1521/logs" }),
            ],

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

    const grant = (principal: unknown) =>
        resource("aws:lakeformation/permissions:Permissions", "grant", {
            principal,
            permissions: ["SELECT"],
            database: { name: "logs" },
        });

    const database = (catalogId?: unknown) =>
        resource("aws:glue/catalogDatabase:CatalogDatabase", "raw", { name: "raw", catalogId });

    describePolicy("glue-data-catalog-settings", {
        fails: {
            "a database where nothing says how the catalog is encrypted": ["settings", database()],
            "settings of another catalog": [
                "settings",
                database(),
                settingsOf({ catalogId: "999999999999" }),
            ],
        },
        passes: {
            "settings of the account's catalog": [database(), settingsOf({})],
            "settings of a catalog by its id": [
                database("123456789012"),
                settingsOf({ catalogId: "123456789012" }),
            ],
        },
        unseen: {
            "settings of a catalog that is only known later": [
                database("123456789012"),
                settingsOf({ catalogId: unknown }),
            ],
        },
    });

    describePolicy("lakeformation-named-principals", {
        fails: {
            "everybody with an IAM policy": [
                "Principal::IAM_ALLOWED_PRINCIPALS",
                grant("IAM_ALLOWED_PRINCIPALS"),
            ],
            "everybody of the account": [
                "Principal::123456789012:IAMPrincipals",
                grant("123456789012:IAMPrincipals"),
            ],
            "everybody, for what is yet to come": [
                "Principal::IAM_ALLOWED_PRINCIPALS",
                resource("aws:lakeformation/dataLakeSettings:DataLakeSettings", "lake", {
                    createTableDefaultPermissions: [
                        { permissions: ["ALL"], principal: "IAM_ALLOWED_PRINCIPALS" },
                    ],
                }),
            ],
        },
        passes: {
            "a role": [grant("arn:aws:iam::123456789012:role/analyst")],
            "an administrator": [
                resource("aws:lakeformation/dataLakeSettings:DataLakeSettings", "lake", {
                    admins: ["arn:aws:iam::123456789012:role/admin"],
                }),
            ],
        },
        unseen: { "a principal that is only known later": [grant(unknown)] },
    });
});
