/** `npm run local`: the whole pipeline on this machine. See `--help`. */
import { join } from "node:path";
import { help, readArguments } from "./arguments";
import { findLogs, newestDay, some, type FoundLogs } from "./logs";
import { writeSamples } from "./samples";
import { stateFolder } from "./stateFolder";
import { messageOf, requireNode, UserError } from "./userError";

async function main(): Promise<void> {
    const args = readArguments(process.argv.slice(2));
    if (args.help) {
        console.log(help);
        return;
    }
    requireNode();
    const logs = args.logs.length > 0 ? findLogs({ ...args, paths: args.logs }) : sampleLogs();
    const dt = args.dt ?? newestDay(logs.files);
    requireLogsOf(dt, logs);
    // loaded only now: it takes seconds, which neither help nor a mistake should wait for
    const { runPipeline } = await import("./pipeline.js");
    await runPipeline(args, logs, dt);
}

function sampleLogs(): FoundLogs {
    const folder = join(stateFolder, "samples");
    writeSamples(folder);
    return findLogs({ paths: [folder] });
}

function requireLogsOf(dt: string, { files }: FoundLogs): void {
    const ofDay = files.filter((file) => file.dt === dt);
    const days = [...new Set(files.map((file) => file.dt))].sort().join(", ");
    if (ofDay.length === 0) throw new UserError(`no logs of ${dt}: there are ${days}`);
    if (ofDay.every(({ bytes }) => bytes === 0)) {
        throw new UserError(`the logs of ${dt} are empty: ${some(ofDay.map(({ path }) => path))}`);
    }
}

main().then(
    () => process.exit(0),
    (error: unknown) => {
        console.error(`loglake: ${messageOf(error)}`);
        process.exit(1);
    },
);
