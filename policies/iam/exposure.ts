/** Policies on resources: buckets, keys, topics, queues, secrets, the catalog. */
import { resourcePolicy, option, stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import { boundBy, boundToCaller, boundToSource, narrowed } from "./conditions";
import {
    accountOf,
    isEveryone,
    isWholeAccount,
    labelOf,
    matches,
    type Statement,
} from "./document";
import { documentsOf, typesOf } from "./places";

const url =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html";

const open = resourcePolicy({
    name: "resource-policy-public",
    title: "Resource policies let nobody in by default",
    risk: "Everybody on the internet, or in AWS, has what the statement allows.",
    severity: "critical",
    fsbp: ["S3.2", "S3.3", "KMS.5", "SNS.4", "SQS.3", "Lambda.1"],
    types: typesOf("resource"),
    remedy: "Name principals, or condition on the account, organisation or endpoint they come from.",
    url,
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, "resource")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                if (!statement.principals.some(isEveryone) || boundToCaller(statement)) continue;
                const property = `${place.property.path} ${labelOf(statement)}`;
                verdict.violation({
                    finding: "Principal::*",
                    property,
                    found: `everybody may ${statement.actions.join(", ")}`,
                    fix: "name the principals",
                });
            }
        }
    },
});

const deputies = resourcePolicy({
    name: "resource-policy-confused-deputy",
    title: "Services act on resources for this account only",
    risk: "Any customer of the service can have it write to, read from or use the key of this account.",
    severity: "high",
    types: typesOf("resource"),
    remedy: "Add StringEquals on aws:SourceAccount or ArnLike on aws:SourceArn; for Logs on a key, kms:EncryptionContext:aws:logs:arn.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, "resource")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                const services = statement.principals.filter(({ kind }) => kind === "Service");
                if (
                    services.length === 0 ||
                    boundToSource(statement) ||
                    boundBy(statement, /^aws:PrincipalOrg(ID|Paths)$/i)
                )
                    continue;
                for (const { value } of services) {
                    const property = `${place.property.path} ${labelOf(statement)}`;
                    verdict.violation({
                        finding: `Source::${value}`,
                        property,
                        found: `${value} on behalf of anybody`,
                        fix: "add StringEquals on aws:SourceAccount",
                    });
                }
            }
        }
    },
});

const lockout = resourcePolicy({
    name: "resource-policy-lockout",
    title: "Resource policies lock nobody out for good",
    risk: "A Deny for everybody without a condition takes the resource away from its owner too; only the root user, or AWS, can undo it.",
    severity: "high",
    types: typesOf("resource"),
    remedy: "Add the condition under which to refuse.",
    url,
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, "resource")) {
            for (const statement of document.statements) {
                const everybody =
                    statement.principals.some(isEveryone) || statement.notPrincipals !== undefined;
                if (statement.effect !== "Deny" || !everybody || statement.conditions.length > 0)
                    continue;
                if (
                    !statement.actions.some((action) =>
                        owners.some((name) => matches(action, name)),
                    )
                )
                    continue;
                const property = `${place.property.path} ${labelOf(statement)}`;
                verdict.violation({
                    finding: "Lockout",
                    property,
                    found: `Deny ${statement.actions.join(", ")} for everybody`,
                    fix: "add a condition",
                });
            }
        }
    },
});

/** Actions that an owner needs to mend a policy. */
const owners = [
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "kms:PutKeyPolicy",
    "sns:SetTopicAttributes",
    "sqs:SetQueueAttributes",
    "secretsmanager:PutResourcePolicy",
    "glue:PutResourcePolicy",
];

const keyAccess = resourcePolicy({
    name: "kms-key-policy-principals",
    title: "Key policies leave administration to the account and use to named principals",
    risk: "A principal with kms:* may delete the key, or give it away; that belongs to the account's own IAM.",
    severity: "high",
    types: [
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/externalKey:ExternalKey",
    ],
    remedy: "Give kms:* to the account's root only, and let principals do what they need, via services where they can.",
    url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, "resource")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                const administers = administration.filter((name) =>
                    statement.actions.some((pattern) => matches(pattern, name)),
                );
                const others = statement.principals.filter(
                    (principal) => !isWholeAccount(principal),
                );
                if (administers.length === 0 || others.length === 0 || narrowed(statement))
                    continue;
                const wildcard = statement.actions.some((pattern) => /[*?]/.test(pattern));
                if (
                    !wildcard &&
                    others.every(
                        ({ kind, value }) => kind === "AWS" && !isEveryone({ kind, value }),
                    )
                )
                    continue; // a named administrator
                const property = `${place.property.path} ${labelOf(statement)}`;
                verdict.violation({
                    finding: "Administration",
                    property,
                    found: `${others.map(({ value }) => value).join(", ")} may ${administers.join(", ")}`,
                    fix: "leave it to the account's root",
                });
            }
        }
    },
});

const administration = [
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "kms:CreateGrant",
];

const foreign = stackPolicy({
    name: "foreign-accounts",
    title: "Other accounts are let in on purpose only",
    risk: "Whoever runs the other account decides who gets the data.",
    severity: "high",
    fsbp: ["S3.6"],
    remedy: "Remove the account, or name it in trustedAccounts; a role for a third party also needs sts:ExternalId.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    options: {
        trustedAccounts: option<readonly string[]>(
            [],
            "numbers of other accounts that may be let in",
            { items: { type: "string" } },
        ),
    },
    judge: (stack, verdictOn, { trustedAccounts }) => {
        const own = ownAccount(stack);
        if (own === undefined) return;
        for (const subject of stack.of(...typesOf("resource", "trust"))) {
            const verdict = verdictOn(subject);
            for (const { place, document } of documentsOf(subject, verdict, "resource", "trust")) {
                for (const { account, statement } of accounts(document.statements)) {
                    const known = account === own || trustedAccounts.includes(account);
                    if (
                        known ||
                        boundBy(statement, /^(sts:ExternalId|aws:PrincipalOrg(ID|Paths))$/i)
                    )
                        continue;
                    const property = `${place.property.path} ${labelOf(statement)}`;
                    verdict.violation({
                        finding: `Account::${account}`,
                        property,
                        found: `account ${account} is let in`,
                        fix: "remove it, or say that it is trusted",
                    });
                }
            }
        }
    },
});

function* accounts(
    statements: readonly Statement[],
): Generator<{ account: string; statement: Statement }> {
    for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
        for (const principal of statement.principals) {
            const account = accountOf(principal);
            if (account !== undefined) yield { account, statement };
        }
    }
}

/** The account that the stack deploys to, as far as its resources' own ARNs tell. */
function ownAccount(stack: Stack): string | undefined {
    const counts = new Map<string, number>();
    for (const subject of stack.all) {
        const account = /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/.exec(
            subject.at("arn").text ?? "",
        )?.[1];
        if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1);
    }
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

export const exposure: readonly Policy[] = [open, deputies, lockout, keyAccess, foreign];
