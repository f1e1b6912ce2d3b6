/** Wildcards: actions, resources, and elements that name what is left out. */
import { resourcePolicy, option, type Policy } from "../core/policy";
import { isKeyAdministration } from "./administration";
import { coversAll } from "./arns";
import { actionsOf, changes, type Action } from "./catalog";
import { narrowed } from "./conditions";
import { baseOperator, isWholeAccount, labelOf, type Statement } from "./document";
import { documentsOf, typesOf, type Kind } from "./places";

const docs = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const all: readonly Kind[] = ["identity", "resource", "trust"];

const actions = resourcePolicy({
    name: "iam-no-wildcard-actions",
    title: "Policies name actions one by one",
    risk: "A wildcard also grants what nobody asked for, and every action that AWS adds later.",
    severity: "high",
    fsbp: ["IAM.1", "IAM.21"],
    types: typesOf(...all),
    remedy: "List the actions that are called; CloudTrail and Access Analyzer know them.",
    url: docs,
    options: {
        allowReadOnly: option(
            false,
            "whether wildcards are accepted that match only reading and listing",
        ),
    },
    judge: async (subject, verdict, { allowReadOnly }) => {
        for (const { place, document } of documentsOf(subject, verdict, ...all)) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                for (const pattern of statement.actions.filter((action) => /[*?]/.test(action))) {
                    if (
                        pattern.toLowerCase() in families ||
                        isKeyRoot(pattern, statement) ||
                        isKeyAdministration(pattern, subject.type)
                    )
                        continue;
                    const matched = /^\*+$/.test(pattern)
                        ? undefined
                        : ((await actionsOf(pattern)) ?? []);
                    if (allowReadOnly && matched?.some(changes) === false) continue;
                    verdict.violation({
                        finding: `Action::${pattern}`,
                        property: `${place.property.path} ${labelOf(statement)}`,
                        found:
                            matched === undefined
                                ? "* (every action of AWS)"
                                : `${pattern} (${described(matched)})`,
                        fix: "name the actions that are needed",
                    });
                }
            }
        }
    },
});

/**
 * Patterns that stand for one operation, however it is called: each with its actions. AWS's own examples write them.
 */
const families: Readonly<Record<string, string>> = {
    "kms:decrypt*": "Decrypt",
    "kms:describe*": "DescribeKey, and what key stores there are",
    "kms:encrypt*": "Encrypt",
    "kms:generatedatakey*": "GenerateDataKey, for pairs and without plaintext too",
    "kms:reencrypt*": "ReEncryptFrom and ReEncryptTo, which are needed together",
};

/** The account's root with kms:* is what lets IAM decide about a key at all. */
const isKeyRoot = (pattern: string, { principals }: Statement): boolean =>
    /^kms:\*$/i.test(pattern) && principals.length > 0 && principals.every(isWholeAccount);

function described(matched: readonly Action[]): string {
    const writing = matched.filter(changes);
    const named = writing.slice(0, 4).map(({ name }) => name.split(":")[1]);
    const examples =
        named.length === 0
            ? ""
            : `: ${named.join(", ")}${writing.length > named.length ? ", ..." : ""}`;
    return `${String(matched.length)} actions, ${String(writing.length)} of them change something${examples}`;
}

/** Services that name resources themselves when they are made, so that a policy can't name them before. */
const idsAssigned: ReadonlySet<string> = new Set(["ec2", "elasticmapreduce"]);

/**
 * What functions and jobs in a VPC do with interfaces that AWS makes for them. By type is close enough: AWS's page asks
 * for all ids where it doesn't for everything (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
 */
const ownInterfaces: ReadonlySet<string> = new Set([
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
]);

/** Types that an action makes although its name doesn't say so. */
const alsoMade: Readonly<Record<string, readonly string[]>> = {
    "ec2:RunInstances": ["instance", "network-interface", "volume"],
    "ec2:CreateFleet": ["instance", "network-interface", "volume"],
    "ec2:RequestSpotInstances": ["spot-instances-request"],
};

/** True if `action` makes resources of the type that `template` is for. */
export function makes(action: Action, template: string): boolean {
    const type = /^(?:[^:]*:){5}([\w-]+)/.exec(template)?.[1] ?? "";
    const verb = /:Create(\w+)$/.exec(action.name)?.[1]?.toLowerCase();
    return verb === type.replaceAll("-", "") || (alsoMade[action.name]?.includes(type) ?? false);
}

