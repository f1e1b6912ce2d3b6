/** Uploads that bucket policies refuse because they don't end under the bucket's own key. */
import { stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { labelOf, readDocument } from "../iam/document";
import { applies, pinnedKeys, refuses, whereOtherKey, type Headers } from "../iam/transport";
import {
    bucketType,
    byDefaultOf,
    docs,
    eachPolicy,
    encryptionOf,
    receivesLogs,
    settingsOf,
    targets,
    unwrapped,
} from "./buckets";

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

export const uploads: readonly Policy[] = [uploadKey, uploadVariants];
