/** Security configurations, and the jobs and crawlers that use them. */
import { expectCustomerKey, expectOneOf, expectSet, expectThat } from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";
import { expectNoSecrets } from "../core/secrets";

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
        expectThat(verdict, job.at("command.pythonVersion"), (value) => value !== "2", {
            absentIsFine: true,
            fix: "move to Python 3",
        });
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
    title: "Arguments of jobs, triggers and workflows hold no secrets",
    risk: "Arguments are shown in the console, in logs and to everyone with glue:GetJob.",
    severity: "critical",
    types: ["aws:glue/job:Job", "aws:glue/trigger:Trigger", "aws:glue/workflow:Workflow"],
    remedy: "Pass the ARN of a secret and read it in the job.",
    url: `${docs}aws-glue-programming-etl-glue-arguments.html`,
    judge: (job, verdict) => {
        const fix = "pass the ARN of a secret instead";
        for (const name of ["defaultArguments", "nonOverridableArguments", "defaultRunProperties"])
            expectNoSecrets(verdict, job.at(name), fix);
        for (const action of job.at("actions").items)
            expectNoSecrets(verdict, action.at("arguments"), fix);
    },
});

export const jobs: readonly Policy[] = [configuration, useConfiguration, version, secrets];
