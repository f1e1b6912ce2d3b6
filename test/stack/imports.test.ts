import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { areaOf, filesBelow, findCycle, root, sourceFiles } from "../support/imports";

const program = ["components", "formats", "index", "network", "planner", "settings"];
const everything = [...program, "docs", "etl", "local", "policies", "test"];

/** What may import what: one way. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
    formats: [],
    planner: ["formats"],
    components: ["formats", "planner"],
    network: ["components"],
    settings: ["components", "network"],
    index: ["components", "formats", "network", "settings"],
    etl: [],
    policies: [],
    docs: ["components", "formats", "local"], // the pack is asked for its policies as the engine asks it
    examples: ["components", "formats"],
    local: [...program, "etl"],
    test: [...everything, "bench"],
    bench: everything,
};

/** Packages that only these may import. */
const reserved: Readonly<Record<string, readonly string[]>> = {
    "@pulumi/awsx": ["network.ts"],
    "@pulumi/command": ["components/redshiftWarehouse.ts", "components/warehouse/"],
    "@pulumi/policy": ["policies/"],
    "@pulumi/tls": ["components/emr/certificate.ts"],
};

/** Packages that come with another, whose version they must have, so that package.json doesn't name them. */
const carried = ["@aws-sdk/types", "@grpc/grpc-js", "@smithy/core"];

const sources = sourceFiles();

describe("imports", () => {
    it("run one way between the parts of the project", () => {
        const wrong = sources.flatMap(({ path, area, files }) =>
            files
                .filter((file) => areaOf(file) !== area)
                .filter((file) => mayImport[area]?.includes(areaOf(file)) !== true)
                .map((file) => `${path} imports ${file}`),
        );
        expect(sources.length).to.be.greaterThan(100);
        expect(wrong).to.deep.equal([]);
    });

    it("go in no circle", () => {
        const graph = new Map(sources.map(({ path, files }) => [path, files]));
        expect(findCycle(graph)).to.deep.equal([]);
    });

    it("leave policies and their documents to components/iam.ts, which needs no other part", () => {
        const iam = sources.find(({ path }) => path === "components/iam.ts");
        expect(iam?.files).to.deep.equal([]);

        const builders = sources
            .filter(({ area }) => program.includes(area))
            .filter(({ text }) => /new aws\.iam\.(Role)?Policy\(|"2012-10-17"/.test(text));
        expect(builders.map(({ path }) => path)).to.deep.equal(["components/iam.ts"]);
    });

    it("keep awsx, the commands, certificates and policies where they belong", () => {
        for (const [name, places] of Object.entries(reserved)) {
            const importers = sources.filter(({ packages }) => packages.includes(name));
            const outside = importers.filter(
                ({ path }) => !places.some((place) => path.startsWith(place)),
            );
            expect(importers.length, name).to.be.greaterThan(0);
            expect(
                outside.map(({ path }) => path),
                name,
            ).to.deep.equal([]);
        }
    });

    it("name packages of package.json, and those that a deployment needs as such", () => {
        const { name, dependencies, devDependencies } = JSON.parse(
            readFileSync(join(root, "package.json"), "utf8"),
        ) as Record<"dependencies" | "devDependencies", Record<string, string>> & { name: string };
        // the planner's are Lambda's own
        const deployed = [...program.filter((area) => area !== "planner"), "etl"];
        const wrong = sources.flatMap(({ path, area, packages }) =>
            packages
                .filter((each) => !each.startsWith("node:") && each !== name)
                .filter((each) =>
                    deployed.includes(area)
                        ? dependencies[each] === undefined
                        : (dependencies[each] ?? devDependencies[each]) === undefined &&
                          !(area === "local" && carried.includes(each)),
                )
                .map((each) => `${path} imports ${each}`),
        );
        expect(wrong).to.deep.equal([]);
    });
});

describe("configuration", () => {
    it("is read by settings.ts alone", () => {
        const readers = sources
            .filter(({ area }) => program.includes(area))
            .filter(({ text }) => /new (pulumi\.)?Config\(|allConfig\(|process\.env/.test(text));
        expect(readers.map(({ path }) => path)).to.deep.equal(["planner/index.ts", "settings.ts"]);
    });
});

describe("the code that runs in AWS", () => {
    it("knows nothing of being run anywhere else, nor of what deploys it", () => {
        const foreign =
            /\bmoto\b|localhost|127\.0\.0\.1|loopback|stand-?in|endpoint_url|AWS_ENDPOINT|pulumi|typescript|\blocal run\b/i;
        const code = ["spark-app/src", "etl", "planner"].flatMap((folder) =>
            filesBelow(join(root, folder), (name) => /\.(py|sql|ts)$/.test(name)),
        );
        const inAws = code.filter((file) => !/[\\/]tests[\\/]/.test(file));

        expect(inAws.length).to.be.greaterThan(30);
        expect(inAws.filter((file) => foreign.test(readFileSync(file, "utf8")))).to.deep.equal([]);
    });
});

describe("the search for circles", () => {
    it("finds one of any length, and none where paths only meet again", () => {
        const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

        expect(findCycle(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).to.deep.equal([]);
        expect(findCycle(graph({ a: ["a"] }))).to.deep.equal(["a", "a"]);
        expect(findCycle(graph({ a: ["b"], b: ["c"], c: ["b"] }))).to.deep.equal(["b", "c", "b"]);
    });
});
