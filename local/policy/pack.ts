/** This project's policy pack. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { startAnalyzer, type Analyzer, type AnalyzerOptions, type PackConfig } from "./analyzer";

/** Folder of the pack. */
export const packFolder = join(__dirname, "..", "..", "policies");

/** Version of the pack. */
export const packVersion = (): string =>
    (JSON.parse(readFileSync(join(packFolder, "package.json"), "utf8")) as { version: string })
        .version;

/** How strictly this project's own stacks are judged: `--policy-pack-config` of the README's commands. */
export const configFile = join(packFolder, "..", "policy-config.json");

/** The configuration in `file`. */
export const readConfig = (file = configFile): PackConfig =>
    existsSync(file) || file !== configFile
        ? (JSON.parse(readFileSync(file, "utf8")) as PackConfig)
        : {};

/** Compiles the pack as it stands and starts it. */
export function startPack(options: Omit<AnalyzerOptions, "pack"> = {}): Promise<Analyzer> {
    const { build } = createRequire(__filename)(join(packFolder, "build.cjs")) as {
        build: () => void;
    };
    build();
    return startAnalyzer({ ...options, pack: packFolder });
}
