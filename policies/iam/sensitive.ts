/** Grants that hand on more than they seem to: roles, data, credentials. */
import { resourcePolicy, type Policy } from "../core/policy";
import { actionsOf } from "./catalog";
import { binds, grantsLimited, narrowed } from "./conditions";
import { matches, type Statement } from "./document";
import { unbounded } from "./breadth";
import { allows, typesOf } from "./places";

/** True if the statement allows `action`, by name or wildcard. */
export const names = (statement: Statement, action: string): boolean =>
    statement.actions.some((pattern) => matches(pattern, action));

const passRole = resourcePolicy({
    name: "iam-pass-role",
    title: "Roles are passed by name, to a named service",
    risk: "Whoever may pass any role to any service has the rights of the strongest role there is.",
    severity: "critical",
    types: typesOf("identity"),
    remedy: "Name the role's ARN in full and add StringEquals on iam:PassedToService.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    judge: (subject, verdict) => {
        for (const { statement, at } of allows(subject, verdict, "identity")) {
            if (!names(statement, "iam:PassRole")) continue;
            for (const resource of statement.resources.filter((text) => /[*?]/.test(text))) {
                verdict.violation({
                    finding: `PassRole::${resource}`,
                    property: at,
                    found: `iam:PassRole on ${resource}`,
                    fix: "name the role in full",
                });
            }
            const services = statement.conditions.filter(
                (condition) => /^iam:PassedToService$/i.test(condition.key) && binds(condition),
            );
            const values = services.flatMap((condition) => condition.values);
            if (
                services.length === 0 ||
                values.some((value) => /[*?]/.test(value)) ||
                tooMany(values, statement.resources)
            ) {
                const found =
                    services.length === 0
                        ? "iam:PassRole without iam:PassedToService"
                        : values.join(", ");
                verdict.violation({
                    finding: "PassedToService",
                    property: at,
                    found,
                    fix: "add StringEquals on iam:PassedToService with the one service",
                });
            }
        }
    },
});

/** Services that take one role together: EMR hands on that of its nodes, the others share theirs. */
const together = [
    ["elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"],
    ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"],
    ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"],
];

/** True for more services than roles that are named in full: each role is passed to the one service that it trusts. */
function tooMany(services: readonly string[], roles: readonly string[]): boolean {
    const different = new Set(services);
    for (const [first = "", second = ""] of together)
        if (different.has(first)) different.delete(second);
    return roles.every((role) => !/[*?]/.test(role)) && different.size > roles.length;
}

/** Actions that give out data or secrets; what they read is worth more than the right to do so seems. */
const readers = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "redshift-data:ExecuteStatement",
    "redshift-data:BatchExecuteStatement",
    "rds-data:ExecuteStatement",
    "athena:GetQueryResults",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:GenerateDataKey",
];

/** Actions that give out credentials. */
const credentials = [
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift-serverless:GetCredentials",
    "rds-db:connect",
    "elasticmapreduce:GetClusterSessionCredentials",
    "emr-serverless:AccessInteractiveEndpoints",
    "sso:GetRoleCredentials",
    "ec2:GetPasswordData",
    "lightsail:GetInstanceAccessDetails",
    "codepipeline:PollForJobs",
    "cognito-identity:GetCredentialsForIdentity",
];

const dataAccess = resourcePolicy({
    name: "iam-bounded-data-access",
    title: "Rights to read data, secrets and credentials are bounded",
    risk: "One job that is taken over can carry away everything in the account.",
    severity: "critical",
    fsbp: ["KMS.1", "KMS.2"],
    types: typesOf("identity"),
    remedy: "Name the buckets, keys, secrets or databases.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    judge: async (subject, verdict) => {
        for (const { statement, at } of allows(subject, verdict, "identity")) {
            const wide: string[] = [];
            for (const name of [...readers, ...credentials].filter((action) =>
                names(statement, action),
            )) {
                const [action] = (await actionsOf(name)) ?? [];
                const free =
                    action === undefined
                        ? []
                        : action.arns.length === 0
                          ? statement.resources
                          : unbounded(statement, action);
                if (free.length > 0 && !narrowed(statement)) wide.push(name);
            }
            if (wide.length > 0) {
                verdict.violation({
                    finding: `Data::${wide[0] ?? ""}`,
                    property: at,
                    found: `${wide.join(", ")} on ${statement.resources.join(", ")}`,
                    fix: "name what may be read",
                });
            }
            if (names(statement, "kms:CreateGrant") && !grantsLimited(statement)) {
                verdict.violation({
                    finding: "CreateGrant",
                    property: at,
                    found: "kms:CreateGrant without kms:GrantIsForAWSResource",
                    fix: "add Bool kms:GrantIsForAWSResource true",
                });
            }
        }
    },
});

export const sensitive: readonly Policy[] = [passRole, dataAccess];
