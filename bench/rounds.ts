/** Runs contenders in turns, so that whatever else the machine does hits all of them alike. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Contender, Measured } from "./benchmark";

/** What was measured of one contender, round by round. */
export interface Outcome {
    readonly name: string;
    readonly note: string;
    readonly rounds: Measured[];
    /** Why the contender doesn't count: it is missing here, or what it made was wrong. */
    excluded: string | undefined;
}

/**
 * Runs every contender once a round, each second round backwards. One that fails is left out from then on; the first must not,
 * since all others are compared with it.
 *
 * @throws Error when the first contender fails.
 */
export async function runRounds(
    contenders: readonly Contender[],
    options: { rounds: number; folder: string; say: (line: string) => void },
): Promise<Outcome[]> {
    const entries = contenders.map((contender) => {
        const { name, note, missing: excluded } = contender;
        const outcome: Outcome = { name, note, rounds: [], excluded };
        return { contender, outcome };
    });
    for (let round = 1; round <= options.rounds; round++) {
        for (const { contender, outcome } of round % 2 === 1 ? entries : entries.toReversed()) {
            if (outcome.excluded !== undefined) continue;
            const folder = join(options.folder, contender.name.replaceAll(/\W+/g, "-"));
            mkdirSync(folder, { recursive: true });
            try {
                outcome.rounds.push(await contender.run(folder));
                options.say(
                    `round ${String(round)} ${contender.name}: ${brief(outcome.rounds.at(-1))}`,
                );
            } catch (error) {
                if (contender === contenders[0]) throw error;
                outcome.excluded = error instanceof Error ? error.message : String(error);
                options.say(`round ${String(round)} ${contender.name}: ${outcome.excluded}`);
            } finally {
                rmSync(folder, { recursive: true, force: true });
            }
        }
    }
    return entries.map(({ outcome }) => outcome);
}

function brief(measured: Measured = {}): string {
    return Object.entries(measured)
        .map(([name, value]) => `${name} ${value.toFixed(1)}`)
        .join("; ");
}

/** Least, middle and most of some numbers. */
export interface Spread {
    readonly min: number;
    readonly median: number;
    readonly max: number;
}

/** The spread of `values`, one at least; the median of an even number is the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (index: number) => sorted[index] ?? NaN;
    const middle = (sorted.length - 1) / 2;
    return {
        min: at(0),
        median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
        max: at(sorted.length - 1),
    };
}
