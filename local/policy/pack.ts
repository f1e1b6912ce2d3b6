/** This project's policy pack. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { startAnalyzer, type Analyzer, type AnalyzerOptions } from "./analyzer";

/** Folder of the pack. */
export const packFolder = join(__dirname, "..", "..", "policies");

/** Version of the pack. */
export const packVersion = (): string =>
    (JSON.parse(readFileSync(join(packFolder, "package.json"), "utf8")) as { version: string })
        .version;

/** Compiles the pack as it stands and starts it. */
export function startPack(options: Omit<AnalyzerOptions, "pack"> = {}): Promise<Analyzer> {
    const { build } = createRequire(__filename)(join(packFolder, "build.cjs")) as {
        build: () => void;
    };
    build();
    return startAnalyzer({ ...options, pack: packFolder });
}
