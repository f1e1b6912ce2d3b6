/** Other accounts: what lets them in, by policy documents and by single grants. */
import { option, stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { grantees, ownAccount } from "./account";
import { administrationIn } from "./administration";
import { accountIn, boundBy, boundToAccount, callerAccounts, sourceAccounts } from "./conditions";
import { accountOf, isSingle, labelOf, type Statement } from "./document";
import { documentsOf, typesOf } from "./places";

/** An account that is let in. */
interface Guest {
    readonly account: string;
    readonly property: string;
    /** True for one of its roles or users, or for whoever may only hand something in. */
    readonly limited: boolean;
}

const trustedAccounts = option<readonly string[]>(
    [],
    "numbers or canonical ids of other accounts that may be let in",
    { items: { type: "string" } },
);

const foreign = stackPolicy({
    name: "foreign-accounts",
    title: "Other accounts are let in on purpose only",
    risk: "Whoever runs the other account decides who gets the data.",
    severity: "high",
    fsbp: ["S3.6"],
    remedy: "Remove the account, or name it in trustedAccounts; a role for a third party also needs sts:ExternalId.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    options: { trustedAccounts },
    judge: (stack, verdictOn, options) =>
        judge(stack, verdictOn, options.trustedAccounts, ({ limited }) => !limited),
});

const principals = stackPolicy({
    name: "foreign-principals",
    title: "Single roles of other accounts are let in on purpose only",
    risk: "Whoever runs the other account decides what the role is, and who may assume it.",
    severity: "medium",
    level: "advisory",
    remedy: "Name the account in trustedAccounts, or narrow the statement by aws:PrincipalOrgID.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html",
    options: { trustedAccounts },
    judge: (stack, verdictOn, options) =>
        judge(stack, verdictOn, options.trustedAccounts, ({ limited }) => limited),
});

async function judge(
    stack: Stack,
    verdictOn: (subject: Subject) => Verdict,
    trusted: readonly string[],
    concerns: (guest: Guest) => boolean,
): Promise<void> {
    const own = ownAccount(stack);
    for (const subject of stack.of(...typesOf("resource", "trust"), ...Object.keys(grantees))) {
        const verdict = verdictOn(subject);
        for await (const guest of guestsOf(subject, verdict)) {
            const { account, property } = guest;
            if (account === own || trusted.includes(account) || !concerns(guest)) continue;
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
}

async function* guestsOf(subject: Subject, verdict: Verdict): AsyncGenerator<Guest> {
    for (const { place, document } of documentsOf(subject, verdict, "resource", "trust")) {
        for (const statement of document.statements.filter(({ effect }) => effect === "Allow")) {
            const administers =
                place.kind === "resource" && (await administrationIn(statement)).length > 0;
            if (boundToAccount(statement, organisation) && !administers) continue;
            const property = `${place.property.path} ${labelOf(statement)}`;
            const mild = place.kind === "resource" && !administers && !hasWildcard(statement);
            const handsIn = mild && statement.actions.every((action) => handedIn.test(action));
            const guests = new Map<string, boolean>();
            for (const { account, single } of accountsOf(statement))
                guests.set(account, single && (guests.get(account) ?? true));
            for (const [account, single] of guests)
                yield { account, property, limited: handsIn || (mild && single) };
        }
    }
    const path = grantees[subject.type];
    if (path === undefined) return;
    const grantee = subject.at(path);
    if (grantee.unknown) verdict.unseen(grantee);
    const principal = { kind: "AWS", value: grantee.text ?? "" } as const;
    const account = accountOf(principal);
    const calls = /^lambda:InvokeFunction/.test(subject.at("action").text ?? "");
    const limited = calls && isSingle(principal);
    if (account !== undefined) yield { account, property: grantee.path, limited };
    // Of a function's caller; one that isn't known yet is a resource of the stack.
    for (const source of ["sourceArn", "sourceAccount"].map((name) => subject.at(name))) {
        const behind = accountIn(source.text ?? "");
        if (behind !== undefined) yield { account: behind, property: source.path, limited: false };
    }
}

const organisation = /^aws:(Principal|Source)Org(ID|Paths)$/i;

/** What only brings something in, for which AWS has whole accounts named. */
const handedIn = /^(events:PutEvents|logs:PutSubscriptionFilter)$/i;

const hasWildcard = ({ actions, notActions }: Statement): boolean =>
    notActions !== undefined || actions.some((action) => /[*?]/.test(action));

/** Whom the statement lets in: by name, by conditions on the caller, and as those on whose behalf services come. */
function* accountsOf(statement: Statement): Generator<{ account: string; single: boolean }> {
    for (const account of sourceAccounts(statement)) yield { account, single: false };
    if (boundBy(statement, /^sts:ExternalId$/i)) return;
    for (const account of callerAccounts(statement)) yield { account, single: false };
    for (const principal of statement.principals) {
        // an account's canonical id doesn't tell whose it is
        const canonical = principal.kind === "CanonicalUser" ? principal.value : undefined;
        const account = canonical ?? accountOf(principal);
        if (account !== undefined) yield { account, single: isSingle(principal) };
    }
}

export const foreigners: readonly Policy[] = [foreign, principals];
