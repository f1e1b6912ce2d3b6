/** Workloads that could change who may do what. */
import { resourcePolicy, option, type Policy } from "../core/policy";
import { actionsOf, type Action } from "./catalog";
import { boundBy, boundTo } from "./conditions";
import type { Statement } from "./document";
import { allows, typesOf } from "./places";

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
        for (const { statement, at } of allows(subject, verdict, "identity")) {
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

export const permissionsManagement: readonly Policy[] = [permissions];
