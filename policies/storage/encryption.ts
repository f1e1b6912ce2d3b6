/** Encryption of buckets and objects, at rest and on the way. */
import { expectOneOf, expectTrue, isCustomerKey } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { labelOf, readDocument } from "../iam/document";
import {
    applies,
    pinnedKeys,
    refuses,
    whereInsecure,
    whereOtherKey,
    whereTlsBelow,
    type Headers,
} from "../iam/transport";
import {
    block,
    bucketType,
    docs,
    eachBucket,
    eachPolicy,
    part,
    receivesLogs,
    settingsOf,
    targets,
    visible,
    type Settings,
} from "./buckets";

const atRest = stackPolicy({
    name: "s3-bucket-encryption",
    title: "Buckets encrypt under a customer-managed key",
    risk: "Under S3's own key anyone with s3:GetObject reads the data; a key of one's own is a second lock, with an audit trail. A bucket that receives access logs of S3 or audit logs of Redshift is the exception: they can't be delivered under KMS.",
    severity: "high",
    remedy: "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId and bucketKeyEnabled; AES256 for a bucket of such logs.",
    url: `${docs}UsingKMSEncryption.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "encryption",
            property: "serverSideEncryptionConfiguration",
            fix: "encrypt under a customer-managed KMS key",
        };
        eachBucket(
            stack,
            verdictOn,
            missing,
            (bucket) => {
                const found = encryptionOf(stack, bucket);
                const logs = receivesLogs(stack, bucket);
                if (logs === true && found.at.length === 0) return undefined; // AES256 is S3's default
                return { ...found, uncertain: found.uncertain || logs === undefined };
            },
            (rules, verdict, bucket) => {
                const logs = receivesLogs(stack, bucket);
                if (logs === undefined) verdict.unseen(rules);
                else if (logs) judgeLogRules(rules, verdict);
                else judgeRules(rules, verdict);
            },
        );
    },
});

const encryptionOf = (stack: Stack, bucket: Subject): Settings =>
    settingsOf(
        stack,
        bucket,
        "ServerSideEncryptionConfiguration",
        "rules",
        "serverSideEncryptionConfiguration.rule",
        "serverSideEncryptionConfigurations",
    );

/** The rules themselves, which older resources wrap once more. */
const unwrapped = (rules: readonly Property[]): readonly Property[] =>
    rules.flatMap((rule) => (rule.at("rules").absent ? [rule] : rule.at("rules").items));

/** What a rule does by default. */
const byDefaultOf = (rule: Property): Property => block(rule, "applyServerSideEncryptionByDefault");

function judgeRules(rules: Property, verdict: Verdict): void {
    const { seen, all } = visible(rules, verdict);
    const list = unwrapped(seen);
    if (all && list.length === 0) {
        const fix = "add a rule with a customer-managed KMS key";
        verdict.violation({ finding: "encryption", property: rules.path, found: rules.value, fix });
    }
    for (const rule of list) {
        const byDefault = byDefaultOf(rule);
        const algorithm = byDefault.at("sseAlgorithm");
        expectOneOf(verdict, algorithm, ["aws:kms", "aws:kms:dsse"], {
            finding: "sseAlgorithm",
            fix: "set it to aws:kms",
        });
        const key = byDefault.at("kmsMasterKeyId");
        if (!key.unknown && !isCustomerKey(key.value)) {
            const fix = "name a customer-managed KMS key";
            verdict.violation({
                finding: "kmsMasterKeyId",
                property: key.path,
                found: key.value,
                fix,
            });
        }
        // Dual-layer encryption takes no bucket key; of an algorithm that isn't known yet, it was said above.
        if (algorithm.known && algorithm.value !== "aws:kms:dsse") {
            const fix = "set it to true; it saves nearly all calls to KMS";
            expectTrue(verdict, rule.at("bucketKeyEnabled"), { finding: "bucketKeyEnabled", fix });
        }
    }
}

function judgeLogRules(rules: Property, verdict: Verdict): void {
    for (const rule of visible(rules, verdict).seen) {
        expectOneOf(
            verdict,
            rule.at("applyServerSideEncryptionByDefault.sseAlgorithm"),
            ["AES256"],
            {
                finding: "sseAlgorithm",
                absentIsFine: true,
                fix: "set it to AES256; these logs aren't delivered to a bucket under KMS",
            },
        );
    }
}

const transport = stackPolicy({
    name: "s3-bucket-tls-only",
    title: "Bucket policies refuse plain HTTP",
    risk: "S3 answers plain HTTP as well: data and signatures can be read on the way.",
    severity: "high",
    fsbp: ["S3.5"],
    remedy: "Add a statement that denies s3:* to everyone, on the bucket and its objects, where aws:SecureTransport is false.",
    url: `${docs}security-best-practices.html`,
    judge: (stack, verdictOn) => {
        const fix = "deny s3:* on the bucket and its objects where aws:SecureTransport is false";
        const finding = { name: "tls", found: "silent on plain HTTP, or only in part", fix };
        eachPolicy(stack, verdictOn, finding, (document, name) =>
            refuses(document, "s3:AnyAction", targets(document, name), whereInsecure),
        );
    },
});

const tlsVersion = stackPolicy({
    name: "s3-bucket-tls-version",
    title: "Bucket policies refuse TLS below 1.2",
    risk: "Old versions of TLS can be broken by whoever stands in between.",
    severity: "medium",
    remedy: "Add a statement that denies s3:* to everyone where s3:TlsVersion is less than 1.2.",
    url: `${docs}security-best-practices.html`,
    judge: (stack, verdictOn) => {
        const fix = "deny s3:* on the bucket and its objects where s3:TlsVersion is less than 1.2";
        const finding = { name: "tls-version", found: "silent on old TLS, or only in part", fix };
        eachPolicy(stack, verdictOn, finding, (document, name) =>
            refuses(document, "s3:AnyAction", targets(document, name), whereTlsBelow(1.2)),
        );
    },
});

const uploadKey = stackPolicy({
    name: "s3-bucket-upload-encryption",
    title: "Bucket policies refuse uploads under another key",
    risk: "Default encryption only serves who asks for nothing: an upload may name any key, one of another account too, and lock the owner out.",
    severity: "medium",
    remedy: "Deny s3:PutObject where s3:x-amz-server-side-encryption-aws-kms-key-id is given and isn't the bucket's key.",
    url: `${docs}UsingKMSEncryption.html`,
    judge: (stack, verdictOn) => {
        const fix = "deny s3:PutObject where the request names another KMS key";
        const finding = { name: "upload-key", found: "silent on uploads under other keys", fix };
        eachPolicy(
            stack,
            verdictOn,
            finding,
            (document, name) =>
                refuses(document, "s3:PutObject", [targets(document, name)[1]], whereOtherKey),
            (bucket) => holdsData(stack, bucket),
        );
        for (const bucket of stack.of(bucketType)) {
            if (holdsData(stack, bucket) === true) judgePinnedKey(stack, bucket, verdictOn(bucket));
        }
    },
});

/** False for a bucket of logs, which isn't under KMS; `undefined` where that can't be seen yet. */
function holdsData(stack: Stack, bucket: Subject): boolean | undefined {
    const logs = receivesLogs(stack, bucket);
    return logs === undefined ? undefined : !logs;
}

/** The key that uploads are held to must be the one that the bucket uses by default. */
function judgePinnedKey(stack: Stack, bucket: Subject, verdict: Verdict): void {
    const rules = encryptionOf(stack, bucket).at.flatMap(({ items }) => unwrapped(items));
    const own = rules.map((rule) => keyIdOf(byDefaultOf(rule).at("kmsMasterKeyId").text ?? ""));
    const documents = settingsOf(stack, bucket, "Policy", "policy", "policy").at.map(readDocument);
    for (const reading of documents) {
        if (reading.kind !== "document") continue;
        const refusals = reading.document.statements.filter(({ effect }) => effect === "Deny");
        for (const statement of refusals.filter(whereOtherKey)) {
            const pinned = pinnedKeys(statement).map(keyIdOf);
            if (pinned.length === 0 || [...own, ...pinned].includes(undefined)) continue;
            if (own.some((key) => pinned.includes(key)) || own.length === 0) continue;
            verdict.violation({
                finding: "pinned-key",
                property: `policy ${labelOf(statement)}`,
                found: `uploads held to ${pinnedKeys(statement).join(", ")}, not the bucket's own key`,
                fix: "name the key that the bucket uses by default",
            });
        }
    }
}

