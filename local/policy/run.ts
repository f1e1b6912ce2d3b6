/** `npm run policy`: judges a stack by the policy pack, without a Pulumi engine. */
import { writeFileSync } from "node:fs";
import { runStack } from "../program/stack";
import type { PackConfig } from "./analyzer";
import { ArgumentError, help, readArguments } from "./arguments";
import { ConfigurationError } from "./configuration";
import { judge } from "./judge";
import { configFile, packVersion, readConfig, startPack } from "./pack";
import { json, mandatory, table } from "./report";
import { sarif } from "./sarif";

/** @returns the exit code: 1 where a mandatory policy is broken. */
async function main(argv: readonly string[]): Promise<number> {
    const options = readArguments(argv);
    if (options.help) {
        console.log(help);
        return 0;
    }
    const { stack, preview } = options;
    const config = configOf(options.config);
    const { resources } = await runStack(stack, { preview });
    const analyzer = await startPack({ stack, preview, config });
    try {
        const judgement = await judge(analyzer, resources);
        console.log(table(stack, judgement, analyzer.policies));
        if (options.json !== undefined)
            write(options.json, json(stack, judgement, analyzer.policies));
        if (options.sarif !== undefined)
            write(options.sarif, sarif(judgement, analyzer.policies, packVersion()));
        return mandatory(judgement).length > 0 ? 1 : 0;
    } finally {
        await analyzer.close();
    }
}

function configOf(file: string | undefined): PackConfig {
    try {
        return readConfig(file);
    } catch (error) {
        throw new ArgumentError(
            `can't read the configuration ${file ?? configFile}: ${(error as Error).message}`,
        );
    }
}

function write(file: string, text: string): void {
    try {
        writeFileSync(file, text);
    } catch (error) {
        throw new ArgumentError(`can't write ${file}: ${(error as Error).message}`);
    }
}

/** A mistake of the user's is told by itself; anything else with where it happened. */
const toldPlainly = (error: unknown): error is Error =>
    error instanceof ArgumentError || error instanceof ConfigurationError;

main(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        console.error(toldPlainly(error) ? error.message : error);
        process.exitCode = 1;
    },
);