/** Resources of the statement that let `action` loose on what it could have named. */
export function unbounded(statement: Statement, action: Action): readonly string[] {
    return statement.resources.filter((resource) => {
        if (!coversAll(resource, action.arns) || action.arns.length === 0) return false;
        const nameless = idsAssigned.has(action.service) && !/^[*?]+$/.test(resource);
        if (!nameless) return true;
        if (ownInterfaces.has(action.name)) return false;
        // Where AWS gives the names, a type is as close as a right to make or to look at something can get.
        const existing = action.arns.filter((template) => !makes(action, template));
        return changes(action) && coversAll(resource, existing);
    });
}

const resources = resourcePolicy({
    name: "iam-no-wildcard-resources",
    title: "Policies name resources",
    risk: "What was meant for one bucket, key or table works on all of them, also on those that come later.",
    severity: "high",
    fsbp: ["KMS.1", "KMS.2"],
    types: typesOf("identity"),
    remedy: "Name the ARNs; where AWS gives the names, add a condition on tags. Actions that AWS can't limit are not counted.",
    url: docs,
    judge: async (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, "identity")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                if (narrowed(statement) || onlyMarks(statement)) continue;
                const wide = new Map<string, string[]>();
                for (const pattern of statement.actions) {
                    const matched = /^\*+$/.test(pattern)
                        ? [everything]
                        : ((await actionsOf(pattern)) ?? []);
                    for (const action of matched) {
                        for (const resource of unbounded(statement, action)) {
                            wide.set(resource, [...(wide.get(resource) ?? []), action.name]);
                        }
                    }
                }
                for (const [resource, names] of wide) {
                    const some = names.slice(0, 5).join(", ") + (names.length > 5 ? ", ..." : "");
                    verdict.violation({
                        finding: `Resource::${resource}`,
                        property: `${place.property.path} ${labelOf(statement)}`,
                        found: `${resource} for ${some}`,
                        fix: "name the resources that these actions can be limited to",
                    });
                }
            }
        }
    },
});

/**
 * True where named tags may be put on resources of one type, or taken off, as Glue does with network interfaces
 * (https://docs.aws.amazon.com/glue/latest/dg/create-service-policy.html).
 */
const onlyMarks = ({ actions, resources, conditions }: Statement): boolean =>
    actions.every((action) => /^ec2:(Create|Delete)Tags$/i.test(action)) &&
    resources.every((resource) => !/^[*?]+$/.test(resource)) &&
    conditions.some(
        ({ operator, key, values }) =>
            /^aws:TagKeys$/i.test(key) &&
            baseOperator(operator) === "stringequals" &&
            values.length > 0 &&
            values.every((value) => !/[*?]/.test(value)),
    );

/** Stands for every action that there is. */
const everything: Action = {
    service: "*",
    name: "*",
    access: ["Write"],
    arns: ["arn:${Partition}:${Any}"],
    conditionKeys: [],
};

const negated = resourcePolicy({
    name: "iam-no-negated-elements",
    title: "Policies say what is allowed, not what isn't",
    risk: "Allow with NotAction, NotResource or NotPrincipal grants everything but a few things, and all that is new.",
    severity: "high",
    types: typesOf(...all, "endpoint"),
    remedy: "Use Action, Resource and Principal.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    judge: (subject, verdict) => {
        for (const { place, document } of documentsOf(subject, verdict, ...all, "endpoint")) {
            for (const statement of document.statements.filter(
                ({ effect }) => effect === "Allow",
            )) {
                const elements = [
                    ["NotAction", statement.notActions],
                    ["NotResource", statement.notResources],
                    ["NotPrincipal", statement.notPrincipals],
                ] as const;
                for (const [element, value] of elements) {
                    if (value === undefined) continue;
                    const property = `${place.property.path} ${labelOf(statement)}`;
                    verdict.violation({
                        finding: element,
                        property,
                        found: `Allow with ${element}`,
                        fix: "say what is allowed instead",
                    });
                }
            }
        }
    },
});

export const breadth: readonly Policy[] = [actions, resources, negated];
