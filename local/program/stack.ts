/** Runs this project's program for one of its stacks, as `pulumi up` would with the stack file beside it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { runProgram, type ProgramRun, type Properties, type RunOptions } from "./mockEngine";
import { stackNames } from "./stackFiles";

export { stackNames } from "./stackFiles";

const root = join(__dirname, "..", "..");

/**
 * The configuration of a stack file as the engine hands it to a program: every value as text, objects as JSON.
 *
 * @throws Error when there is no such stack, or a value is encrypted: only its stack's key can read it.
 */
export function stackConfig(stack: string): Record<string, string> {
    const file = join(root, `Pulumi.${stack}.yaml`);
    if (!existsSync(file))
        throw new Error(`unknown stack ${stack}: there is ${stackNames().join(" and ")}`);
    const { config = {} } = load(readFileSync(file, "utf8")) as {
        config?: Record<string, unknown>;
    };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, configText(stack, key, value)]),
    );
}

function configText(stack: string, key: string, value: unknown): string {
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null && "secure" in value) {
        throw new Error(`${key} of stack ${stack} is encrypted and can't be read here`);
    }
    return JSON.stringify(value);
}

/** Runs `index.ts` for `stack`; the result holds the stack's outputs, as far as they are known. */
export async function runStack(
    stack: string,
    options: Omit<RunOptions, "stack"> = {},
): Promise<ProgramRun<Properties>> {
    const config = { ...stackConfig(stack), ...options.config };
    const { resources, result } = await runProgram(
        async () => {
            // loaded when it runs, as an engine would: settings read the configuration while it does
            const program = ((await import("../../index.js")) as { default: () => Properties })
                .default;
            return program();
        },
        { ...options, stack, config },
    );
    return { resources, result: await known(result) };
}

/** The outputs that are known; a preview doesn't know all of them. */
async function known(outputs: Properties): Promise<Properties> {
    const entries = Object.entries(outputs).map(async ([name, value]) => {
        // not by `apply`, which would wait for ever for what is unknown
        const output = pulumi.output(value) as unknown as { promise(): Promise<unknown> };
        return [name, await output.promise()];
    });
    return Object.fromEntries(await Promise.all(entries)) as Properties;
}
