/** The stacks themselves: without a violation as they are, and with one as soon as a guarded input is weaker. */
import { expect } from "chai";
import type { Analyzer, Diagnostic } from "../../local/policy/analyzer";
import { analyzed, judge, stackOf } from "../../local/policy/judge";
import { readConfig, startPack } from "../../local/policy/pack";
import { mandatory } from "../../local/policy/report";
import type { Resource } from "../../local/program/mockEngine";
import { deployed, previewed, stacks } from "../support/stacks";
import { mutantsOf, type Mutant } from "./mutants";
import { findingOf } from "./support";

/** Mutants that are no weaker, or that other guards outlive: by what they are, with why. */
const survivors: readonly { readonly title: RegExp; readonly why: string }[] = [
    {
        title: /EncryptionConfiguration \S+-access-logs removed/,
        why: "AES256, which access logs need, is S3's default",
    },
    {
        title: /LogGroup \S+ removed/,
        why: "the service is told the group's ARN and makes none by itself: it would fail",
    },
    {
        title: /BucketPolicy \S+-access-logs policy: Deny(OtherEncryption|CustomerKeys)/,
        why: "only S3's log delivery may write there",
    },
    {
        title: /policy: CreateTaggedInterface (without|under) conditions/,
        why: "EC2 lets interfaces of instances be made without tags only; the right exists twice",
    },
    {
        title: /SecurityGroupEgressRule .* the internet/,
        why: "HTTPS only, and the subnets have no way to the internet",
    },
    {
        title: /VpcEndpoint .* policy: .*(any action|:\*)/,
        why: "the callers' account is still a condition, and their own policies decide",
    },
];

const key = ({ policy, urn, message }: Diagnostic) => [policy, urn, findingOf(message)].join("|");

/** Mandatory violations, each by a key. */
const keysOf = (diagnostics: readonly Diagnostic[]) =>
    diagnostics.filter(({ level }) => level === "mandatory").map(key);

for (const stack of stacks) {
    describe(`the policies on the stack ${stack}`, function () {
        this.timeout(300_000);
        let analyzer: Analyzer;
        before(async () => {
            analyzer = await startPack({ stack, config: readConfig() });
        });
        after(() => analyzer.close());

        it("find no violation", async () => {
            const judgement = await judge(analyzer, (await deployed(stack)).resources);
            expect(mandatory(judgement)).to.deep.equal([]);
        });

        it("find none in its first preview, and say what they couldn't see", async () => {
            const judgement = await judge(analyzer, (await previewed(stack)).resources);
            expect(mandatory(judgement)).to.deep.equal([]);
            expect(judgement.findings.some(({ finding }) => finding === "not-evaluated")).to.equal(
                true,
            );
        });

        it("catch at least 97 of 100 weakened inputs, and the rest has its reasons", async function () {
            const { resources } = await deployed(stack);
            const known = new Set(await all(analyzer, resources));
            const missed: string[] = [];
            let count = 0;
            for (const mutant of mutantsOf(resources)) {
                count++;
                if (!(await caught(analyzer, mutant, known))) missed.push(mutant.title);
            }
            this.runnable().title = `catch ${String(count - missed.length)} of ${String(count)} weakened inputs, and the rest has its reasons`;
            expect(count).to.be.greaterThan(300);
            expect(
                missed.filter((title) => !survivors.some((survivor) => survivor.title.test(title))),
            ).to.deep.equal([]);
            expect(missed.length / count).to.be.at.most(0.03);
        });
    });
}

async function all(analyzer: Analyzer, resources: readonly Resource[]): Promise<readonly string[]> {
    const found: Diagnostic[] = [];
    for (const resource of resources)
        found.push(...(await analyzer.analyze(analyzed(resource, resource.inputs))));
    return keysOf([...found, ...(await analyzer.analyzeStack(stackOf(resources)))]);
}

/** By itself first, which takes milliseconds; as a stack where that isn't enough. */
async function caught(
    analyzer: Analyzer,
    mutant: Mutant,
    known: ReadonlySet<string>,
): Promise<boolean> {
    const { changed, resources } = mutant;
    const isNew = (found: readonly Diagnostic[]) => keysOf(found).some((name) => !known.has(name));
    if (changed !== undefined && isNew(await analyzer.analyze(analyzed(changed, changed.inputs))))
        return true;
    return isNew(await analyzer.analyzeStack(stackOf(resources)));
}
