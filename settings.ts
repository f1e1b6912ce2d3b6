/** The settings of a stack: the only reader of Pulumi's configuration. */
import * as pulumi from "@pulumi/pulumi";
import type { GlueLoaderArgs } from "./components/glueLoader";
import { retentionConflicts } from "./components/lake/retention";
import { deploymentName } from "./components/names";
import type { PipelineMonitoringArgs } from "./components/pipelineMonitoring";
import type { PipelineWorkflowArgs } from "./components/pipelineWorkflow";
import type { RawLakeArgs } from "./components/rawLake";
import type { RedshiftWarehouseArgs } from "./components/redshiftWarehouse";
import type { SparkProcessorArgs } from "./components/sparkProcessor";
import type { NetworkArgs } from "./network";
import { readProvider } from "./settings/provider";
import type { Note, Read } from "./settings/schema";
import {
    stack,
    type lake,
    type loader,
    type monitoring,
    type spark,
    type warehouse,
    type workflow,
} from "./settings/sections";

/** The settings of a stack. What is left out of a section is for its component to decide. */
export interface Settings {
    /** Name of the deployment, which every physical name begins with. @default project and stack: `loglake-dev` */
    readonly name: string;

    /** Refuses to delete data, keys and databases: the first key to a destroy. @default true */
    readonly protect: boolean;

    /**
     * Deletes data with what holds it, and takes no last snapshot: `allowDestroy`, the second key, is turned and nothing
     * is protected. @default false
     */
    readonly forceDestroy: boolean;

    readonly network: NetworkArgs;
    readonly lake: Section<RawLakeArgs, typeof lake>;
    readonly spark: Section<SparkProcessorArgs, typeof spark>;
    readonly loader: Section<GlueLoaderArgs, typeof loader>;

    /** With the credentials of the AWS provider, which migrations can't ask. */
    readonly warehouse: Section<RedshiftWarehouseArgs, typeof warehouse> & Provided;
    readonly workflow: Section<PipelineWorkflowArgs, typeof workflow>;

    /** With what the workflow was told, where an alarm has to know it too. */
    readonly monitoring: Section<PipelineMonitoringArgs, typeof monitoring> & Shared;
}

/** A section, whose settings must all be arguments of the component: a type error otherwise, not a setting without effect. */
type Section<Args, S, Settings = Read<S>> = [Exclude<keyof Settings, keyof Args>] extends [never]
    ? Settings
    : { readonly unknownTo: Exclude<keyof Settings, keyof Args> };

type Provided = Pick<RedshiftWarehouseArgs, "migrationCredentials">;

type Shared = Pick<Read<typeof workflow>, "scheduleEnabled" | "quarantineRatioLimit">;

/**
 * Reads and checks the configuration of the stack.
 *
 * @throws RunError that lists everything that is wrong with it.
 */
export function loadSettings(): Settings {
    const problems: string[] = [];
    const note: Note = (path, problem) => problems.push(`loglake:${path} ${problem}`);

    const { region, ...migrationCredentials } = readProvider(
        // its name is text, also where it looks like a number
        { ...configuration("aws"), profile: new pulumi.Config("aws").get("profile") },
        (path, problem) => problems.push(`aws:${path} ${problem}`),
    );
    const read = stack(configuration("loglake"), "", note);
    const name = read?.name ?? `${pulumi.getProject()}-${pulumi.getStack()}`;
    noteThrown(() => deploymentName(name), "name", note);
    noteConflicts(read ?? {}, region, note);

    if (read === undefined || region === undefined || problems.length > 0) {
        const title = `wrong settings in stack ${pulumi.getStack()} (${String(problems.length)}):`;
        throw new pulumi.RunError([title, ...problems].join("\n  "));
    }
    const protect = read.protect ?? true;
    return {
        name,
        protect,
        forceDestroy: !protect && (read.allowDestroy ?? false),
        network: "zones" in read.network ? { ...read.network, region } : read.network,
        lake: read.lake ?? {},
        spark: read.spark ?? {},
        loader: read.loader ?? {},
        warehouse: {
            ...read.warehouse,
            ...(Object.keys(migrationCredentials).length === 0 ? {} : { migrationCredentials }),
        },
        workflow: read.workflow ?? {},
        monitoring: { ...read.monitoring, ...shared(read.workflow ?? {}) },
    };
}

function shared({ scheduleEnabled, quarantineRatioLimit }: Shared): Shared {
    return {
        ...(scheduleEnabled === undefined ? {} : { scheduleEnabled }),
        ...(quarantineRatioLimit === undefined ? {} : { quarantineRatioLimit }),
    };
}

/** The stack's values below `namespace`, by key: JSON where they are JSON, and text where they are not. */
function configuration(namespace: string): Record<string, unknown> {
    const prefix = `${namespace}:`;
    const entries = Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), parse(value)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
}

function parse(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** Notes values that are right by themselves and wrong together. What is wrong by itself is not there. */
function noteConflicts(
    read: Partial<Read<typeof stack>>,
    region: string | undefined,
    note: Note,
): void {
    for (const { argument, reason } of retentionConflicts(read.lake ?? {})) {
        note(`lake.${argument}`, reason);
    }
    const zones = read.network !== undefined && "zones" in read.network ? read.network.zones : [];
    for (const each of zones.filter(
        (name) => region !== undefined && name.slice(0, -1) !== region,
    )) {
        note("network.zones", `must be in aws:region (${String(region)}), got ${each}`);
    }
    const { minimumCapacityUnits = 0, maximumCapacityUnits = Infinity } = read.spark ?? {};
    if (maximumCapacityUnits < minimumCapacityUnits) {
        const least = `minimumCapacityUnits (${String(minimumCapacityUnits)})`;
        note(
            "spark.maximumCapacityUnits",
            `must be ${least} or more, got ${String(maximumCapacityUnits)}`,
        );
    }
}

function noteThrown(check: () => unknown, path: string, note: Note): void {
    try {
        check();
    } catch (error) {
        if (!(error instanceof pulumi.InputPropertyError)) throw error;
        note(path, error.message.replace(`${path} `, ""));
    }
}
