/** Weakens the guarded inputs of a stack, one at a time, made from what the stack registers. */
import type { Resource } from "../../local/program/mockEngine";

/** A stack with one input weakened, or one resource less. */
export interface Mutant {
    /** What was weakened, for a reader. */
    readonly title: string;
    readonly resources: readonly Resource[];
    /** The resource that was changed; absent where it was removed. */
    readonly changed?: Resource;
}

type Path = readonly (string | number)[];
type Change = readonly [title: string, value: unknown];

/** Resources whose only purpose is to guard another. */
const guards =
    /:(Bucket(ServerSideEncryptionConfiguration|PublicAccessBlock|Policy|Versioning|Logging|LifecycleConfiguration)|Logging|FlowLog|DefaultSecurityGroup|TopicPolicy|LogGroup)$/;

const managedKey = "alias/aws/s3";

/** Values that guard something, and what weakens them. */
const weaker: Readonly<Record<string, readonly unknown[]>> = {
    "aws:kms": ["AES256"],
    "SSE-KMS": ["DISABLED", "SSE-S3"],
    "CSE-KMS": ["DISABLED"],
    CUSTOMER_MANAGED_KMS_KEY: ["AWS_OWNED_KEY"],
    BucketOwnerEnforced: ["ObjectWriter"],
    ALL: ["OFF", "ERROR"],
    Active: ["PassThrough"],
    AwsKms: ["Custom-none"],
    PEM: ["None"],
};

/** Booleans that guard something where they are what they are. */
const guardedBooleans =
    /^(enableKeyRotation|encrypted|bucketKeyEnabled|block\w+|ignorePublicAcls|restrictPublicBuckets|publiclyAccessible|enhancedVpcRouting|manageMasterPassword|enabled|actionsEnabled|mapPublicIpOnLaunch|Enable\w+)$/;

/** Properties without which something is unguarded. */
const guardedPresence =
    /^(securityConfiguration|SecurityConfiguration|clusterParameterGroupName|clusterSubnetGroupName|logUri|LogUri|logDestination|retentionInDays|alarmActions|logExports|loggingConfiguration|encryptionConfiguration|tracingConfiguration|tracingConfig|MinimumInstanceMetadataServiceVersion|ExecutionRoleArn|InTransitEncryptionConfiguration|AuthorizationConfiguration)$/;

/** Properties that hold JSON with guarded values in it. */
const embedded = new Set(["configuration", "definition"]);
const documents = new Set(["policy", "assumeRolePolicy"]);

/** Every mutant of a stack. */
export function* mutantsOf(resources: readonly Resource[]): Generator<Mutant> {
    for (const resource of resources.filter(({ type }) => type.startsWith("aws:"))) {
        if (guards.test(resource.type)) {
            yield {
                title: `${label(resource)} removed`,
                resources: resources.filter((other) => other !== resource),
            };
        }
        for (const [path, [title, value]] of changesOf(resource)) {
            const changed = withValue(resource, path, value);
            yield {
                title: `${label(resource)} ${path.join(".")}: ${title}`,
                resources: resources.map((other) => (other === resource ? changed : other)),
                changed,
            };
        }
    }
}

const label = ({ type, name }: Resource) => `${type.split(":").pop() ?? ""} ${name}`;

function* changesOf({ type, inputs }: Resource): Generator<[Path, Change]> {
    for (const [path, value] of leaves(inputs)) {
        const name = String(path[path.length - 1]);
        if (documents.has(name) && typeof value === "string") {
            for (const change of documentChanges(JSON.parse(value), type)) yield [path, change];
        } else if (embedded.has(name) && typeof value === "string") {
            for (const [inner, change] of plainChanges(JSON.parse(value))) {
                const json: unknown = JSON.parse(value);
                set(json, inner, change[1]);
                yield [path, [`${inner.join(".")} ${change[0]}`, JSON.stringify(json)]];
            }
        }
    }
    yield* plainChanges(inputs, type);
}

function* plainChanges(root: unknown, type = ""): Generator<[Path, Change]> {
    for (const [path, value] of leaves(root)) {
        const name = String(path[path.length - 1]);
        if (embedded.has(name) || documents.has(name)) continue;
        if (isKey(name, value)) {
            // An object without a key of its own takes its bucket's, which is the same.
            if (!type.includes("bucketObject")) yield [path, ["key removed", undefined]];
            yield [path, ["key of AWS's", managedKey]];
        } else if (typeof value === "boolean" && guardedBooleans.test(name))
            yield [path, ["the other way", !value]];
        else if (value === "Enabled" && type.includes("bucketVersioning"))
            yield [path, ["suspended", "Suspended"]];
        else if (guardedPresence.test(name)) yield [path, ["removed", undefined]];
        else if (typeof value === "string" && value in weaker) {
            for (const weak of weaker[value] ?? [])
                yield [path, [`${value} becomes ${String(weak)}`, weak]];
        } else if (
            /^(cidrIpv4|cidrBlocks)$/.test(name) ||
            /^(cidrBlocks)$/.test(String(path[path.length - 2]))
        ) {
            yield [path, ["the internet", "0.0.0.0/0"]];
        } else if (name === "value" && value === "true" && type.includes("parameterGroup")) {
            yield [path, ["false", "false"]];
        }
    }
}

