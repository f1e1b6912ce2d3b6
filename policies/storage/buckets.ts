/** A bucket and the resources that hold its settings. */
import { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { readDocument, type PolicyDocument } from "../iam/document";

export const bucketType = "aws:s3/bucket:Bucket";

/** Type of the resource that holds one kind of setting, such as `Versioning`. */
export const part = (name: string) => `aws:s3/bucket${name}:Bucket${name}`;

/** Where the user guide stands. */
export const docs = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/";

/** Places of a setting, and whether there may be more of them that can't be seen yet. */
export interface Settings {
    readonly at: readonly Property[];
    readonly uncertain: boolean;
}

/** The places where a bucket may have a setting: a resource of its own comes before the bucket itself. */
export function settingsOf(
    stack: Stack,
    bucket: Subject,
    type: string,
    property: string,
    ...inline: readonly string[]
): Settings {
    const { found, uncertain } = stack.joined(bucket, "bucket", part(type));
    if (found.length > 0) return { at: found.map((subject) => subject.at(property)), uncertain };
    if (uncertain) return { at: [], uncertain }; // a resource of its own would come first
    const own = inline.map((name) => bucket.at(name)).filter((setting) => !setting.absent);
    const filled = own.filter(({ value }) => !(Array.isArray(value) && value.length === 0));
    return { at: filled, uncertain };
}

/** Whether another bucket of the stack has its access logs delivered here; `undefined` where that can't be seen yet. */
export function receivesAccessLogs(stack: Stack, bucket: Subject): boolean | undefined {
    const apart = stack.joined(bucket, "targetBucket", part("Logging"));
    const others = apart.found.filter((logging) => !stack.refers(logging, "bucket", bucket));
    const inline = stack.joined(bucket, "logging.targetBucket", bucketType);
    const listed = stack
        .of(bucketType)
        .flatMap((other) => (other === bucket ? [] : other.at("loggings").items))
        .map((item) => item.at("targetBucket").text ?? "");
    if (others.length > 0 || inline.found.some((other) => other !== bucket)) return true;
    if (listed.some((name) => bucket.identities.includes(name))) return true;
    return apart.uncertain || inline.uncertain ? undefined : false;
}

/**
 * Whether logs come here that are only delivered to a bucket under S3's own key: access logs of S3, or audit logs of
 * Redshift (https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html); `undefined` where it can't be seen yet.
 */
export function receivesLogs(stack: Stack, bucket: Subject): boolean | undefined {
    const audits = [
        stack.joined(bucket, "bucketName", "aws:redshift/logging:Logging"),
        stack.joined(bucket, "logging.bucketName", "aws:redshift/cluster:Cluster"),
    ];
    if (audits.some(({ found }) => found.length > 0)) return true;
    const access = receivesAccessLogs(stack, bucket);
    return access === false && audits.some(({ uncertain }) => uncertain) ? undefined : access;
}

/** A block of settings, which `BucketV2` has as a list of one by a name in the plural. */
export function block(
    parent: { at(path: string): Property },
    name: string,
    plural = `${name}s`,
): Property {
    const own = parent.at(name);
    const [older = own] = own.absent ? parent.at(plural).items : [];
    return older;
}

/** Where a bucket says how it encrypts. */
export const encryptionOf = (stack: Stack, bucket: Subject): Settings =>
    settingsOf(
        stack,
        bucket,
        "ServerSideEncryptionConfiguration",
        "rules",
        "serverSideEncryptionConfiguration.rule",
        "serverSideEncryptionConfigurations",
    );

/** The rules themselves, which older resources wrap once more. */
export const unwrapped = (rules: readonly Property[]): readonly Property[] =>
    rules.flatMap((rule) => (rule.at("rules").absent ? [rule] : rule.at("rules").items));

/** What a rule does by default. */
export const byDefaultOf = (rule: Property): Property =>
    block(rule, "applyServerSideEncryptionByDefault");

/** What to say of a bucket without the setting. */
export interface Missing {
    readonly finding: string;
    readonly property: string;
    readonly fix: string;
}

/** Judges the setting of every bucket that `find` says anything of. */
export function eachBucket(
    stack: Stack,
    verdictOn: (subject: Subject) => Verdict,
    missing: Missing,
    find: (bucket: Subject) => Settings | undefined,
    judge: (setting: Property, verdict: Verdict, bucket: Subject) => void = () => undefined,
): void {
    for (const bucket of stack.of(bucketType)) {
        const settings = find(bucket);
        if (settings === undefined) continue;
        const verdict = verdictOn(bucket);
        for (const setting of settings.at) judge(setting, verdict, bucket);
        if (settings.at.length > 0) continue;
        if (settings.uncertain) verdict.unseen(missing.property);
        else verdict.violation({ ...missing, found: undefined });
    }
}

/** Elements of a list of rules; notes those that can't be seen yet, and says whether there are any. */
export function visible(
    rules: Property,
    verdict: Verdict,
): { seen: readonly Property[]; all: boolean } {
    const seen = rules.items.filter((rule) => !rule.unknown);
    const all = !rules.unknown && seen.length === rules.items.length;
    if (!all) verdict.unseen(rules);
    return { seen, all };
}

/** Judges the policy of every bucket that `concerns` says so of, inline or apart. */
export function eachPolicy(
    stack: Stack,
    verdictOn: (subject: Subject) => Verdict,
    finding: { readonly name: string; readonly found: string; readonly fix: string },
    holds: (document: PolicyDocument, bucketName: string) => boolean,
    concerns: (bucket: Subject) => boolean | undefined = () => true,
): void {
    for (const bucket of stack.of(bucketType)) {
        const concerned = concerns(bucket);
        if (concerned === false) continue;
        const verdict = verdictOn(bucket);
        const { at, uncertain } = settingsOf(stack, bucket, "Policy", "policy", "policy");
        const readings = at.map(readDocument);
        const documents = readings.flatMap((reading) =>
            reading.kind === "document" ? [reading.document] : [],
        );
        if (documents.some((document) => holds(document, bucket.at("bucket").text ?? "*")))
            continue;
        const { name, found, fix } = finding;
        if (
            uncertain ||
            concerned === undefined ||
            readings.some(({ kind }) => kind === "unknown")
        ) {
            verdict.unseen("policy");
        } else if (documents.length > 0)
            verdict.violation({ finding: name, property: "policy", found, fix });
        else verdict.violation({ finding: "policy", property: "policy", found: undefined, fix });
    }
}

/** Stand for the bucket and for anything in it; where its name isn't known, for whatever bucket the document names. */
export function targets(
    document: PolicyDocument,
    bucketName: string,
): readonly [bucket: string, object: string] {
    const resources = document.statements.flatMap((statement) => statement.resources);
    const used = resources
        .map((resource) => /^(arn:[\w-]+:s3:::)([^/]+)/.exec(resource))
        .find((match) => match !== null);
    const prefix = used?.[1] ?? "arn:aws:s3:::";
    const bucket = prefix + (bucketName === "*" ? (used?.[2] ?? "") : bucketName);
    return [bucket, `${bucket}/any/object`];
}
