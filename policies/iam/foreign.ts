/** Other accounts: what lets them in, by policy documents and by single grants. */
import { option, stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { boundBy } from "./conditions";
import { accountOf, labelOf, readDocument, type Statement } from "./document";
import { documentsOf, typesOf } from "./places";

/** Single grants that aren't part of a document: each with the property that says to whom. */
const grants: Readonly<Record<string, string>> = {
    "aws:kms/grant:Grant": "granteePrincipal",
    "aws:lambda/permission:Permission": "principal",
    "aws:lambda/layerVersionPermission:LayerVersionPermission": "principal",
    "aws:cloudwatch/eventPermission:EventPermission": "principal",
    "aws:lakeformation/permissions:Permissions": "principal",
    "aws:redshift/endpointAuthorization:EndpointAuthorization": "account",
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": "consumerIdentifier",
    "aws:ram/principalAssociation:PrincipalAssociation": "principal",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": "accountId",
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "accountId",
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": "principalArn",
    "aws:s3control/accessGrant:AccessGrant": "grantee.granteeIdentifier",
};

/** An account that is let in. */
interface Guest {
    readonly account: string;
    readonly property: string;
}

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
            "numbers or canonical ids of other accounts that may be let in",
            { items: { type: "string" } },
        ),
    },
    judge: (stack, verdictOn, { trustedAccounts }) => {
        const own = ownAccount(stack);
        for (const subject of stack.of(...typesOf("resource", "trust"), ...Object.keys(grants))) {
            const verdict = verdictOn(subject);
            for (const { account, property } of guestsOf(subject, verdict)) {
                if (account === own || trustedAccounts.includes(account)) continue;
                if (own === undefined) verdict.unseen(property);
                else {
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

function* guestsOf(subject: Subject, verdict: Verdict): Generator<Guest> {
    for (const { place, document } of documentsOf(subject, verdict, "resource", "trust")) {
        for (const statement of document.statements.filter(({ effect }) => effect === "Allow")) {
            if (boundBy(statement, /^(sts:ExternalId|aws:PrincipalOrg(ID|Paths))$/i)) continue;
            yield* accountsOf(statement, `${place.property.path} ${labelOf(statement)}`);
        }
    }
    const grantee = subject.at(grants[subject.type] ?? "");
    if (!(subject.type in grants)) return;
    if (grantee.unknown) verdict.unseen(grantee);
    const account = accountOf({ kind: "AWS", value: grantee.text ?? "" });
    if (account !== undefined) yield { account, property: grantee.path };
}

function* accountsOf(statement: Statement, property: string): Generator<Guest> {
    for (const principal of statement.principals) {
        // an account's canonical id doesn't tell whose it is
        const canonical = principal.kind === "CanonicalUser" ? principal.value : undefined;
        const account = canonical ?? accountOf(principal);
        if (account !== undefined) yield { account, property };
    }
}

/** The account that the stack deploys to: as the ARNs of its resources tell, those that they name, or its keys' roots. */
function ownAccount(stack: Stack): string | undefined {
    const numbers = (texts: readonly unknown[]) =>
        texts.flatMap(
            (text) => /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/.exec(String(text))?.[1] ?? [],
        );
    const own = stack.all.flatMap((subject) => numbers([subject.at("arn").text]));
    if (own.length > 0) return mostFrequent(own);
    const named = stack.all.flatMap((subject) =>
        subject.type in grants ? [] : numbers(subject.properties.map(({ text }) => text)),
    );
    return mostFrequent(named.length > 0 ? named : keyRoots(stack));
}

/** Accounts that keys leave their administration to. */
const keyRoots = (stack: Stack): readonly string[] =>
    stack.of("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy").flatMap((key) => {
        const reading = readDocument(key.at("policy"));
        const statements = reading.kind === "document" ? reading.document.statements : [];
        return statements
            .filter(({ effect, actions }) => effect === "Allow" && actions.includes("kms:*"))
            .flatMap(({ principals }) => principals.flatMap((one) => accountOf(one) ?? []));
    });

function mostFrequent(texts: readonly string[]): string | undefined {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

export const foreigners: readonly Policy[] = [foreign];
