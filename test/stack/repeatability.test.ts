import { execFile } from "node:child_process";
import { join, sep } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { registrations } from "../support/plain";
import { deployed, stacks } from "../support/stacks";

const root = join(__dirname, "..", "..");

/** Inputs of both stacks from another process, at another time, in another time zone and language. */
async function later(): Promise<Record<string, any>> {
    const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--import", "tsx", join("test", "support", "laterRun.ts")],
        {
            cwd: root,
            env: {
                ...process.env,
                TZ: "Pacific/Kiritimati",
                LANG: "tr_TR.UTF-8",
                USER: "somebody",
            },
            maxBuffer: 64 * 1024 * 1024,
        },
    );
    return JSON.parse(stdout) as Record<string, any>;
}

describe("a second deployment", () => {
    let second: Record<string, any>;
    before(async () => {
        second = await later();
    });

    it("is seen from another time", () => {
        const years = (Date.parse(second.now as string) - Date.now()) / (365 * 24 * 3600 * 1000);
        expect(years).to.be.greaterThan(1);
    });

    for (const stack of stacks) {
        it(`changes nothing in ${stack}: inputs come from code and settings alone`, async () => {
            const first = await registrations((await deployed(stack)).resources);

            const again = second[stack] as Record<string, unknown>;
            const changed = Object.entries(first).filter(
                ([urn, inputs]) => JSON.stringify(inputs) !== JSON.stringify(again[urn]),
            );
            expect(Object.keys(first).length).to.be.greaterThan(100);
            expect(Object.keys(again)).to.deep.equal(Object.keys(first));
            expect(changed.map(([urn]) => urn)).to.deep.equal([]);
        });

        it(`holds no path of this machine in ${stack}`, async () => {
            const inputs = JSON.stringify(await registrations((await deployed(stack)).resources));
            for (const path of [root + sep, process.execPath]) {
                expect(inputs).not.to.include(JSON.stringify(path).slice(1, -1));
            }
        });
    }
});
