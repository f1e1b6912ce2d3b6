/** Entry of the pack: what `npm ci` compiled, or, where install scripts are off, what is compiled now. */
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const compiled = join(__dirname, "bin", "index.js");
if (!existsSync(compiled)) require("./build.cjs").build();
require(compiled);
