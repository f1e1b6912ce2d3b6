/** Grants that hand on more than they seem to: roles, data, credentials, the power to grant. */
import { resourcePolicy, option, type Policy } from "../core/policy";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { actionsOf, type Action } from "./catalog";
import { binds, boundBy, boundTo, grantsLimited, narrowed } from "./conditions";
import { labelOf, matches, type Statement } from "./document";
import { unbounded } from "./breadth";
import { documentsOf, typesOf } from "./places";

/** Every Allow of an identity document, with where it stands. */
function* allows(
    subject: Subject,
    verdict: Verdict,
): Generator<{ statement: Statement; at: string }> {
    for (const { place, document } of documentsOf(subject, verdict, "identity")) {
        for (const statement of document.statements) {
            if (statement.effect === "Allow")
                yield { statement, at: `${place.property.path} ${labelOf(statement)}` };
        }
    }
}

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
        for (const { statement, at } of allows(subject, verdict)) {
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

/** EMR takes its service role, and hands the role of its nodes to EC2. */
const emrServices = ["elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"];

/** True for more services than roles that are named in full: each role is passed to the one service that it trusts. */
function tooMany(services: readonly string[], roles: readonly string[]): boolean {
    const ofEmr = emrServices.every((name) => services.includes(name));
    const different = new Set(services).size - (ofEmr ? 1 : 0);
    return roles.every((role) => !/[*?]/.test(role)) && different > roles.length;
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
        for (const { statement, at } of allows(subject, verdict)) {
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

/**
 * Where actions that AWS counts as managing permissions give nobody a right that wasn't given before, and why.
 */
const harmless: Readonly<Record<string, (statement: Statement) => boolean>> = {
    // judged by its conditions in iam-bounded-data-access
    "kms:CreateGrant": () => true,
    // take a grant away
    "kms:RetireGrant": () => true,
    "kms:RevokeGrant": () => true,
    // limited to the database group that its ARN names
    "redshift:JoinGroup": () => true,
    // a log-in, as the database users that its ARNs name
    "rds-db:connect": ({ resources }) => resources.every((arn) => /:dbuser:.+\/[^*?/]+$/.test(arn)),
    // hands copies to the bucket that they are written to
    "s3:ObjectOwnerOverrideToBucketOwner": ({ resources }) =>
        resources.every((arn) => /^arn:[^:]+:s3:::[^*?]+\/\*$/.test(arn)),
    // lets CodeBuild use an interface that it is given, in one's own subnets
    "ec2:CreateNetworkInterfacePermission": (statement) =>
        boundBy(statement, /^ec2:(AuthorizedService|Subnet)$/i),
};

/**
 * True where the rights that an action hands on are limited by a condition: to principals under one boundary, or to
 * policies by name (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
 */
function delegated({ name, conditionKeys }: Action, statement: Statement): boolean {
    if (/^iam:Delete/.test(name)) return false;
    const ofAnyPolicy = (value: string) => /[*?]/.test(value) || /:iam::aws:policy\//.test(value);
    return ["iam:PermissionsBoundary", "iam:PolicyARN"].some(
        (key) =>
            conditionKeys.some((own) => own.toLowerCase() === key.toLowerCase()) &&
            boundTo(statement, new RegExp(`^${key}$`, "i"), ofAnyPolicy),
    );
}

const permissions = resourcePolicy({
    name: "iam-no-permissions-management",
    title: "Workloads don't change permissions",
    risk: "A job that may change policies, grants or shares can open to others what it was given, or give itself more.",
    severity: "high",
    types: typesOf("identity"),
    remedy: "Leave permissions to the deployment.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html",
    options: {
        allowed: option<readonly string[]>(
            [],
            "actions that are accepted all the same, such as logs:PutResourcePolicy",
            { items: { type: "string" } },
        ),
    },
    judge: async (subject, verdict, { allowed }) => {
        for (const { statement, at } of allows(subject, verdict)) {
            const managing = new Set<string>();
            for (const pattern of statement.actions.filter((text) => !/^\*+$/.test(text))) {
                for (const action of (await actionsOf(pattern)) ?? []) {
                    if (!action.access.includes("Permissions management")) continue;
                    if (allowed.includes(action.name) || delegated(action, statement)) continue;
                    if (harmless[action.name]?.(statement) === true) continue;
                    if (!deliversLogs(action, statement)) managing.add(action.name);
                }
            }
            if (managing.size > 8) managing.add("...");
            for (const name of [...managing].slice(0, 8)) {
                verdict.violation({
                    finding: `Permissions::${name}`,
                    property: at,
                    found: `${name} on ${statement.resources.join(", ")}`,
                    fix: "remove it",
                });
            }
        }
    },
});

/**
 * Services that deliver their own logs set the delivery up under the caller's role, by these two actions on `*`
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
 */
const deliversLogs = ({ name }: Action, statement: Statement): boolean =>
    name === "logs:PutResourcePolicy" && statement.actions.includes("logs:CreateLogDelivery");

export const sensitive: readonly Policy[] = [passRole, dataAccess, permissions];
