/**
 * The decision on one request, within one account, as IAM makes it: an explicit deny anywhere, else an allow.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { satisfied } from "./conditions";
import type { NamedPrincipal, PolicyDocument, Statement } from "./document";
import { matchesAction, matchesArn, withVariables, type RequestContext } from "./patterns";
import type { Principal } from "./principals";

/** An action on a resource, with what conditions may ask about. */
export interface Need {
    /** `s3:GetObject` */
    readonly action: string;
    /** ARN, or `*` for an action that knows no resources. */
    readonly resource: string;
    readonly context: RequestContext;
}

/** The policies that have a say in a decision. */
export interface Policies {
    /** Inline and attached ones of the caller. */
    readonly identity: readonly PolicyDocument[];
    readonly boundary?: PolicyDocument;
    /** The resource's own: a bucket's, a key's, a topic's, a role's trust. */
    readonly resource?: PolicyDocument;
    /** Whether the resource's own must allow too, as keys and trusts must. @default false */
    readonly resourceMustAllow?: boolean;
}

/** A permission that a decision rests on: a statement of an identity's policy, and what of it matched. */
export interface UsedGrant {
    readonly policy: string;
    readonly statement: string;
    readonly action: string;
    readonly resource: string;
}

/** What came of a request. */
export interface Decision {
    readonly allowed: boolean;
    /** Why not, in AWS's words; empty for an allow. */
    readonly because: string;
    /** Statements of the caller's own policies that allow it; none where the resource's policy does by itself. */
    readonly grants: readonly UsedGrant[];
}

/** Decides. */
export function decide(principal: Principal, need: Need, policies: Policies): Decision {
    const { identity, boundary, resource } = policies;
    const refused = (because: string): Decision => ({ allowed: false, because, grants: [] });
    const deny = "with an explicit deny in";
    if (identity.some((each) => says("Deny", each, need))) {
        return refused(`${deny} an identity-based policy`);
    }
    if (boundary !== undefined && says("Deny", boundary, need)) {
        return refused(`${deny} a permissions boundary`);
    }
    const named = resource === undefined ? undefined : saysOfResource(principal, need, resource);
    if (named === "denied") return refused(`${deny} a resource-based policy`);

    const grants = identity.flatMap((each) => grantsIn(each, need));
    const none = (kind: string) => refused(`because no ${kind} allows the ${need.action} action`);
    if (boundary !== undefined && !says("Allow", boundary, need)) {
        return none("permissions boundary");
    }
    if (named === "allowed") return { allowed: true, because: "", grants: [] };
    if (principal.kind === "service" || (policies.resourceMustAllow && named === undefined)) {
        return none("resource-based policy");
    }
    return grants.length > 0
        ? { allowed: true, because: "", grants }
        : none("identity-based policy");
}

function says(effect: "Allow" | "Deny", document: PolicyDocument, need: Need): boolean {
    return document.statements.some(
        (statement) => statement.effect === effect && match(statement, need) !== undefined,
    );
}

function grantsIn(document: PolicyDocument, need: Need): UsedGrant[] {
    return document.statements.flatMap((statement) => {
        const matched = statement.effect === "Allow" ? match(statement, need) : undefined;
        return matched === undefined
            ? []
            : [{ policy: document.name, statement: statement.label, ...matched }];
    });
}

/** What the resource's policy says: `delegated` leaves it to the policies of the account's identities. */
function saysOfResource(
    principal: Principal,
    need: Need,
    { statements }: PolicyDocument,
): "denied" | "allowed" | "delegated" | undefined {
    const about = statements
        .map((statement) => ({ statement, who: whoOf(statement, principal) }))
        .filter(({ statement, who }) => who !== undefined && match(statement, need) !== undefined);
    if (about.some(({ statement }) => statement.effect === "Deny")) return "denied";
    const allows = about.filter(({ statement }) => statement.effect === "Allow");
    if (allows.some(({ who }) => who === "itself")) return "allowed";
    return allows.length > 0 ? "delegated" : undefined;
}

/** How a statement means the principal: by its name or everybody's, or by its account's. */
function whoOf(
    { principals, notPrincipals }: Statement,
    principal: Principal,
): "itself" | "account" | undefined {
    if (notPrincipals !== undefined) {
        return notPrincipals.some((each) => means(each, principal) !== undefined)
            ? undefined
            : "itself";
    }
    const found = (principals ?? []).map((each) => means(each, principal));
    return found.find((who) => who === "itself") ?? found.find((who) => who === "account");
}

function means(
    { kind, value }: NamedPrincipal,
    principal: Principal,
): "itself" | "account" | undefined {
    if (value === "*") return "itself";
    if (kind === "Service") return value === principal.service ? "itself" : undefined;
    if (kind !== "AWS" || principal.kind === "service") return undefined;
    if (value === principal.arn || value === principal.principalArn) return "itself";
    const account = /^arn:[\w-]+:iam::(\d{12}):root$/.exec(value)?.[1] ?? value;
    return account === principal.accountId ? "account" : undefined;
}

/** The patterns of the statement that the request matches, `undefined` where it is about something else. */
function match(
    statement: Statement,
    { action, resource, context }: Need,
): { readonly action: string; readonly resource: string } | undefined {
    const { actions, notActions, resources, notResources, conditions } = statement;
    const actionPattern =
        notActions === undefined
            ? actions?.find((each) => matchesAction(each, action))
            : notActions.some((each) => matchesAction(each, action))
              ? undefined
              : "*";
    if (actionPattern === undefined) return undefined;
    const fits = (pattern: string) => {
        const complete = withVariables(pattern, context);
        return complete !== undefined && matchesArn(complete, resource);
    };
    const resourcePattern =
        notResources === undefined
            ? (resources ?? ["*"]).find(fits)
            : notResources.some(fits)
              ? undefined
              : "*";
    if (resourcePattern === undefined || !satisfied(conditions, context)) return undefined;
    return { action: actionPattern, resource: resourcePattern };
}
