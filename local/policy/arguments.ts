/** The command line of `npm run policy`. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { stackNames } from "../program/stackFiles";

/** What the command line asks for. */
export interface Arguments {
    readonly help: boolean;
    readonly stack: string;
    /** Whether values that only a provider knows stay unknown, as in the preview of a new stack. */
    readonly preview: boolean;
    /** File for all findings as JSON. */
    readonly json: string | undefined;
    /** File for the violations as SARIF, for code scanning. */
    readonly sarif: string | undefined;
    /** Configuration of the pack, as for `pulumi --policy-pack-config`. */
    readonly config: string | undefined;
}

/** A mistake of the user's, told without a stack trace. */
export class ArgumentError extends Error {}

/** Text of `npm run policy -- --help`. */
export const help = `Judges a stack by the policy pack, without AWS account or pulumi CLI: the program runs with all values known, and the pack's
own process judges every resource and the stack, as the engine does. Exit code 1 on a mandatory violation.

  npm run policy -- --stack NAME [options]

  --stack NAME     ${stackNames().join(" or ")}
  --preview        leave unknown what a preview of a new stack doesn't know
  --json FILE      write all findings as JSON
  --sarif FILE     write the violations as SARIF 2.1.0, for code scanning
  --config FILE    levels and parameters of policies, as for pulumi --policy-pack-config (default: policy-config.json)
  --help           this text`;

/**
 * Reads the arguments after the script's name.
 *
 * @throws ArgumentError when an option is unknown, a value can't be right or a file can't be written.
 */
export function readArguments(argv: readonly string[]): Arguments {
    const { values } = parse(argv);
    const stack = values.stack ?? "dev";
    if (!stackNames().includes(stack)) {
        throw new ArgumentError(`unknown stack ${stack}: there is ${stackNames().join(" and ")}`);
    }
    for (const file of [values.json, values.sarif]) {
        if (file !== undefined && !existsSync(dirname(resolve(file))))
            throw new ArgumentError(`can't write ${file}: there is no folder ${dirname(file)}`);
    }
    return {
        help: values.help ?? false,
        stack,
        preview: values.preview ?? false,
        json: values.json,
        sarif: values.sarif,
        config: values.config,
    };
}

function parse(argv: readonly string[]) {
    try {
        return parseArgs({
            args: [...argv],
            options: {
                help: { type: "boolean" },
                stack: { type: "string" },
                preview: { type: "boolean" },
                json: { type: "string" },
                sarif: { type: "string" },
                config: { type: "string" },
            },
        });
    } catch (error) {
        throw new ArgumentError(`${(error as Error).message.split("\n")[0] ?? ""}; see --help`);
    }
}
