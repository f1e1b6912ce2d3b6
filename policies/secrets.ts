/** Secrets, and what should be one. */
import { expectAtLeast, expectCustomerKey } from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";
import { Property } from "./core/property";
import { expectNoSecretsWithin, isSecret } from "./core/secrets";
import { machineType } from "./emr/tasks";

const secretType = "aws:secretsmanager/secret:Secret";
const secretDocs = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/";

const secretEncryption = resourcePolicy({
    name: "secret-encryption",
    title: "Secrets are under a customer-managed key",
    risk: "Under aws/secretsmanager every principal of the account that may read the secret may decrypt it; no second lock, no sharing across accounts.",
    severity: "high",
    types: [secretType],
    remedy: "Set kmsKeyId to a key of your own.",
    url: `${secretDocs}security-encryption.html`,
    judge: (secret, verdict) => {
        expectCustomerKey(verdict, secret.at("kmsKeyId"));
        for (const replica of secret.at("replicas").items) {
            expectCustomerKey(verdict, replica.at("kmsKeyId"), { finding: "replicas.kmsKeyId" });
        }
    },
});

const secretRecovery = resourcePolicy({
    name: "secret-recovery",
    title: "Deleted secrets can be restored",
    risk: "With a recovery window of 0 a secret is gone at once, with whatever it opens.",
    severity: "low",
    types: [secretType],
    remedy: "Leave recoveryWindowInDays at its 30 days.",
    url: `${secretDocs}manage_delete-secret.html`,
    options: { minimumDays: option(7, "shortest recovery window, in days") },
    judge: (secret, verdict, { minimumDays }) => {
        expectAtLeast(verdict, secret.at("recoveryWindowInDays"), minimumDays, {
            absentIsFine: true,
            fix: `set it to ${String(minimumDays)} days or more`,
        });
    },
});

const secretRotation = stackPolicy({
    name: "secret-rotation",
    title: "Secrets rotate",
    risk: "A secret that leaked once opens the door for ever.",
    severity: "medium",
    fsbp: ["SecretsManager.1"],
    remedy: "Add a SecretRotation, or let the service that uses the secret manage it.",
    url: `${secretDocs}rotating-secrets.html`,
    options: { maximumDays: option(90, "longest time between two rotations, in days") },
    judge: (stack, verdictOn, { maximumDays }) => {
        for (const secret of stack.of(secretType)) {
            const { found, uncertain } = stack.joined(
                secret,
                "secretId",
                "aws:secretsmanager/secretRotation:SecretRotation",
            );
            if (uncertain) verdictOn(secret).unseen("rotation");
            else if (found.length === 0) {
                verdictOn(secret).violation({
                    finding: "rotation",
                    property: "rotation",
                    found: undefined,
                    fix: "add a SecretRotation",
                });
            }
            for (const rotation of found) {
                const days = daysOf(rotation.at("rotationRules"));
                if (days?.unknown === true) verdictOn(secret).unseen(days);
                if ((days?.number ?? 0) <= maximumDays) continue;
                verdictOn(secret).violation({
                    finding: "rotation-days",
                    property: "rotationRules",
                    found: days?.value,
                    fix: `rotate after ${String(maximumDays)} days or fewer`,
                });
            }
        }
    },
});

/** Days between two rotations; `undefined` where a cron expression says when. */
function daysOf(rules: Property): Property | undefined {
    const after = rules.at("automaticallyAfterDays");
    if (!after.absent) return after;
    const schedule = rules.at("scheduleExpression");
    const days = /^rate\((\d+) days?\)$/.exec(schedule.text ?? "")?.[1];
    return days === undefined ? undefined : new Property(schedule.path, days);
}

const parameterEncryption = resourcePolicy({
    name: "ssm-parameter-encryption",
    title: "Parameters that hold secrets are encrypted under a customer-managed key",
    risk: "A String parameter shows its value to everyone with ssm:GetParameter, in the console and in its history.",
    severity: "high",
    types: ["aws:ssm/parameter:Parameter"],
    remedy: "Set type to SecureString and keyId to a key of your own, or use Secrets Manager.",
    url: "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
    judge: (parameter, verdict) => {
        const type = parameter.at("type");
        if (type.unknown) verdict.unseen(type);
        else if (type.value === "SecureString") expectCustomerKey(verdict, parameter.at("keyId"));
        else {
            const name = parameter.at("name").text?.split("/").pop() ?? parameter.name;
            for (const property of ["value", "insecureValue"].map((path) => parameter.at(path))) {
                if (!isSecret(name, property.value)) continue;
                verdict.violation({
                    finding: "type",
                    property: "type",
                    found: `${String(type.value)}, with a secret`,
                    fix: "set it to SecureString",
                });
            }
        }
    },
});

/** What is handed on or run: JSON, or text such as SQL and scripts. */
const handedOn: Readonly<Record<string, readonly string[]>> = {
    [machineType]: ["definition"],
    "aws:scheduler/schedule:Schedule": ["target"],
    "aws:cloudwatch/eventTarget:EventTarget": ["input", "inputTransformer"],
    "aws:redshiftdata/statement:Statement": ["sql", "parameters"],
    "aws:ec2/instance:Instance": ["userData", "userDataBase64"],
    "aws:ec2/launchTemplate:LaunchTemplate": ["userData"],
};

const clearText = resourcePolicy({
    name: "secret-in-clear-text",
    title: "State machines, inputs of targets, SQL and user data hold no secrets",
    risk: "They are shown in the console, in the history of runs and to everyone who may describe them.",
    severity: "critical",
    types: Object.keys(handedOn),
    remedy: "Pass the ARN of a secret and read it where it is used.",
    url: `${secretDocs}best-practices.html`,
    judge: (subject, verdict) => {
        const fix = "pass the ARN of a secret instead";
        for (const path of handedOn[subject.type] ?? []) {
            const value = subject.at(path);
            expectNoSecretsWithin(verdict, path.startsWith("userData") ? plain(value) : value, fix);
        }
    },
});

/** The text that Base64 stands for; anything else as it is. */
function plain(property: Property): Property {
    const text = property.text ?? "";
    if (!/^[\w+/\s]{16,}=*\s*$/.test(text)) return property;
    return new Property(property.path, Buffer.from(text, "base64").toString("utf8"));
}

export const secrets: readonly Policy[] = [
    secretEncryption,
    secretRecovery,
    secretRotation,
    parameterEncryption,
    clearText,
];
