/** The stacks that this project has a file of. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** Names of the stacks that have a file, such as `dev`. */
export function stackNames(): string[] {
    return readdirSync(root)
        .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
        .filter((name) => name !== undefined)
        .sort();
}
