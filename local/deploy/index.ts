/** Deploys a program's resources to the services of this machine: those that the data passes through, for real. */
import { madeUp, type Create, type Properties } from "../program/mockEngine";
import { clusters } from "./clusters";
import { functions } from "./functions";
import { glue } from "./glue";
import { iam } from "./iam";
import { s3 } from "./s3";
import type { Created, Creator, Target } from "./types";
import { watch } from "./watch";

/** How the resources of each type are created. Every other type only gets the outputs that it would have. */
export const creators: Readonly<Record<string, Creator>> = {
    ...s3,
    ...iam,
    ...glue,
    ...functions,
    ...watch,
    ...clusters,
};

/** Inputs without a meaning on this machine: what they say of a destroy, an update, or the provider itself. */
const meaningless: Readonly<Record<string, readonly string[]>> = {
    "*": ["forceDestroy", "region", "skipDestroy", "tags", "tagsAll"],
    "aws:iam/role:Role": ["forceDetachPolicies"],
    "aws:kms/key:Key": ["deletionWindowInDays", "isEnabled", "rotationPeriodInDays"],
    "aws:lambda/function:Function": ["sourceCodeHash"],
    "aws:s3/bucketObjectv2:BucketObjectv2": [
        "source",
        "content",
        "contentBase64",
        "sourceHash",
        "etag",
    ],
    "aws:s3/bucketNotification:BucketNotification": [],
    "aws:secretsmanager/secret:Secret": ["recoveryWindowInDays", "forceOverwriteReplicaSecret"],
    "command:local:Command": [
        "triggers",
        "update",
        "delete",
        "interpreter",
        "logging",
        "addPreviousOutputInEnv",
    ],
    // no such cluster is started: the stand-in is an engine of its own, without nodes, network or snapshots
    "aws:redshift/cluster:Cluster": ["*"],
};

/** A {@link Create} that creates in `target`. */
export function createIn(target: Target): Create {
    return async (request) => {
        const imagined = await madeUp(request);
        const creator = request.custom ? creators[request.type] : undefined;
        if (creator === undefined) return imagined;
        const seen = new Set<string>();
        let created: Created;
        try {
            created = await creator(watched(request.inputs, seen), target, request.name);
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            throw new Error(`creating ${request.type} ${request.name}: ${message}`, {
                cause: error,
            });
        }
        requireAllSeen(request.type, request.inputs, seen);
        const outputs = { ...imagined.outputs, ...created.outputs };
        return { id: created.id ?? imagined.id, outputs };
    };
}

/** The inputs, noting which of them are looked at. */
function watched(inputs: Properties, seen: Set<string>): Properties {
    return new Proxy(inputs, {
        get: (object, key) => {
            if (typeof key === "string") seen.add(key);
            return Reflect.get(object, key) as unknown;
        },
    });
}

/** A setting that a creator forgot would make the run on this machine say more than it shows. */
function requireAllSeen(type: string, inputs: Properties, seen: ReadonlySet<string>): void {
    const exempt = new Set([...(meaningless["*"] ?? []), ...(meaningless[type] ?? [])]);
    if (exempt.has("*")) return;
    const missed = Object.keys(inputs).filter(
        (key) => inputs[key] !== undefined && !seen.has(key) && !exempt.has(key),
    );
    if (missed.length > 0)
        throw new Error(`${type}: ${missed.join(", ")} would have no effect on this machine`);
}