/** The id in the ARN of a key, or the id itself; `undefined` for aliases and patterns. */
const keyIdOf = (key: string): string | undefined =>
    /^(?:arn:[\w-]+:kms:[\w-]*:\d*:key\/)?([\w-]+)$/.exec(key)?.[1];

/** Headers of uploads that don't end under the bucket's own key. */
const strangeUploads: readonly { readonly what: string; readonly headers: Headers }[] = [
    { what: "S3's own key", headers: { "s3:x-amz-server-side-encryption": "AES256" } },
    {
        what: "another KMS key",
        headers: {
            "s3:x-amz-server-side-encryption": "aws:kms",
            "s3:x-amz-server-side-encryption-aws-kms-key-id":
                "arn:aws:kms:eu-west-1:000000000000:key/another",
        },
    },
    { what: "the key that AWS manages", headers: { "s3:x-amz-server-side-encryption": "aws:kms" } },
    {
        what: "a key that the client keeps",
        headers: { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" },
    },
];

const uploadVariants = stackPolicy({
    name: "s3-bucket-upload-variants",
    title: "Bucket policies refuse every way around the bucket's key",
    risk: "One forgotten header is enough: S3's own key, the one that AWS manages, another KMS key, or one that only the client has.",
    severity: "low",
    level: "advisory",
    remedy: "Deny s3:PutObject for another algorithm, for another key id, for aws:kms without a key id, and for client keys.",
    url: `${docs}UsingKMSEncryption.html`,
    judge: (stack, verdictOn) => {
        for (const { what, headers } of strangeUploads) {
            const fix = "deny s3:PutObject with these headers";
            const finding = {
                name: `upload::${what}`,
                found: `silent on uploads under ${what}`,
                fix,
            };
            eachPolicy(
                stack,
                verdictOn,
                finding,
                (document, name) =>
                    refuses(document, "s3:PutObject", [targets(document, name)[1]], (statement) =>
                        applies(statement, headers),
                    ),
                (bucket) => holdsData(stack, bucket),
            );
        }
    },
});

const objects = resourcePolicy({
    name: "s3-object-encryption",
    title: "Objects keep their bucket's encryption",
    risk: "An object may name its own encryption and so fall back to S3's key.",
    severity: "high",
    types: [part("Object"), part("Objectv2"), "aws:s3/objectCopy:ObjectCopy"],
    remedy: "Leave serverSideEncryption out, so that the bucket's default counts, or set aws:kms with a customer-managed key.",
    url: `${docs}UsingKMSEncryption.html`,
    judge: (object, verdict) => {
        const fix = "remove it, or set it to aws:kms";
        expectOneOf(verdict, object.at("serverSideEncryption"), ["aws:kms", "aws:kms:dsse"], {
            absentIsFine: true,
            fix,
        });
        const key = object.at("kmsKeyId");
        if (key.known && !isCustomerKey(key.value)) {
            const fix = "remove it, or name a customer-managed key";
            verdict.violation({ finding: "kmsKeyId", property: key.path, found: key.value, fix });
        }
    },
});

export const encryption: readonly Policy[] = [
    atRest,
    transport,
    tlsVersion,
    uploadKey,
    uploadVariants,
    objects,
];
