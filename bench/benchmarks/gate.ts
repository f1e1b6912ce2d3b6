/** What the gate costs: `npm run local` without it and with it. */
import type { Benchmark } from "../benchmark";
import { localRun } from "./wholeRun";

/** Meant for a run of the samples' size, `--lines 10000`: the more there is to parse, the less the gate weighs. */
export const gate: Benchmark = {
    name: "gate",
    title: "npm run local without and with the gate that holds every request to the deployed policies",
    contenders: (bench) => [
        {
            name: "without",
            note: "--permissions off: requests pass unread",
            run: (folder) => localRun(bench, folder, ["--permissions", "off"]),
        },
        {
            name: "with",
            note: "--permissions enforce: signature, needs and policies of every request",
            run: (folder) => localRun(bench, folder, ["--permissions", "enforce"]),
        },
    ],
};
