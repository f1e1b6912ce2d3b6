/** Who may change what protects a resource, or end it: rights that don't belong to those who use it. */
import { resourcePolicy, type Policy } from "../core/policy";
import { actionsOf, type Action } from "./catalog";
import { boundBy, grantsLimited, narrowed } from "./conditions";
import {
    isSingle,
    isWholeAccount,
    matches,
    type PolicyDocument,
    type Principal,
    type Statement,
} from "./document";
import { allows, typesOf } from "./places";

/** Changes to what protects a resource that AWS counts as mere writing. */
const alsoAdministration: ReadonlySet<string> = new Set([
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "sns:SetTopicAttributes",
    "sqs:SetQueueAttributes",
]);

/** What AWS counts as managing permissions but belongs to use: grants have conditions, objects' ACLs come with uploads. */
const partOfUse: ReadonlySet<string> = new Set([
    "glue:ShareResource",
    "kms:CreateGrant",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
]);

/** What resources are for. */
const use = [
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "s3:GetObject",
    "s3:PutObject",
    "sns:Publish",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "secretsmanager:GetSecretValue",
    "glue:GetTable",
    "glue:UpdateTable",
    "events:PutEvents",
    "lambda:InvokeFunction",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
];

/** Patterns that AWS's page on key policies gives to key administrators; none matches an operation with the key. */
const keyAdministration =
    /^kms:((Create|Describe|Enable|List|Put|Update|Revoke|Disable|Get|Delete|Import|Cancel)\*|Replicate(Key|\*))$/i;

/** True for a pattern that a key's administrators have (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html). */
export const isKeyAdministration = (pattern: string, type: string): boolean =>
    type.startsWith("aws:kms/") && keyAdministration.test(pattern);

const isAdministration = ({ name, access }: Action): boolean =>
    alsoAdministration.has(name) ||
    (access.includes("Permissions management") && !partOfUse.has(name));

/** Names of the administrative actions that the statement allows. */
export async function administrationIn(statement: Statement): Promise<readonly string[]> {
    const names: string[] = [];
    for (const pattern of statement.actions) {
        if (/^\*+$/.test(pattern)) names.push("*");
        else
            names.push(
                ...((await actionsOf(pattern)) ?? []).filter(isAdministration).map((a) => a.name),
            );
    }
    return [...new Set(names)];
}

/** True if the document lets the principal use the resource too. */
const usesToo = (document: PolicyDocument, principal: Principal): boolean =>
    document.statements.some(
        ({ effect, principals, actions }) =>
            effect === "Allow" &&
            principals.some(({ value }) => value === principal.value) &&
            actions.some((pattern) => use.some((name) => matches(pattern, name))),
    );

const keyTypes = [
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
];

const keyAccess = resourcePolicy({
    name: "kms-key-policy-principals",
    title: "Key policies leave administration to the account and use to named principals",
    risk: "A principal with kms:* may delete the key, or give it away; that belongs to the account's own IAM, or to administrators who can't use the key.",
    severity: "high",
    types: keyTypes,
    remedy: "Give kms:* to the account's root only, and let principals do what they need, via services where they can.",
    url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    judge: async (subject, verdict) => {
        for (const { statement, document, at } of allows(subject, verdict, "resource")) {
            const others = statement.principals.filter((principal) => !isWholeAccount(principal));
            const administers = await administrationIn(statement);
            const grants = statement.actions.some((one) => matches(one, "kms:CreateGrant"));
            if (others.length === 0 || narrowed(statement)) continue;
            const handsOn =
                administers.length === 0 &&
                grants &&
                !grantsLimited(statement) &&
                !boundBy(statement, /^kms:ViaService$/i);
            const wide = statement.actions.some(
                (pattern) => /[*?]/.test(pattern) && !isKeyAdministration(pattern, subject.type),
            );
            const wrong =
                administers.length > 0 &&
                (wide || others.some((one) => !isSingle(one) || usesToo(document, one)));
            if (!handsOn && !wrong) continue;
            verdict.violation({
                finding: "Administration",
                property: at,
                found: told(others, handsOn ? ["kms:CreateGrant"] : administers),
                fix: handsOn
                    ? "add Bool kms:GrantIsForAWSResource true"
                    : "leave it to the account's root, or to administrators who don't use the key",
            });
        }
    },
});

const told = (principals: readonly Principal[], actions: readonly string[]): string =>
    `${principals.map(({ value }) => value).join(", ")} may ${actions.slice(0, 8).join(", ")}`;

const resourceAccess = resourcePolicy({
    name: "resource-policy-administration",
    title: "Who uses a resource doesn't change who else may",
    risk: "A job that may rewrite the policy of the bucket, topic or secret it uses can open it to anybody.",
    severity: "high",
    types: typesOf("resource").filter((type) => !keyTypes.includes(type)),
    remedy: "Leave policies to the deployment.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
    judge: async (subject, verdict) => {
        for (const { statement, document, at } of allows(subject, verdict, "resource")) {
            const administers = await administrationIn(statement);
            const wrong = statement.principals.filter(
                (one) => !isWholeAccount(one) && (!isSingle(one) || usesToo(document, one)),
            );
            if (administers.length === 0 || wrong.length === 0) continue;
            verdict.violation({
                finding: "Administration",
                property: at,
                found: told(wrong, administers),
                fix: "remove it",
            });
        }
    },
});

export const administration: readonly Policy[] = [keyAccess, resourceAccess];
