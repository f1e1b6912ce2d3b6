/** `npm run policy`, as a user runs it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "..", "..");

interface Outcome {
    readonly code: number;
    readonly out: string;
    readonly err: string;
}

const run = (...args: readonly string[]) =>
    new Promise<Outcome>((resolve) => {
        const script = join(root, "local", "policy", "run.ts");
        execFile(
            process.execPath,
            ["--import", "tsx", script, ...args],
            { cwd: root },
            (error, out, err) => {
                resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
            },
        );
    });

describe("npm run policy", function () {
    this.timeout(120_000);
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "policy-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("passes a stack that breaks nothing, and prints the exemptions that it uses", async () => {
        const { code, out } = await run("--stack", "prod");
        expect(out).to.match(/exemptions in use: .*kms:Decrypt.*until \d{4}/);
        expect(out).to.match(/prod: \d+ resources, \d+ policies, 0 mandatory violations/);
        expect(code).to.equal(0);
    });

    it("fails on a mandatory violation, with a table, JSON and SARIF", async () => {
        const config = join(folder, "config.json");
        writeFileSync(config, JSON.stringify({ "log-group-retention": { minimumDays: 3000 } }));
        const [json, sarif] = [join(folder, "out.json"), join(folder, "out.sarif")];
        const { code, out } = await run(
            "--stack",
            "dev",
            "--config",
            config,
            "--json",
            json,
            "--sarif",
            sarif,
        );
        expect(code).to.equal(1);
        expect(out).to.match(/^medium +mandatory +log-group-retention$/m);
        expect(out).to.match(
            /retentionInDays is \d+; set it to 3000 days or more \[retentionInDays\]/,
        );

        const report = JSON.parse(readFileSync(json, "utf8"));
        expect(report.stack).to.equal("dev");
        const broken = report.findings.filter(
            ({ policy }: { policy: string }) => policy === "log-group-retention",
        );
        expect(broken).to.not.deep.equal([]);
        expect(broken[0].urn).to.match(/^urn:pulumi:dev::loglake::/);
        expect(report.violations).to.equal(broken.length);

        const [{ tool, results }] = JSON.parse(readFileSync(sarif, "utf8")).runs;
        expect(results).to.have.length(broken.length);
        expect(tool.driver.rules[results[0].ruleIndex].id).to.equal("log-group-retention");
        expect(results[0].level).to.equal("error");
        const hashes = results.map(
            (result: any) => result.partialFingerprints.primaryLocationLineHash,
        );
        expect(new Set(hashes).size).to.equal(results.length);
        expect(results[0].locations[0].logicalLocations[0].fullyQualifiedName).to.equal(
            broken[0].urn,
        );
    });

    const mistakes: Record<string, [RegExp, ...string[]]> = {
        "an unknown stack": [/^unknown stack test: there is dev and prod$/m, "--stack", "test"],
        "an unknown option": [/Unknown option '--stak'.*see --help/, "--stak", "dev"],
        "a configuration of another pack": [
            /^policy configuration: no policy of the pack: name;/m,
            "--config",
            "package.json",
        ],
        "a report in a folder that isn't there": [
            /^can't write nowhere\/policy\.sarif: there is no folder nowhere$/m,
            "--sarif",
            "nowhere/policy.sarif",
        ],
        "a configuration that isn't there": [
            /can't read the configuration nowhere\.json/,
            "--config",
            "nowhere.json",
        ],
    };
    for (const [title, [message, ...args]] of Object.entries(mistakes)) {
        it(`says what is wrong with ${title}, without a stack trace`, async () => {
            const { code, err } = await run(...args);
            expect(err).to.match(message);
            expect(err).to.not.match(/^ +at /m);
            expect(code).to.equal(1);
        });
    }
});
