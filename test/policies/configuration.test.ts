/** Levels and parameters of policies, given as `--policy-pack-config` gives them. */
import { expect } from "chai";
import { expectRejection } from "../support/errors";
import {
    account,
    allow,
    configure,
    document,
    judged,
    keyArn,
    resource,
    unknown,
    usePack,
} from "./support";

const bucket = resource("aws:s3/bucket:Bucket", "data", { bucket: "data", forceDestroy: true });
const key = resource("aws:kms/key:Key", "key", {
    enableKeyRotation: true,
    deletionWindowInDays: 14,
});
const cluster = resource("aws:redshift/cluster:Cluster", "warehouse", {
    clusterIdentifier: "warehouse",
    encrypted: unknown,
    kmsKeyId: keyArn,
});

describe("configuration of the policies", () => {
    usePack();
    afterEach(() => configure());

    it("switches on what is off: s3-bucket-object-lock", async () => {
        expect((await judged(bucket)).of("s3-bucket-object-lock")).to.deep.equal([]);
        await configure({ "s3-bucket-object-lock": "mandatory" });
        expect((await judged(bucket)).of("s3-bucket-object-lock")).to.deep.equal([
            "objectLockEnabled",
        ]);
        const locked = resource("aws:s3/bucket:Bucket", "data", {
            bucket: "data",
            objectLockEnabled: true,
        });
        expect((await judged(locked)).of("s3-bucket-object-lock")).to.deep.equal([]);
    });

    it("leaves what is switched on to be seen later: s3-bucket-object-lock", async () => {
        await configure({ "s3-bucket-object-lock": "mandatory" });
        const later = resource("aws:s3/bucket:Bucket", "data", { objectLockEnabled: unknown });
        const outcome = await judged(later);
        expect(outcome.of("s3-bucket-object-lock")).to.deep.equal([]);
        expect(outcome.unseen("s3-bucket-object-lock")).to.equal(true);
    });

    it("refuses settings of other stacks where it is told so", async () => {
        const job = resource("aws:glue/job:Job", "job", { securityConfiguration: "elsewhere" });
        expect((await judged(job)).of("named-settings-in-stack")).to.deep.equal([]);
        await configure({ "named-settings-in-stack": { allowOutside: false } });
        expect((await judged(job)).of("named-settings-in-stack")).to.deep.equal([
            "securityConfiguration",
        ]);
    });

    it("switches on what is off: data-protected", async () => {
        await configure({ "data-protected": "mandatory" });
        expect((await judged(bucket)).of("data-protected")).to.deep.equal([
            "protect",
            "forceDestroy",
        ]);
        expect((await judged({ ...key, protect: true })).of("data-protected")).to.deep.equal([]);
    });

    it("switches off what is on", async () => {
        await configure({ "s3-bucket-encryption": "disabled" });
        expect((await judged(bucket)).of("s3-bucket-encryption")).to.deep.equal([]);
    });

    it("makes a limit stricter", async () => {
        expect((await judged(key)).of("kms-key-recoverable")).to.deep.equal([]);
        await configure({ "kms-key-recoverable": { minimumDays: 30 } });
        expect((await judged(key)).of("kms-key-recoverable")).to.deep.equal([
            "deletionWindowInDays",
        ]);
    });

    it("names accounts that are trusted", async () => {
        const topic = resource("aws:sns/topic:Topic", "t", {
            arn: `arn:aws:sns:eu-west-1:${account}:t`,
        });
        const foreign = {
            ...allow("sns:Publish", "*"),
            Principal: { AWS: "arn:aws:iam::999999999999:root" },
        };
        const policy = resource("aws:sns/topicPolicy:TopicPolicy", "p", {
            arn: `arn:aws:sns:eu-west-1:${account}:t`,
            policy: document(foreign),
        });
        expect((await judged(topic, policy)).of("foreign-accounts")).to.deep.equal([
            "Account::999999999999",
        ]);
        await configure({ "foreign-accounts": { trustedAccounts: ["999999999999"] } });
        expect((await judged(topic, policy)).of("foreign-accounts")).to.deep.equal([]);
    });

    it("notes once per resource what it can't see, without failing", async () => {
        const { diagnostics } = await judged(cluster);
        const notes = diagnostics.filter(({ policy }) => policy === "not-evaluated-at-preview");
        expect(notes.map(({ level }) => level)).to.deep.equal(["advisory"]);
        expect(notes[0]?.message).to.include('"warehouse" encrypted (redshift-encryption)');
    });

    it("fails on what it can't see where strictUnknown says so", async () => {
        await configure({ "not-evaluated-at-preview": { strictUnknown: true } });
        const { diagnostics } = await judged(cluster);
        const [note] = diagnostics.filter(({ policy }) => policy === "not-evaluated-at-preview");
        expect(note?.level).to.equal("mandatory");
    });

    it("refuses a policy that the pack doesn't have, naming it", async () => {
        await expectRejection(
            configure({ "s3-encryption": "mandatory" }),
            /no policy of the pack: s3-encryption/,
        );
    });

    it("refuses what no policy has, saying everything that is wrong", async () => {
        const wrong = {
            "kms-key-rotation": { maximumDays: "90", minimumDays: 1 },
            "s3-bucket-encryption": "madatory",
        } as unknown as Parameters<typeof configure>[0];
        await expectRejection(
            configure(wrong),
            /maximumDays is a string, not a number; kms-key-rotation has no parameter minimumDays; .*madatory is no level/,
        );
    });
});
