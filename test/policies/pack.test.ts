/** The pack as a whole: what it tells of itself, how it starts, and that no policy goes untried. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { packFolder } from "../../local/policy/pack";
import { hasType } from "./provider";
import { pack, resource, urnOf, usePack } from "./support";

const sources = readdirSync(packFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(packFolder, file), "utf8"));
const tests = readdirSync(__dirname)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(__dirname, file), "utf8"))
    .join("\n");

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

    it("has cases for every policy", () => {
        const untried = pack().policies.filter(({ name }) => !tests.includes(`"${name}"`));
        expect(untried.map(({ name }) => name)).to.deep.equal([]);
    });

    it("cites controls by the names that Security Hub has", () => {
        const tags = pack().policies.flatMap((policy) => policy.tags);
        expect(tags.filter((tag) => !/^aws-fsbp:[A-Z]\w+\.\d+$/.test(tag))).to.deep.equal([]);
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
