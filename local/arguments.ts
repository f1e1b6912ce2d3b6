/** The command line of `npm run local`. */
import { parseArgs } from "node:util";
import { requireDay } from "./logs";
import { stackNames } from "./program/stackFiles";
import { UserError } from "./userError";

/** What the command line asks for. */
export interface Arguments {
    readonly help: boolean;
    /** The user's logs; none for the samples. */
    readonly logs: readonly string[];
    readonly source: string | undefined;
    readonly dt: string | undefined;
    readonly stack: string;
    readonly out: string | undefined;
    readonly keep: boolean;
    /** 0 for a free one. */
    readonly port: number;
    readonly permissions: "enforce" | "observe" | "off";
}

/** Text of `npm run local -- --help`. */
export const help = `Runs the whole pipeline on this machine: deploys the stack to stand-ins for the AWS services, uploads logs, and takes one day of
them through crawler, Spark, Glue job and warehouse, as the deployed workflow says. Needs Node 20.19, Python 3.10 to 3.13, and the
package registries the first time; no AWS account.

  npm run local                                     the sample logs
  npm run local -- --logs PATH... [options]         your own: files or folders, plain or gzip

  --logs PATH...     files or folders; a folder laid out as <source>/dt=YYYY-MM-DD/* keeps its sources and days
  --source NAME      name of the source that all of them belong to     (default: the name of each file or folder)
  --dt YYYY-MM-DD    day to run, and the day that logs outside such a folder count as uploaded on
                                                    (default: the newest day there is; today for files without one)
  --stack NAME       ${stackNames().join(" or ").padEnd(47)}(default: dev)
  --out DIR          where summary.json, tables and logs go            (default: .loglake/runs/<run id>)
  --keep             leave the services up when it is done, and print how to use them; Ctrl-C ends them
  --port N           port of the one endpoint on 127.0.0.1             (default: a free one)
  --permissions MODE enforce: a request that IAM would refuse is refused; observe: it is let through and listed;
                     off: nobody looks                                 (default: enforce)
  --help             this text

With --keep, another shell asks the warehouse:  npm run sql -- "select * from logs.requests_by_hour"`;

/**
 * Reads the arguments after the script's name.
 *
 * @throws UserError when an option is unknown or a value can't be right.
 */
export function readArguments(argv: readonly string[]): Arguments {
    const { values, positionals } = parse(argv);
    const stack = values.stack ?? "dev";
    if (!stackNames().includes(stack)) {
        throw new UserError(`unknown stack ${stack}: there is ${stackNames().join(" and ")}`);
    }
    if (values.dt !== undefined) requireDay("--dt", values.dt);
    const logs = values.logs ?? [];
    if (logs.length === 0 && positionals.length > 0) {
        throw new UserError(
            `what is ${positionals.join(" ")}? logs are named with --logs; see --help`,
        );
    }
    if (logs.length === 0 && values.source !== undefined)
        throw new UserError("--source goes with --logs");
    const port = Number(values.port ?? 0);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new UserError(`--port must be 0 to 65535, got ${String(values.port)}`);
    }
    const permissions = modes.find((mode) => mode === (values.permissions ?? "enforce"));
    if (permissions === undefined) {
        throw new UserError(
            `--permissions must be ${modes.join(", ")}, got ${String(values.permissions)}`,
        );
    }
    return {
        help: values.help ?? false,
        logs: [...logs, ...positionals],
        source: values.source,
        dt: values.dt,
        stack,
        out: values.out,
        keep: values.keep ?? false,
        port,
        permissions,
    };
}

const modes = ["enforce", "observe", "off"] as const;

function parse(argv: readonly string[]) {
    try {
        return parseArgs({
            args: [...argv],
            allowPositionals: true, // `--logs a b`: a shell's wildcard gives many
            options: {
                help: { type: "boolean", short: "h" },
                logs: { type: "string", multiple: true },
                source: { type: "string" },
                dt: { type: "string" },
                stack: { type: "string" },
                out: { type: "string" },
                keep: { type: "boolean" },
                port: { type: "string" },
                permissions: { type: "string" },
            },
        });
    } catch (error) {
        throw new UserError(`${(error as Error).message.split(". ")[0] ?? ""}; see --help`);
    }
}