const isKey = (name: string, value: unknown) =>
    typeof value === "string" && /:kms:[^:]+:\d+:key\//.test(value) && /key|kms/i.test(name);

/** Ways to weaken a policy document. */
function* documentChanges(document: any, type: string): Generator<Change> {
    const trust = type === "aws:iam/role:Role";
    for (const [index, statement] of document.Statement.entries()) {
        const changed = (change: object): string => {
            const copy = structuredClone(document);
            copy.Statement[index] = { ...copy.Statement[index], ...change };
            return JSON.stringify(copy);
        };
        const at = statement.Sid ?? `#${String(index)}`;
        if (statement.Effect === "Deny") {
            const rest = document.Statement.filter((_: unknown, other: number) => other !== index);
            yield [`${at} dropped`, JSON.stringify({ ...document, Statement: rest })];
            yield [`${at} allows`, changed({ Effect: "Allow" })];
            continue;
        }
        const [action] = [statement.Action].flat() as string[];
        const service = action?.split(":")[0] ?? "s3";
        const rootOfKey = JSON.stringify(statement.Principal ?? "").includes(":root");
        if (!trust && !rootOfKey) {
            yield [`${at} any action`, changed({ Action: "*" })];
            yield [`${at} ${service}:*`, changed({ Action: [`${service}:*`] })];
        }
        if (statement.Principal !== undefined)
            yield [`${at} any principal`, changed({ Principal: "*", Condition: undefined })];
        else if (statement.Resource !== "*") {
            yield [`${at} any resource`, changed({ Resource: "*" })];
            const hidden = [statement.Resource, "*"].flat();
            yield [`${at} any resource among others`, changed({ Resource: hidden })];
            if (action === "iam:PassRole")
                yield [`${at} any role`, changed({ Resource: "arn:aws:iam::123456789012:role/*" })];
        }
        if (statement.Condition !== undefined) {
            yield [`${at} without conditions`, changed({ Condition: undefined })];
            yield [
                `${at} under conditions that anything meets`,
                changed({ Condition: loosened(statement.Condition) }),
            ];
            yield [
                `${at} under conditions only where they apply`,
                changed({ Condition: ifExists(statement.Condition) }),
            ];
        }
    }
}

/** The same keys, with values that anything matches. */
const loosened = (condition: object) => ({
    StringLike: Object.fromEntries(
        Object.values(condition).flatMap((keys: object) =>
            Object.keys(keys).map((name) => [name, "*"] as const),
        ),
    ),
});

/** The same operators, which hold where the key is missing too. */
const ifExists = (condition: object) =>
    Object.fromEntries(
        Object.entries(condition).map(([operator, keys]) => [
            `${operator}IfExists`,
            keys as object,
        ]),
    );

/** Every place in a value but those of lists' elements that are objects themselves. */
function* leaves(value: unknown, path: Path = []): Generator<[Path, unknown]> {
    if (path.length > 0) yield [path, value];
    if (Array.isArray(value))
        for (const [index, item] of value.entries()) yield* leaves(item, [...path, index]);
    else if (
        value !== null &&
        typeof value === "object" &&
        Object.getPrototypeOf(value) === Object.prototype
    ) {
        for (const [name, item] of Object.entries(value)) yield* leaves(item, [...path, name]);
    }
}

function withValue(resource: Resource, path: Path, value: unknown): Resource {
    const inputs = copied(resource.inputs);
    const outputs = copied(resource.outputs);
    set(inputs, path, value);
    set(outputs, path, value);
    return { ...resource, inputs, outputs };
}

/** A copy of plain values; files and archives, which hold promises, are the same ones. */
function copied(value: any): any {
    if (Array.isArray(value)) return value.map(copied);
    if (
        value === null ||
        typeof value !== "object" ||
        Object.getPrototypeOf(value) !== Object.prototype
    )
        return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item)]));
}

function set(root: any, path: Path, value: unknown): void {
    let parent = root;
    for (const name of path.slice(0, -1)) parent = parent?.[name];
    const last = path[path.length - 1] ?? "";
    if (parent === undefined || parent === null) return;
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
}
