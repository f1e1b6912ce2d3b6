/** Who may assume roles. */
import { option, resourcePolicy, type Policy } from "../core/policy";
import {
    boundBy,
    boundTo,
    boundToAccount,
    boundToSource,
    ofAnyAccount,
    ofAnyName,
} from "./conditions";
import { isEveryone, isWholeAccount, labelOf, type Statement } from "./document";
import { documentsOf, typesOf } from "./places";

/**
 * Services that assume roles without saying for whom, so that a condition would lock them out: each with why.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const withoutSource: Readonly<Record<string, string>> = {
    "ec2.amazonaws.com":
        "an instance's credentials are asked for by the instance, of the same account",
    "ec2.amazonaws.com.cn": "as above",
    "pods.eks.amazonaws.com": "the pod's identity is in session tags",
    "edgelambda.amazonaws.com": "assumed at edge locations, without source keys",
    "s3.amazonaws.com":
        "replication, whose roles AWS shows without one: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html",
};

/**
 * Services that name who asks in sts:ExternalId when they assume a role: each with where that is written.
 */
const byExternalId: Readonly<Record<string, string>> = {
    "redshift.amazonaws.com":
        "https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-database-users.html",
    "redshift-serverless.amazonaws.com":
        "https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-database-users.html",
    "firehose.amazonaws.com":
        "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html",
};

/** Narrows a trust in another account to one of its principals, or to those that know a secret. */
const external =
    /^(sts:ExternalId|aws:Principal(Arn|OrgID|OrgPaths|Tag\/.+)|aws:SourceIdentity|sts:SourceIdentity)$/i;

const trust = resourcePolicy({
    name: "iam-trust",
    title: "Roles are assumed by named principals, on named behalf",
    risk: "A role that everybody, a whole account or any customer of a service can get assumed is open to whoever finds its name.",
    severity: "critical",
    types: typesOf("trust"),
    remedy: "Name roles; give services a condition on aws:SourceAccount or aws:SourceArn, other accounts an sts:ExternalId, OIDC providers aud and sub.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    options: {
        servicesWithoutSource: option<readonly string[]>(
            [],
            "more services that send no aws:SourceAccount when they assume a role",
            { items: { type: "string" } },
        ),
    },
    judge: (subject, verdict, { servicesWithoutSource }) => {
        const exempt = new Set([...Object.keys(withoutSource), ...servicesWithoutSource]);
        for (const { place, document } of documentsOf(subject, verdict, "trust")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                for (const fault of faults(statement, exempt)) {
                    verdict.violation({
                        ...fault,
                        property: `${place.property.path} ${labelOf(statement)}`,
                    });
                }
            }
        }
    },
});

function* faults(statement: Statement, exempt: ReadonlySet<string>) {
    for (const principal of statement.principals) {
        const { kind, value } = principal;
        if (isEveryone(principal) || value === "*") {
            yield { finding: "Principal::*", found: "everybody", fix: "name the principals" };
        } else if (isWholeAccount(principal)) {
            if (boundTo(statement, external, ofTheWholeAccount)) continue;
            yield {
                finding: `Principal::${value}`,
                found: `the whole account ${value}`,
                fix: "name its roles, or add sts:ExternalId",
            };
        } else if (kind === "AWS" && /[*?]/.test(value)) {
            yield {
                finding: `Principal::${value}`,
                found: value,
                fix: "name the principal in full; IAM takes no patterns here",
            };
        } else if (kind === "Service" && !exempt.has(value) && !boundFor(value, statement)) {
            yield {
                finding: `Source::${value}`,
                found: `${value} on behalf of anybody`,
                fix: "add StringEquals on aws:SourceAccount",
            };
        } else if (kind === "Federated") {
            yield* federatedFaults(statement, value);
        }
    }
}

const ofTheWholeAccount = (value: string): boolean => ofAnyAccount(value) || ofAnyName(value);

const boundFor = (service: string, statement: Statement): boolean =>
    boundToSource(statement) ||
    (service in byExternalId && boundToAccount(statement, /^sts:ExternalId$/i));

function* federatedFaults(statement: Statement, provider: string) {
    const web = statement.actions.some((action) => /AssumeRoleWithWebIdentity$/i.test(action));
    if (/:saml-provider\//.test(provider)) {
        if (boundBy(statement, /^SAML:(aud|iss|sub|namequalifier)$/i)) return;
        yield {
            finding: "SAML:aud",
            found: `${provider} for any audience`,
            fix: "add StringEquals on SAML:aud",
        };
    } else if (web) {
        for (const claim of ["aud", "sub"]) {
            if (boundToClaim(statement, claim)) continue;
            if (claim === "sub" && boundTo(statement, /:amr$/i, isGuest)) continue; // Cognito
            yield {
                finding: `OIDC::${claim}`,
                found: `${provider} with any ${claim}`,
                fix: `add StringEquals on the provider's ${claim}`,
            };
        }
    }
}

/** Anybody on the internet is unauthenticated (https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html). */
const isGuest = (amr: string): boolean => /^unauthenticated$|[*?]/i.test(amr);

/** A claim that asks for no more than the fixed words that every such claim begins with, or for a part of a name. */
const ofAnySubject =
    /^((repo|project_path|organization|system|serviceaccount|pulumi|deploy|org):)*[*?]|^((repo|project_path|organization):)?[^/:]*[*?]/i;

const boundToClaim = (statement: Statement, claim: string): boolean =>
    boundTo(statement, new RegExp(`:${claim}$`, "i"), (value) => ofAnySubject.test(value));

export const trusts: readonly Policy[] = [trust];
