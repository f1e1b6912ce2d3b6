/** This project's stacks, run once each for all tests that look at them. */
import { runStack } from "../../local/program/stack";
import type { Properties, Resource } from "../../local/program/mockEngine";

export type StackName = "dev" | "prod";

/** What a stack registered. */
export interface StackRun {
    readonly stack: StackName;
    /** The deployment's name, which physical names begin with. */
    readonly name: string;
    readonly resources: readonly Resource[];
    readonly outputs: Properties;
}

export const stacks: readonly StackName[] = ["dev", "prod"];

const runs = new Map<string, Promise<StackRun>>();

/** A stack with every value known. */
export const deployed = (stack: StackName) => runOnce(stack, false);

/** A stack as its first preview: what only a provider makes up is unknown. */
export const previewed = (stack: StackName) => runOnce(stack, true);

/** The stacks with every value known, one after the other: a program has the process to itself while it runs. */
export async function bothDeployed(): Promise<Record<StackName, StackRun>> {
    const dev = await deployed("dev");
    return { dev, prod: await deployed("prod") };
}

function runOnce(stack: StackName, preview: boolean): Promise<StackRun> {
    const key = `${stack} ${String(preview)}`;
    const run = runs.get(key) ?? runStack(stack, { preview }).then(named(stack));
    runs.set(key, run);
    return run;
}

const named =
    (stack: StackName) =>
    ({ resources, result }: Awaited<ReturnType<typeof runStack>>): StackRun => ({
        stack,
        name: `loglake-${stack}`,
        resources,
        outputs: result,
    });

/** Every value in `value` and below, with the path to it: `[0].policy.Statement`. JSON text is looked into. */
export function* values(value: unknown, path = ""): Generator<readonly [string, unknown]> {
    yield [path, value];
    const content = typeof value === "string" ? (json(value) ?? value) : value;
    if (content !== value) yield [path, content];
    if (content === null || typeof content !== "object") return;
    for (const [key, item] of Object.entries(content)) {
        yield* values(item, Array.isArray(content) ? `${path}[${key}]` : `${path}.${key}`);
    }
}

function json(text: string): object | undefined {
    if (!/^\s*[[{]/.test(text)) return undefined;
    try {
        return JSON.parse(text) as object;
    } catch {
        return undefined;
    }
}
