/** Encryption of buckets and objects, at rest and on the way. */
import { expectOneOf, expectTrue, isCustomerKey } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Verdict } from "../core/verdict";
import { refuses, whereInsecure, whereTlsBelow } from "../iam/transport";
import {
    byDefaultOf,
    docs,
    eachBucket,
    eachPolicy,
    encryptionOf,
    part,
    receivesLogs,
    targets,
    unwrapped,
    visible,
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

export const encryption: readonly Policy[] = [atRest, transport, tlsVersion, objects];
