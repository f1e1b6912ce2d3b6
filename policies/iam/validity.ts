/** Documents that say what they seem to say: known actions, fitting resources, keys that exist. */
import { resourcePolicy, type Policy } from "../core/policy";
import type { Verdict } from "../core/verdict";
import { overlaps } from "./arns";
import { actionsOf, conditionKeyType, type Action } from "./catalog";
import {
    baseOperator,
    labelOf,
    readDocument,
    type PolicyDocument,
    type Statement,
} from "./document";
import { placesOf, typesOf, type Kind, type Place } from "./places";

const kinds: readonly Kind[] = ["identity", "trust", "resource", "endpoint"];

const operators =
    /^(null|bool|binaryequals|string(not)?(equals|like|equalsignorecase)|arn(not)?(equals|like)|(not)?ipaddress|numeric(not)?equals|numeric(less|greater)than(equals)?|date(not)?equals|date(less|greater)than(equals)?)$/;

/** Operators that compare nothing but values of a type (…/UserGuide/reference_policies_elements_condition_operators.html). */
const typed: readonly (readonly [operator: RegExp, types: RegExp])[] = [
    [/^(numeric|date)/, /Numeric|Date/], // a date may also be given in seconds
    [/ipaddress$/, /IPAddress/],
    [/^bool$/, /Bool/],
];

const valid = resourcePolicy({
    name: "iam-valid-document",
    title: "Policy documents mean what they say",
    risk: "IAM takes most mistakes without a word: an action that doesn't exist, a resource that doesn't fit or a key that is never sent grants nothing, and in a Deny forbids nothing.",
    severity: "medium",
    types: typesOf(...kinds),
    remedy: "Correct the document; the Service Authorization Reference lists actions, resource types and keys.",
    url: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    judge: async (subject, verdict) => {
        for (const place of placesOf(subject, ...kinds)) {
            const { path } = place.property;
            const reading = readDocument(place.property);
            if (reading.kind === "unknown") verdict.unseen(place.property);
            if (reading.kind === "malformed") {
                verdict.violation({
                    finding: "json",
                    property: path,
                    found: reading.why,
                    fix: "give a policy document",
                });
            }
            if (reading.kind === "document") await judge(reading.document, place, verdict);
        }
    },
});

async function judge(document: PolicyDocument, place: Place, verdict: Verdict): Promise<void> {
    const { path } = place.property;
    const { version, statements } = document;
    if (version !== "2012-10-17") {
        verdict.violation({
            finding: "Version",
            property: `${path} Version`,
            found: version,
            fix: "set it to 2012-10-17; without it variables and newer conditions don't work",
        });
    }
    if (statements.length === 0) {
        verdict.violation({
            finding: "Statement",
            property: `${path} Statement`,
            found: "no statement",
            fix: "add one, or remove the document",
        });
    }
    const sids = statements.map(({ sid }) => sid).filter((sid) => sid !== undefined && sid !== "");
    for (const sid of sids.filter((sid, index) => sids.indexOf(sid) !== index)) {
        verdict.violation({
            finding: `Sid::${String(sid)}`,
            property: `${path} Sid`,
            found: `${String(sid)} more than once`,
            fix: "name each statement differently",
        });
    }
    for (const statement of statements) {
        const at = `${path} ${labelOf(statement)}`;
        const say = (finding: string, found: string, fix: string) => {
            verdict.violation({ finding, property: at, found, fix });
        };
        judgeShape(statement, place.kind, say);
        const actions = await judgeActions(statement, say);
        if (actions !== undefined) {
            if (place.kind === "identity" || place.kind === "endpoint")
                judgeResources(statement, actions, say);
            await judgeConditions(statement, actions, say);
        }
    }
}

type Say = (finding: string, found: string, fix: string) => void;

function judgeShape(statement: Statement, kind: Kind, say: Say): void {
    if (statement.effect !== "Allow" && statement.effect !== "Deny") {
        say("Effect", statement.effect, "set it to Allow or Deny");
    }
    if (statement.actions.length === 0 && statement.notActions === undefined)
        say("Action", "absent", "name actions");
    const principals = statement.principals.length > 0 || statement.notPrincipals !== undefined;
    if (kind === "identity" && principals)
        say("Principal", "present", "remove it; the document is its role's");
    if (kind !== "identity" && !principals) say("Principal", "absent", "name who may do so");
    const resources = statement.resources.length > 0 || statement.notResources !== undefined;
    if (kind === "identity" && !resources) say("Resource", "absent", "name resources");
    for (const resource of statement.resources.filter(
        (text) => !/^[*?]+$/.test(text) && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/.test(text),
    )) {
        if (kind !== "trust") say(`Resource::${resource}`, resource, "give an ARN of six parts");
    }
}

