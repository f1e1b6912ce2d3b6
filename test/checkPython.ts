/** `npm run check:python`: lint, format and types of the Python packages, each as its pyproject.toml says. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setUp, UserError } from "../local/setup";

const packages = ["spark-app", "etl", "bench"];
const checks = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy", "."],
];

async function main(): Promise<void> {
    const { python } = await setUp((line) => {
        console.log(line);
    });
    for (const name of packages) {
        const cwd = join(__dirname, "..", name);
        for (const check of checks) {
            console.log(`${name}: ${check.join(" ")}`);
            const { status } = spawnSync(python, ["-m", ...check], { cwd, stdio: "inherit" });
            if (status !== 0) process.exitCode = 1;
        }
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
});
