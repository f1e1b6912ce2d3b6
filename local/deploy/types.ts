/** What the files of this folder share: how one resource type becomes calls of an API. */
import type { Api } from "../api";
import type { Properties } from "../program/mockEngine";

/** Where resources are created, and with what. */
export interface Target {
    /** Calls as the deployer. */
    readonly api: Api;
    readonly accountId: string;
    readonly region: string;
    /** Runs a command of the program's to its end. @throws Error with its output when it fails. */
    readonly runCommand: (
        command: string,
        directory: string | undefined,
        environment: Readonly<Record<string, string>>,
    ) => Promise<string>;
    /** Makes an empty warehouse in Redshift's stand-in. */
    readonly createWarehouse: (warehouse: Warehouse) => Promise<void>;
}

/** What Redshift's stand-in has to know of a cluster. */
export interface Warehouse {
    readonly identifier: string;
    readonly databaseName: string;
    readonly adminUserName: string;
    /** ARN of the secret with the admin's password, which Redshift manages. */
    readonly adminSecretArn: string;
    /** ARNs of the roles that are attached. */
    readonly iamRoleArns: readonly string[];
}

/** What a provider learns on creation; what it leaves out is made up from the inputs. */
export interface Created {
    readonly id?: string;
    readonly outputs?: Properties;
}

/** Creates one resource. Inputs that it does not look at are an error: see {@link creators}. */
export type Creator = (inputs: Properties, target: Target, name: string) => Promise<Created>;

/** Creators by type token. */
export type Creators = Readonly<Record<string, Creator>>;

/** The object without the members that are undefined, which the SDK would refuse or send. */
export function compact<T extends object>(value: T): Partial<T> {
    return Object.fromEntries(
        Object.entries(value).filter(([, item]) => item !== undefined),
    ) as Partial<T>;
}

/** Keys as the APIs write them: `targetBucket` as `TargetBucket`, at every depth. Values of `as-is` maps stay. */
export function pascal(value: unknown): any {
    if (Array.isArray(value)) return value.map(pascal);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), pascal(item)]),
    );
}

/** A map of tags as the list of pairs that most APIs take. */
export function tagList(tags: unknown): { Key: string; Value: string }[] | undefined {
    if (tags === undefined) return undefined;
    return Object.entries(tags as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}