/** The actions that the statement names; `undefined` where it names all of AWS or what it doesn't mean. */
async function judgeActions(
    statement: Statement,
    say: Say,
): Promise<readonly Action[] | undefined> {
    const found: Action[] = [];
    let open = statement.notActions !== undefined;
    for (const pattern of [...statement.actions, ...(statement.notActions ?? [])]) {
        if (/^\*+$/.test(pattern)) {
            open = true;
            continue;
        }
        const matched = await actionsOf(pattern);
        if (matched === undefined)
            say(
                `Action::${pattern}`,
                `${pattern}, of no service that AWS has`,
                "correct the service's prefix",
            );
        else if (matched.length === 0)
            say(
                `Action::${pattern}`,
                `${pattern}, which doesn't exist`,
                "correct the action's name",
            );
        else found.push(...matched);
    }
    return open ? undefined : found;
}

function judgeResources(statement: Statement, actions: readonly Action[], say: Say): void {
    judgeUnlimited(statement, actions, say);
    const limited = actions.filter(({ arns }) => arns.length > 0);
    if (limited.length === 0 || statement.resources.length === 0) return;
    for (const { name, arns } of limited) {
        if (
            statement.resources.some((resource) =>
                arns.some((template) => overlaps(resource, template)),
            )
        )
            continue;
        if (actions.length > 12) continue; // of a wildcard's many actions most won't fit
        say(
            `Mismatch::${name}`,
            `${name} on ${statement.resources.join(", ")}`,
            `name resources such as ${arns.slice(0, 2).join(" or ")}`,
        );
    }
    for (const resource of statement.resources) {
        if (/^[*?]+$/.test(resource)) continue;
        if (limited.some(({ arns }) => arns.some((template) => overlaps(resource, template))))
            continue;
        say(
            `Mismatch::${resource}`,
            `${resource}, which no action of the statement works on`,
            "remove or correct it",
        );
    }
}

/** An action that AWS limits to no resource is granted by `*` only; on ARNs, listing is a habit that does no harm. */
function judgeUnlimited(statement: Statement, actions: readonly Action[], say: Say): void {
    const { resources } = statement;
    if (resources.length === 0 || resources.some((resource) => /^[*?]+$/.test(resource))) return;
    for (const { name, arns, access } of actions) {
        const named = statement.actions.some((text) => text.toLowerCase() === name.toLowerCase());
        if (arns.length > 0 || !named || access.includes("List")) continue;
        say(
            `Mismatch::${name}`,
            `${name} on ${resources.join(", ")}, of which it works on none`,
            "grant it on * in a statement of its own",
        );
    }
}

async function judgeConditions(
    statement: Statement,
    actions: readonly Action[],
    say: Say,
): Promise<void> {
    const services = new Set(actions.map(({ service }) => service));
    for (const { operator, key, values } of statement.conditions) {
        const literal = values.find(
            (value) => /^string(not)?equals/.test(baseOperator(operator)) && hasWildcard(value),
        );
        // A context is any text: that of delivered logs ends with an asterisk.
        if (literal !== undefined && !/^kms:EncryptionContext:/i.test(key))
            say(
                `Condition::${key}`,
                `${operator} with ${literal}, whose wildcard stands for itself`,
                "use StringLike, or ArnLike",
            );
        if (!operators.test(baseOperator(operator)))
            say(`Condition::${operator}`, operator, "use an operator that IAM knows");
        const prefix = key.split(":")[0]?.toLowerCase() ?? "";
        // Providers of identities bring keys of their own, named after their hosts.
        if (prefix.includes(".") || prefix === "saml") continue;
        const type = await conditionKeyType(key);
        const fits = ([names, types]: (typeof typed)[number]) =>
            !names.test(baseOperator(operator)) || types.test(type ?? "");
        if (type === undefined)
            say(
                `Condition::${key}`,
                `${key}, which no request carries`,
                "use a key that AWS knows",
            );
        else if (prefix === "aws" && !typed.every(fits))
            say(
                `Condition::${key}`,
                `${operator} on ${key}, whose values are of type ${type}`,
                "use an operator of that type",
            );
        else if (
            prefix !== "aws" &&
            !services.has(prefix) &&
            !actions.some((action) => supports(action, key))
        ) {
            say(
                `Condition::${key}`,
                `${key}, which ${[...services].join(", ")} doesn't send`,
                "use a key of the service",
            );
        }
    }
}

/** True for a value with a wildcard other than those that are escaped, `${*}` and `${?}`. */
const hasWildcard = (value: string): boolean => /[*?]/.test(value.replace(/\$\{[*?]\}/g, ""));

const supports = (action: Action, key: string) =>
    action.conditionKeys.some(
        (supported) =>
            supported.split(/[/$<]/)[0]?.toLowerCase() === key.split("/")[0]?.toLowerCase(),
    );

export const validity: readonly Policy[] = [valid];
