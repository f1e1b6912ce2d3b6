/** Defence in depth: rights that could be narrower still. Notes by default; a team raises them for its own stacks. */
import { resourcePolicy, type Policy } from "../core/policy";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { makes } from "./breadth";
import { actionsOf } from "./catalog";
import { boundBy, narrowed } from "./conditions";
import { coversAll } from "./arns";
import { labelOf, type PolicyDocument, type Statement } from "./document";
import { documentsOf, typesOf } from "./places";

/** Conditions that narrow what a resource can't: each with why. */
const conditions: readonly {
    readonly actions: RegExp;
    readonly keys: RegExp;
    readonly fix: string;
}[] = [
    {
        actions: /^cloudwatch:PutMetricData$/, // metrics have no ARN
        keys: /^cloudwatch:namespace$/i,
        fix: "add StringEquals on cloudwatch:namespace",
    },
    {
        actions: /^elasticmapreduce:RunJobFlow$/, // a cluster has no ARN before it runs
        keys: /^(aws|elasticmapreduce):RequestTag\/|^aws:ResourceTag\//i,
        fix: "add a condition on tags",
    },
    {
        actions: /^iam:CreateServiceLinkedRole$/,
        keys: /^iam:AWSServiceName$/i,
        fix: "add StringEquals on iam:AWSServiceName",
    },
    {
        actions: /^kms:(Decrypt|Encrypt|GenerateDataKey\w*|ReEncrypt\w+)$/, // any ciphertext of the key, from anywhere
        keys: /^kms:(ViaService|EncryptionContext:.+|CallerAccount)$/i,
        fix: "add kms:ViaService or the encryption context",
    },
];

/** What can be tagged in the request that makes it, for every caller; interfaces of instances can't. */
const taggable = /:(instance|volume|launch-template|security-group)\/\$/;

const conditioned = resourcePolicy({
    name: "iam-narrowing-conditions",
    title: "Rights are narrowed by conditions where resources can't narrow them",
    risk: "A right that is only meant for one use, as a key through S3 or metrics of one namespace, can be put to others.",
    severity: "low",
    level: "advisory",
    types: typesOf("identity"),
    remedy: "Add the condition that the message names.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    judge: async (subject, verdict) => {
        for (const { statement, at, document } of allows(subject, verdict)) {
            for (const { actions, keys, fix } of conditions) {
                const action = statement.actions.find((name) => actions.test(name));
                if (action === undefined || boundBy(statement, keys)) continue;
                verdict.violation({
                    finding: `Condition::${action}`,
                    property: at,
                    found: `${action} without such a condition`,
                    fix,
                });
            }
            for (const name of statement.actions.filter((action) =>
                /^ec2:(Create|Run|Request)/.test(action),
            )) {
                const [action] = (await actionsOf(name)) ?? [];
                const made =
                    action?.arns.filter(
                        (template) => makes(action, template) && taggable.test(template),
                    ) ?? [];
                const any = statement.resources.some((resource) => coversAll(resource, made));
                if (!any || narrowed(statement)) continue;
                verdict.violation({
                    finding: `Condition::${name}`,
                    property: at,
                    found: `${name} without tags`,
                    fix: "add a condition on aws:RequestTag",
                });
            }
            if (listsMore(statement, document)) {
                verdict.violation({
                    finding: "Condition::s3:ListBucket",
                    property: at,
                    found: "s3:ListBucket of the whole bucket",
                    fix: "add s3:prefix, as for the objects",
                });
            }
        }
    },
});

/** True if the statement lists a bucket of which the document otherwise opens some prefixes only. */
function listsMore(statement: Statement, { statements }: PolicyDocument): boolean {
    if (!statement.actions.includes("s3:ListBucket") || boundBy(statement, /^s3:prefix$/i))
        return false;
    return statement.resources.some((bucket) => {
        const objects = statements
            .filter(
                ({ effect, actions }) =>
                    effect === "Allow" && actions.some((name) => /^s3:(Get|Put)Object$/.test(name)),
            )
            .flatMap(({ resources }) =>
                resources.filter((resource) => resource.startsWith(`${bucket}/`)),
            );
        return objects.length > 0 && !objects.includes(`${bucket}/*`);
    });
}

const typed = resourcePolicy({
    name: "iam-typed-resources",
    title: "Resources are named at least by their type",
    risk: "A condition is all that stands between the right and every resource of every type that it works on.",
    severity: "low",
    level: "advisory",
    types: typesOf("identity"),
    remedy: "Name the type's ARN, such as arn:aws:ec2:*:*:instance/*, beside the condition.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    judge: async (subject, verdict) => {
        for (const { statement, at } of allows(subject, verdict)) {
            if (!statement.resources.includes("*") || !narrowed(statement)) continue;
            const limited: string[] = [];
            for (const pattern of statement.actions) {
                for (const { name, arns } of (await actionsOf(pattern)) ?? [])
                    if (arns.length > 0) limited.push(name);
            }
            if (limited.length === 0) continue;
            verdict.violation({
                finding: "Resource::*",
                property: at,
                found: `* for ${limited.slice(0, 5).join(", ")}`,
                fix: "name the type's ARN",
            });
        }
    },
});

function* allows(
    subject: Subject,
    verdict: Verdict,
): Generator<{ statement: Statement; at: string; document: PolicyDocument }> {
    for (const { place, document } of documentsOf(subject, verdict, "identity")) {
        for (const statement of document.statements.filter(({ effect }) => effect === "Allow")) {
            yield { statement, at: `${place.property.path} ${labelOf(statement)}`, document };
        }
    }
}

export const narrowing: readonly Policy[] = [conditioned, typed];
