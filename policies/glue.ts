/** Glue: security configurations, jobs, crawlers, connections, the catalog. */
import {
    expectCustomerKey,
    expectNoSecrets,
    expectOneOf,
    expectSet,
    expectThat,
    expectTrue,
    isSecret,
} from "./core/checks";
import { option, resourcePolicy, type Policy } from "./core/policy";

const docs = "https://docs.aws.amazon.com/glue/latest/dg/";
const configurationType = "aws:glue/securityConfiguration:SecurityConfiguration";
const users = ["aws:glue/job:Job", "aws:glue/crawler:Crawler", "aws:glue/devEndpoint:DevEndpoint"];

const configuration = resourcePolicy({
    name: "glue-security-configuration-encryption",
    title: "Glue security configurations encrypt data, logs and bookmarks",
    risk: "What a job writes to S3, its logs and its bookmarks stay readable without the key of the data they came from.",
    severity: "high",
    types: [configurationType],
    remedy: "Set SSE-KMS for S3 and CloudWatch, CSE-KMS for bookmarks, each with a customer-managed key.",
    url: `${docs}encryption-security-configuration.html`,
    judge: (subject, verdict) => {
        const modes = [
            ["s3Encryption", "s3EncryptionMode", "SSE-KMS"],
            ["cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"],
            ["jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"],
        ] as const;
        const encryption = subject.at("encryptionConfiguration");
        for (const [part, mode, expected] of modes) {
            expectOneOf(verdict, encryption.at(part).at(mode), [expected], {
                finding: mode,
                fix: `set it to ${expected}`,
            });
            expectCustomerKey(verdict, encryption.at(part).at("kmsKeyArn"), {
                finding: `${part}.kmsKeyArn`,
            });
        }
    },
});

const useConfiguration = resourcePolicy({
    name: "glue-uses-security-configuration",
    title: "Jobs and crawlers name a security configuration",
    risk: "Without one, Glue writes results, logs and bookmarks in the clear.",
    severity: "high",
    types: users,
    remedy: "Set securityConfiguration.",
    url: `${docs}encryption-security-configuration.html`,
    judge: (user, verdict) => {
        expectSet(verdict, user.at("securityConfiguration"), {
            fix: "name a security configuration",
        });
    },
});

const version = resourcePolicy({
    name: "glue-job-version",
    title: "Jobs run on a supported version of Glue",
    risk: "An old runtime gets no security fixes.",
    severity: "medium",
    fsbp: ["Glue.4"],
    types: ["aws:glue/job:Job"],
    remedy: "Set glueVersion to a current one.",
    url: `${docs}release-notes.html`,
    options: { minimumVersion: option(4, "oldest version of Glue for Spark jobs") },
    judge: (job, verdict, { minimumVersion }) => {
        const kind = job.at("command.name");
        if (kind.value === "pythonshell" || kind.value === "glueray") return;
        const property = job.at("glueVersion");
        if (kind.unknown && (property.number ?? 0) < minimumVersion) {
            verdict.unseen(kind);
            return;
        }
        const fix = `set it to ${minimumVersion.toFixed(1)} or later`;
        expectThat(verdict, property, () => (property.number ?? 0) >= minimumVersion, { fix });
    },
});

const secrets = resourcePolicy({
    name: "glue-job-no-secrets",
    title: "Job arguments hold no secrets",
    risk: "Arguments are shown in the console, in logs and to everyone with glue:GetJob.",
    severity: "critical",
    types: ["aws:glue/job:Job"],
    remedy: "Pass the ARN of a secret and read it in the job.",
    url: `${docs}aws-glue-programming-etl-glue-arguments.html`,
    judge: (job, verdict) => {
        const fix = "pass the ARN of a secret instead";
        expectNoSecrets(verdict, job.at("defaultArguments"), fix);
        expectNoSecrets(verdict, job.at("nonOverridableArguments"), fix);
    },
});

const connection = resourcePolicy({
    name: "glue-connection-security",
    title: "Connections use TLS and no password in clear text",
    risk: "The password lies in the catalog for everyone with glue:GetConnection, and travels with the data in the clear.",
    severity: "high",
    types: ["aws:glue/connection:Connection"],
    remedy: "Set JDBC_ENFORCE_SSL to true and name a secret by SECRET_ID.",
    url: `${docs}connection-properties.html`,
    judge: (subject, verdict) => {
        const properties = subject.at("connectionProperties");
        const type = subject.at("connectionType");
        if (type.absent || type.value === "JDBC") {
            expectTrue(verdict, properties.at("JDBC_ENFORCE_SSL"), {
                finding: "JDBC_ENFORCE_SSL",
                fix: "set it to true",
            });
        }
        const names = ["PASSWORD", "ENCRYPTED_PASSWORD"];
        for (const [name, value] of properties.entries) {
            const inUrl =
                name.endsWith("URL") &&
                (isSecret("url", value.value) || /[?;&]password=/i.test(value.text ?? ""));
            if (!names.includes(name) && !inUrl) continue;
            verdict.violation({
                finding: name,
                property: value.path,
                found: "a password",
                fix: "name a secret by SECRET_ID",
            });
        }
    },
});

const catalog = resourcePolicy({
    name: "glue-data-catalog-encryption",
    title: "The Data Catalog is encrypted under a customer-managed key",
    risk: "Table definitions and the passwords of connections lie in the clear. The settings hold for a whole account and Region, so that a stack is not made to own them.",
    severity: "high",
    types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
    remedy: "Set catalogEncryptionMode to SSE-KMS and returnConnectionPasswordEncrypted to true, with customer-managed keys.",
    url: `${docs}encrypt-glue-data-catalog.html`,
    judge: (subject, verdict) => {
        const settings = subject.at("dataCatalogEncryptionSettings");
        const atRest = settings.at("encryptionAtRest");
        const passwords = settings.at("connectionPasswordEncryption");
        expectOneOf(
            verdict,
            atRest.at("catalogEncryptionMode"),
            ["SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"],
            { finding: "catalogEncryptionMode", fix: "set it to SSE-KMS" },
        );
        expectCustomerKey(verdict, atRest.at("sseAwsKmsKeyId"), { finding: "sseAwsKmsKeyId" });
        expectTrue(verdict, passwords.at("returnConnectionPasswordEncrypted"), {
            finding: "returnConnectionPasswordEncrypted",
            fix: "set it to true",
        });
        expectCustomerKey(verdict, passwords.at("awsKmsKeyId"), { finding: "awsKmsKeyId" });
    },
});

export const glue: readonly Policy[] = [
    configuration,
    useConfiguration,
    version,
    secrets,
    connection,
    catalog,
];
