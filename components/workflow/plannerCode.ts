/** The planner's code as Lambda runs it: one file. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import type { Declarations } from "../../planner/plan";

/** Node.js release that the bundle is built for and Lambda runs it on. */
export const plannerRuntime = "nodejs22.x";

const root = join(__dirname, "..", "..");

/**
 * Bundles the planner with the declarations of formats and tables in it. The AWS SDK comes with the runtime
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html). The same sources give the same text, so that a second
 * `pulumi up` changes nothing.
 */
export function bundlePlanner(declarations: Declarations): string {
    const { outputFiles } = buildSync({
        // paths show in the text: taken from here, they are the same wherever the program is run from
        absWorkingDir: root,
        entryPoints: ["planner/index.ts"],
        bundle: true,
        write: false,
        platform: "node",
        target: "node22",
        format: "cjs",
        external: ["@aws-sdk/*"],
        define: { LOGLAKE_DECLARATIONS: JSON.stringify(declarations) },
        logLevel: "silent",
    });
    const [bundle] = outputFiles;
    if (bundle === undefined) throw new Error(`esbuild made nothing of the planner`);
    return bundle.text;
}

/** The bundle as a Lambda package. */
export function plannerArchive(declarations: Declarations): pulumi.asset.AssetArchive {
    const source = new pulumi.asset.StringAsset(bundlePlanner(declarations));
    return new pulumi.asset.AssetArchive({ "index.js": source });
}
