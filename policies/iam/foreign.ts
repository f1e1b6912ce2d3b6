/** Other accounts: what lets them in, by policy documents and by single grants. */
import { option, stackPolicy, type Policy } from "../core/policy";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { grantees, ownAccount } from "./account";
import { accountIn, boundBy, boundToAccount, callerAccounts, sourceAccounts } from "./conditions";
import { accountOf, labelOf, type Statement } from "./document";
import { documentsOf, typesOf } from "./places";

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
        for (const subject of stack.of(...typesOf("resource", "trust"), ...Object.keys(grantees))) {
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
            if (boundToAccount(statement, organisation)) continue;
            const property = `${place.property.path} ${labelOf(statement)}`;
            for (const account of new Set(accountsOf(statement))) yield { account, property };
        }
    }
    const path = grantees[subject.type];
    if (path === undefined) return;
    const grantee = subject.at(path);
    if (grantee.unknown) verdict.unseen(grantee);
    const account = accountOf({ kind: "AWS", value: grantee.text ?? "" });
    if (account !== undefined) yield { account, property: grantee.path };
    // Of a function's caller; one that isn't known yet is a resource of the stack.
    for (const source of ["sourceArn", "sourceAccount"].map((name) => subject.at(name))) {
        const behind = accountIn(source.text ?? "");
        if (behind !== undefined) yield { account: behind, property: source.path };
    }
}

const organisation = /^aws:(Principal|Source)Org(ID|Paths)$/i;

/** Whom the statement lets in: by name, by conditions on the caller, and as those on whose behalf services come. */
function* accountsOf(statement: Statement): Generator<string> {
    yield* sourceAccounts(statement);
    if (boundBy(statement, /^sts:ExternalId$/i)) return;
    yield* callerAccounts(statement);
    for (const principal of statement.principals) {
        // an account's canonical id doesn't tell whose it is
        const canonical = principal.kind === "CanonicalUser" ? principal.value : undefined;
        const account = canonical ?? accountOf(principal);
        if (account !== undefined) yield account;
    }
}

export const foreigners: readonly Policy[] = [foreign];
