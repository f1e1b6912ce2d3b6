/** Mocha's spec reporter, which also writes its counts where `npm test` reads them. */
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class CountingSpec extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const file = process.env.LOGLAKE_TEST_COUNTS;
        const skipped = [];
        runner.on("pending", (test) => skipped.push(test.fullTitle()));
        runner.once("end", () => {
            if (file === undefined) return;
            const { passes, failures } = this.stats;
            writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped }));
        });
    }
};
