/** Violations that a team accepts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { configure, judged, resource, usePack, without } from "./support";

const bucket = resource("aws:s3/bucket:Bucket", "data", { bucket: "data" });
const other = resource("aws:s3/bucket:Bucket", "other", { bucket: "other" });
const day = (fromNow: number) =>
    new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);

const exemption = {
    policy: "s3-bucket-access-logging",
    finding: "logging",
    urn: "urn:pulumi:*::loglake::*aws:s3/bucket:Bucket::data",
    reason: "scratch space of the nightly comparison; it holds nothing but copies",
    owner: "data-platform",
    expires: day(30),
};

const exempt = (...entries: object[]) => configure({ "policy-exemptions": { entries } });

describe("exemptions", () => {
    usePack();
    afterEach(() => configure());

    it("take one finding from one resource", async () => {
        await exempt(exemption);
        const outcome = await judged(bucket, other);
        const left = outcome.diagnostics.filter(({ policy }) => policy === exemption.policy);
        expect(left.map(({ urn }) => urn)).to.deep.equal([
            "urn:pulumi:test::loglake::aws:s3/bucket:Bucket::other",
        ]);
        expect(outcome.of("s3-bucket-versioning")).to.have.length(2);
    });

    it("take a finding of a resource that is judged by itself", async () => {
        const queue = resource("aws:sqs/queue:Queue", "work", { name: "work" });
        await exempt({
            ...exemption,
            policy: "sqs-queue-encryption",
            finding: "kmsMasterKeyId",
            urn: "urn:pulumi:*::loglake::aws:sqs/queue:Queue::w*",
        });
        const outcome = await judged(queue);
        expect(outcome.of("sqs-queue-encryption")).to.deep.equal([]);
        expect(outcome.of("policy-exemptions-used")).to.deep.equal(["in-use"]);
    });

    it("are printed where they are used, with reason, owner and end", async () => {
        await exempt(exemption);
        const { diagnostics } = await judged(bucket);
        const [note] = diagnostics.filter(({ policy }) => policy === "policy-exemptions-used");
        expect(note?.level).to.equal("advisory");
        for (const part of [exemption.reason, exemption.owner, exemption.expires, "data"])
            expect(note?.message).to.include(part);
    });

    it("come from a file too", async () => {
        const folder = mkdtempSync(join(tmpdir(), "exemptions-"));
        try {
            const file = join(folder, "exemptions.json");
            writeFileSync(file, JSON.stringify([exemption]));
            await configure({ "policy-exemptions": { file } });
            expect((await judged(bucket)).of(exemption.policy)).to.deep.equal([]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    const faults: Record<string, [string, object]> = {
        "that have expired": ["expired", { ...exemption, expires: day(-1) }],
        "that last too long": ["too-wide", { ...exemption, expires: day(500) }],
        "for every finding": ["too-wide", { ...exemption, finding: "*" }],
        "for every resource": ["too-wide", { ...exemption, urn: "*" }],
        "for every resource of a stack": [
            "too-wide",
            { ...exemption, urn: "urn:pulumi:dev::loglake::**" },
        ],
        "for every bucket": [
            "too-wide",
            { ...exemption, urn: "urn:pulumi:dev::loglake::aws:s3/bucket:Bucket::*" },
        ],
        "for every type": [
            "too-wide",
            { ...exemption, urn: "urn:pulumi:dev::loglake::aws:s3/*::data" },
        ],
        "without a reason": ["unexplained", without(exemption, "reason")],
        "with hardly a reason": ["unexplained", { ...exemption, reason: "we need it" }],
        "without an owner": ["incomplete", without(exemption, "owner")],
        "without an end": ["incomplete", without(exemption, "expires")],
        "with an end that is no day": ["incomplete", { ...exemption, expires: "next year" }],
        "for a policy that there isn't": ["incomplete", { ...exemption, policy: "s3-logging" }],
        "that are no objects": ["unexplained", ["x"]],
    };
    for (const [title, [kind, entry]] of Object.entries(faults)) {
        it(`are a violation themselves, and take nothing, ${title}`, async () => {
            await exempt(entry);
            const outcome = await judged(bucket);
            expect(outcome.of("policy-exemptions")).to.deep.equal([kind]);
            expect(outcome.of(exemption.policy)).to.deep.equal(["logging"]);
        });
    }

    it("are a violation themselves where nothing needs them", async () => {
        await exempt(exemption, {
            ...exemption,
            policy: "s3-bucket-versioning",
            finding: "versioning",
            urn: exemption.urn.replace("data", "nowhere"),
        });
        const outcome = await judged(bucket);
        expect(outcome.of("policy-exemptions-used")).to.deep.equal(["unused", "in-use"]);
    });

    it("are no violation where nothing needs them in a stack that they are not for", async () => {
        const unneeded = { ...exemption, urn: exemption.urn.replace("data", "nowhere") };
        const only = (head: string) => ({
            ...unneeded,
            urn: unneeded.urn.replace("pulumi:*::loglake", head),
        });
        const policy = "policy-exemptions-used";

        await exempt(only("pulumi:prod::loglake"), only("pulumi:*::clicks"));
        expect((await judged(bucket)).of(policy)).to.deep.equal([]);
        await exempt(only("pulumi:te*::loglake"));
        expect((await judged(bucket)).of(policy)).to.deep.equal(["unused"]);
    });

    it("are a violation themselves where their file can't be read", async () => {
        await configure({ "policy-exemptions": { file: "nowhere.json" } });
        expect((await judged(bucket)).of("policy-exemptions")).to.deep.equal(["unreadable"]);
    });
});
