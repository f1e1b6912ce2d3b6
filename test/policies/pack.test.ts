/** The pack as a whole: what it tells of itself, how it starts, and that no policy goes untried. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { packFolder } from "../../local/policy/pack";
import { triedPolicies } from "./cases";
import { controls } from "./fsbp";
import { hasType } from "./provider";
import { pack, resource, urnOf, usePack } from "./support";

const sources = readdirSync(packFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(packFolder, file), "utf8"));

/** Policies that need a configuration first, or are about the policies: with the file that tries them. */
const triedElsewhere: Readonly<Record<string, string>> = {
    "data-protected": "configuration.test.ts",
    "named-settings-in-stack": "configuration.test.ts",
    "not-evaluated-at-preview": "configuration.test.ts",
    "policy-exemptions": "exemptions.test.ts",
    "policy-exemptions-used": "exemptions.test.ts",
    "s3-bucket-object-lock": "configuration.test.ts",
};

describe("the policy pack", () => {
    usePack();

    it("tells of every policy its risk, severity, remedy and a page", () => {
        for (const policy of pack().policies) {
            expect(policy.title, policy.name).to.match(/^[A-Z].{10,}[^.]$/);
            expect(policy.description.length, policy.name).to.be.greaterThan(
                policy.title.length + 30,
            );
            expect(policy.severity, policy.name).to.not.equal("unspecified");
            expect(policy.remedy, policy.name).to.match(/\.$/);
            expect(policy.url, policy.name).to.match(/^https:\/\//);
        }
    });

    it("names each policy once", () => {
        const names = pack().policies.map(({ name }) => name);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([]);
    });

    it("is tried on what fails, what passes and what is unknown, policy by policy", () => {
        const tried = triedPolicies();
        const lacking = pack().policies.flatMap(({ name }) => {
            if (name in triedElsewhere) return [];
            const { fails = 0, passes = 0, unknown = false } = tried.get(name) ?? {};
            return fails > 0 && passes > 0 && unknown ? [] : [name];
        });
        expect(lacking).to.deep.equal([]);
    });

    it("cites only controls that the standard has", () => {
        const tags = pack().policies.flatMap((policy) => policy.tags);
        expect(tags.filter((tag) => !(tag.replace("aws-fsbp:", "") in controls))).to.deep.equal([]);
    });

    it("matches only type tokens that the provider has", () => {
        const tokens = sources.flatMap((text) =>
            [
                ...text.matchAll(/"(aws:\w+\/\w+:\w+)"/g),
                ...[...text.matchAll(/part\("(\w+)"\)/g)].map(([, name]) => [
                    "",
                    `aws:s3/bucket${name ?? ""}:Bucket${name ?? ""}`,
                ]),
            ].map(([, token]) => token ?? ""),
        );
        expect([...new Set(tokens)].filter((token) => !hasType(token))).to.deep.equal([]);
    });

    it("leaves the host's compiler nothing to read, which is an older one where the pack is installed alone", () => {
        expect(existsSync(join(packFolder, "tsconfig.json"))).to.equal(false);
    });

    it("takes no provider with it", () => {
        expect(sources.filter((text) => /from "@pulumi\/(aws|pulumi)/.test(text))).to.deep.equal(
            [],
        );
    });

    it("judges a resource in less than 10 ms once it has read what AWS says of the services", async () => {
        const policy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: ["s3:GetObject", "glue:GetTable"],
                    Resource: "arn:aws:s3:::data/*",
                },
            ],
        });
        const given = resource("aws:iam/rolePolicy:RolePolicy", "inline", { role: "job", policy });
        const analyzed = { ...given, urn: urnOf(given) };
        await pack().analyze(analyzed);
        const times: number[] = [];
        for (let round = 0; round < 50; round++) {
            const started = performance.now();
            await pack().analyze(analyzed);
            times.push(performance.now() - started);
        }
        expect(times.sort((a, b) => a - b)[25]).to.be.lessThan(10); // the median: other work may come between
    });
});
