/** Policies on resources: buckets, keys, topics, queues, secrets, the catalog. */
import { expectThat } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";
import { boundBy, boundToCaller, boundToSource } from "./conditions";
import {
    baseOperator,
    isEveryone,
    labelOf,
    matches,
    type Condition,
    type Principal,
    type Statement,
} from "./document";
import { documentsOf, typesOf } from "./places";

const url =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html";

/** Single grants that aren't part of a document: to whom, and what limits a grant to everybody. */
const grants: Readonly<Record<string, { readonly to: string; readonly limit?: string }>> = {
    "aws:cloudwatch/eventPermission:EventPermission": { to: "principal", limit: "condition" },
    "aws:lambda/layerVersionPermission:LayerVersionPermission": {
        to: "principal",
        limit: "organizationId",
    },
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": { to: "group" },
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": {
        to: "principalArn",
    },
};

const open = resourcePolicy({
    name: "resource-policy-public",
    title: "Resource policies let nobody in by default",
    risk: "Everybody on the internet, or in AWS, has what the statement allows.",
    severity: "critical",
    fsbp: ["S3.2", "S3.3", "KMS.5", "SNS.4", "SQS.3", "Lambda.1"],
    types: [...typesOf("resource"), ...Object.keys(grants)],
    remedy: "Name principals, or condition on the account, organisation or endpoint they come from.",
    url,
    judge: (subject, verdict) => {
        const grant = grants[subject.type];
        if (grant !== undefined && subject.at(grant.limit ?? "").absent) {
            const orSet = grant.limit === undefined ? "" : `, or set ${grant.limit}`;
            expectThat(
                verdict,
                subject.at(grant.to),
                (value) => !/^(\*|all)$/.test(String(value)),
                {
                    finding: "Principal::*",
                    absentIsFine: true,
                    fix: `name the principal${orSet}`,
                },
            );
        }
        for (const { place, document } of documentsOf(subject, verdict, "resource")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                const anybody = statement.principals.find(isAnybody);
                if (anybody === undefined || boundToCaller(statement)) continue;
                verdict.violation({
                    finding: `Principal::${anybody.value}`,
                    property: `${place.property.path} ${labelOf(statement)}`,
                    found: `everybody may ${statement.actions.join(", ")}`,
                    fix: "name the principals",
                });
            }
        }
    },
});

/** True for a principal that anybody can be: all of a kind, or those of any account. */
const isAnybody = ({ kind, value }: Principal): boolean =>
    /^[*?]+$/.test(value) || (kind === "AWS" && /[*?]/.test(value));

/**
 * Lets RAM share the catalog's own tables, and is prescribed without a condition
 * (https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html).
 */
const sharing = /^glue:ShareResource$/i;

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
                    statement.actions.every((action) => sharing.test(action)) ||
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
                if (statement.effect !== "Deny" || !everybody) continue;
                if (!statement.conditions.every(holdsForAll)) continue;
                if (!locks(statement)) continue;
                const property = `${place.property.path} ${labelOf(statement)}`;
                verdict.violation({
                    finding: "Lockout",
                    property,
                    found: `Deny ${(statement.notActions ?? statement.actions).join(", ")} for everybody`,
                    fix: "add a condition",
                });
            }
        }
    },
});

/** True for a condition that every ordinary request meets: any value will do, or TLS. */
const holdsForAll = ({ operator, key, values }: Condition): boolean =>
    /^aws:SecureTransport$/i.test(key)
        ? values.includes("true")
        : /^(string|arn)like$/.test(baseOperator(operator)) && values.includes("*");

/** True if what the statement refuses leaves no way to mend the policy. */
const locks = ({ actions, notActions }: Statement): boolean => {
    const named = (notActions ?? actions).some((pattern) =>
        owners.some((name) => matches(pattern, name)),
    );
    return notActions === undefined ? named : !named;
};

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

export const exposure: readonly Policy[] = [open, deputies, lockout];
