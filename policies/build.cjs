/**
 * Compiles the pack to bin/index.js. The policy host would type-check TypeScript sources at every start, which takes
 * longer than all policies together.
 */
const { buildSync } = require("esbuild");

exports.build = () =>
    buildSync({
        absWorkingDir: __dirname,
        entryPoints: ["index.ts"],
        outfile: "bin/index.js",
        bundle: true,
        platform: "node",
        target: "node20",
        sourcemap: true,
        packages: "external",
        logLevel: "warning",
    });

if (require.main === module) exports.build();
