/** S3: every bucket together with the resources that hold its settings. */
import { expectNotTrue, expectOneOf, expectTrue, isCustomerKey } from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";
import { Property } from "./core/property";
import type { Stack } from "./core/stack";
import type { Subject } from "./core/subject";
import type { Verdict } from "./core/verdict";
import { readDocument, type PolicyDocument } from "./iam/document";
import { refuses, whereInsecure, whereOtherKey, whereTlsBelow } from "./iam/transport";

const bucketType = "aws:s3/bucket:Bucket";
const part = (name: string) => `aws:s3/bucket${name}:Bucket${name}`;
const docs = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/";

/** The places where a bucket may have a setting: resources of its own first, then the bucket itself. */
function settings(
    stack: Stack,
    bucket: Subject,
    type: string,
    property: string,
    ...inline: string[]
): { readonly at: readonly Property[]; readonly uncertain: boolean } {
    const { found, uncertain } = stack.joined(bucket, "bucket", part(type));
    const apart = found.map((subject) => subject.at(property));
    if (apart.length > 0) return { at: apart, uncertain };
    const own = inline.map((name) => bucket.at(name)).filter((setting) => !setting.absent);
    return {
        at: own.filter(({ value }) => !(Array.isArray(value) && value.length === 0)),
        uncertain,
    };
}

/** True if S3 or another bucket of the stack delivers access logs into it. */
function receivesAccessLogs(stack: Stack, bucket: Subject): boolean {
    return (
        stack.joined(bucket, "targetBucket", part("Logging")).found.length > 0 ||
        stack
            .of(bucketType)
            .some((other) =>
                ["logging", "loggings"].some((name) =>
                    other
                        .at(name)
                        .items.some((item) =>
                            bucket.identities.includes(item.at("targetBucket").text ?? ""),
                        ),
                ),
            )
    );
}

/** Judges every bucket by a setting; where none is found, says so, or that it can't be seen. */
function eachBucket(
    stack: Stack,
    verdictOn: (subject: Subject) => Verdict,
    find: (bucket: Subject) => ReturnType<typeof settings>,
    judge: (setting: Property, verdict: Verdict, bucket: Subject) => void,
    missing: { readonly finding: string; readonly property: string; readonly fix: string },
): void {
    for (const bucket of stack.of(bucketType)) {
        const verdict = verdictOn(bucket);
        const { at, uncertain } = find(bucket);
        if (at.length > 0) for (const setting of at) judge(setting, verdict, bucket);
        else if (uncertain) verdict.unseen(missing.property);
        else verdict.violation({ ...missing, found: undefined });
    }
}

const encryption = stackPolicy({
    name: "s3-bucket-encryption",
    title: "Buckets encrypt under a customer-managed key",
    risk: "Under S3's own key anyone with s3:GetObject reads the data; a key of one's own is a second lock, with an audit trail. A bucket that receives access logs is the exception: under KMS, delivery stops without an error.",
    severity: "high",
    remedy: "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId and bucketKeyEnabled; AES256 for a bucket of access logs.",
    url: `${docs}UsingKMSEncryption.html`,
    judge: (stack, verdictOn) => {
        const find = (bucket: Subject) => {
            const found = settings(
                stack,
                bucket,
                "ServerSideEncryptionConfiguration",
                "rules",
                "serverSideEncryptionConfiguration.rule",
                "serverSideEncryptionConfigurations",
            );
            return receivesAccessLogs(stack, bucket) && found.at.length === 0
                ? { at: [new Property("rules", [])], uncertain: false }
                : found;
        };
        const missing = {
            finding: "encryption",
            property: "serverSideEncryptionConfiguration",
            fix: "encrypt under a customer-managed KMS key",
        };
        eachBucket(
            stack,
            verdictOn,
            find,
            (rules, verdict, bucket) => {
                if (receivesAccessLogs(stack, bucket)) judgeLogEncryption(rules, verdict);
                else judgeEncryption(rules, verdict);
            },
            missing,
        );
    },
});

function judgeEncryption(rules: Property, verdict: Verdict): void {
    if (rules.unknown) return verdict.unseen(rules);
    const list = rules.items.flatMap((rule) =>
        rule.at("rules").absent ? [rule] : rule.at("rules").items,
    );
    if (list.length === 0) {
        verdict.violation({
            finding: "encryption",
            property: rules.path,
            found: rules.value,
            fix: "add a rule with a customer-managed KMS key",
        });
    }
    for (const rule of list) {
        const [byDefault = rule.at("applyServerSideEncryptionByDefault")] = [
            ...rule.at("applyServerSideEncryptionByDefault").items,
            ...rule.at("applyServerSideEncryptionByDefaults").items,
        ];
        expectOneOf(verdict, byDefault.at("sseAlgorithm"), ["aws:kms", "aws:kms:dsse"], {
            finding: "sseAlgorithm",
            fix: "set it to aws:kms",
        });
        const key = byDefault.at("kmsMasterKeyId");
        if (!key.unknown && !isCustomerKey(key.value)) {
            verdict.violation({
                finding: "kmsMasterKeyId",
                property: key.path,
                found: key.value,
                fix: "name a customer-managed KMS key",
            });
        }
        if (byDefault.at("sseAlgorithm").value !== "aws:kms:dsse") {
            expectTrue(verdict, rule.at("bucketKeyEnabled"), {
                finding: "bucketKeyEnabled",
                fix: "set it to true; it saves nearly all calls to KMS",
            });
        }
    }
}

function judgeLogEncryption(rules: Property, verdict: Verdict): void {
    if (rules.unknown) return verdict.unseen(rules);
    for (const rule of rules.items) {
        expectOneOf(
            verdict,
            rule.at("applyServerSideEncryptionByDefault.sseAlgorithm"),
            ["AES256"],
            {
                finding: "sseAlgorithm",
                absentIsFine: true,
                fix: "set it to AES256; S3 doesn't deliver access logs to a bucket under KMS",
            },
        );
    }
}

const publicAccess = stackPolicy({
    name: "s3-bucket-public-access-block",
    title: "Buckets block public access",
    risk: "Without the four blocks, one policy or ACL written in haste opens the data to the internet.",
    severity: "critical",
    fsbp: ["S3.8", "S3.2", "S3.3"],
    remedy: "Add a BucketPublicAccessBlock with all four settings true.",
    url: `${docs}access-control-block-public-access.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "block",
            property: "publicAccessBlock",
            fix: "add a BucketPublicAccessBlock with all four settings true",
        };
        const account = stack.of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
        const find = (bucket: Subject) =>
            account[0] === undefined
                ? settings(stack, bucket, "PublicAccessBlock", "bucket")
                : { at: [account[0].at("accountId")], uncertain: false };
        const names = [
            "blockPublicAcls",
            "blockPublicPolicy",
            "ignorePublicAcls",
            "restrictPublicBuckets",
        ];
        eachBucket(stack, verdictOn, find, () => undefined, missing);
        for (const block of [...stack.of(part("PublicAccessBlock")), ...account]) {
            for (const name of names)
                expectTrue(verdictOn(block), block.at(name), { fix: "set it to true" });
        }
    },
});

/** Judges the policy of every bucket, inline or apart. */
function eachPolicy(
    stack: Stack,
    verdictOn: (subject: Subject) => Verdict,
    judge: (document: PolicyDocument, name: string, verdict: Verdict, bucket: Subject) => void,
    only: (bucket: Subject) => boolean,
    fix: string,
): void {
    for (const bucket of stack.of(bucketType).filter(only)) {
        const verdict = verdictOn(bucket);
        const { at, uncertain } = settings(stack, bucket, "Policy", "policy", "policy");
        const readings = at.map(readDocument);
        const documents = readings.flatMap((reading) =>
            reading.kind === "document" ? [reading.document] : [],
        );
        const unknown = uncertain || readings.some(({ kind }) => kind === "unknown");
        if (documents.length > 0) {
            for (const document of documents)
                judge(document, bucket.at("bucket").text ?? "*", verdict, bucket);
        } else if (unknown) verdict.unseen("policy");
        else verdict.violation({ finding: "policy", property: "policy", found: undefined, fix });
    }
}

/** Stand for the bucket and for anything in it; where the name isn't known, whatever name the document uses. */
function targets(document: PolicyDocument, name: string): string[] {
    const used = document.statements
        .flatMap(({ resources }) => resources)
        .find((resource) => /^arn:[\w-]+:s3:::[^/*]+/.test(resource));
    const arn = /^(arn:[\w-]+:s3:::[^/]+)/.exec(used ?? "")?.[1] ?? "arn:aws:s3:::";
    const bucket = name === "*" ? arn : `${arn.slice(0, arn.lastIndexOf(":") + 1)}${name}`;
    return [bucket, `${bucket}/any/object`];
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
        eachPolicy(
            stack,
            verdictOn,
            (document, name, verdict) => {
                if (!refuses(document, "s3:AnyAction", targets(document, name), whereInsecure)) {
                    verdict.violation({
                        finding: "tls",
                        property: "policy",
                        found: "silent on plain HTTP, or only in part",
                        fix,
                    });
                }
            },
            () => true,
            fix,
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
        eachPolicy(
            stack,
            verdictOn,
            (document, name, verdict) => {
                if (
                    !refuses(document, "s3:AnyAction", targets(document, name), whereTlsBelow(1.2))
                ) {
                    verdict.violation({
                        finding: "tls-version",
                        property: "policy",
                        found: "silent on old TLS, or only in part",
                        fix,
                    });
                }
            },
            () => true,
            fix,
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
        eachPolicy(
            stack,
            verdictOn,
            (document, name, verdict) => {
                if (
                    !refuses(
                        document,
                        "s3:PutObject",
                        targets(document, name).slice(1),
                        whereOtherKey,
                    )
                ) {
                    verdict.violation({
                        finding: "upload-key",
                        property: "policy",
                        found: "silent on uploads under other keys",
                        fix,
                    });
                }
            },
            (bucket) => !receivesAccessLogs(stack, bucket),
            fix,
        );
    },
});

const acls = stackPolicy({
    name: "s3-bucket-acls-off",
    title: "ACLs are off",
    risk: "An ACL gives access that no policy shows, object by object, to other accounts or to everyone.",
    severity: "high",
    fsbp: ["S3.12"],
    remedy: "Set BucketOwnershipControls to BucketOwnerEnforced, AWS's default for new buckets, and use policies.",
    url: `${docs}about-object-ownership.html`,
    judge: (stack, verdictOn) => {
        for (const controls of stack.of(part("OwnershipControls"))) {
            expectOneOf(
                verdictOn(controls),
                controls.at("rule.objectOwnership"),
                ["BucketOwnerEnforced"],
                { fix: "set it to BucketOwnerEnforced" },
            );
        }
        for (const bucket of stack.of(
            bucketType,
            part("Acl"),
            part("Object"),
            part("Objectv2"),
            "aws:s3/objectCopy:ObjectCopy",
        )) {
            expectOneOf(
                verdictOn(bucket),
                bucket.at("acl"),
                ["private", "bucket-owner-full-control"],
                { absentIsFine: true, fix: "remove it and use a bucket policy" },
            );
        }
    },
});

const versioning = stackPolicy({
    name: "s3-bucket-versioning",
    title: "Buckets keep versions",
    risk: "Without versions an overwrite or a deletion, by mistake or by an intruder, is final.",
    severity: "medium",
    remedy: "Add a BucketVersioning with status Enabled.",
    url: `${docs}Versioning.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "versioning",
            property: "versioning",
            fix: "add a BucketVersioning with status Enabled",
        };
        const find = (bucket: Subject) =>
            settings(
                stack,
                bucket,
                "Versioning",
                "versioningConfiguration.status",
                "versioning.enabled",
                "versionings",
            );
        eachBucket(
            stack,
            verdictOn,
            find,
            (status, verdict) => {
                const [actual = status] = status.path.startsWith("versionings")
                    ? status.items.map((item) => item.at("enabled"))
                    : [status];
                expectOneOf(verdict, actual, ["Enabled", true], {
                    finding: "versioning",
                    fix: "set it to Enabled",
                });
            },
            missing,
        );
    },
});

const lifecycle = stackPolicy({
    name: "s3-bucket-lifecycle",
    title: "Buckets have a lifecycle that also ends incomplete uploads",
    risk: "Data outlives its purpose, and parts of broken uploads are paid for and never seen.",
    severity: "low",
    fsbp: ["S3.13"],
    remedy: "Add a BucketLifecycleConfiguration with an enabled rule that has abortIncompleteMultipartUpload.",
    url: `${docs}mpu-abort-incomplete-mpu-lifecycle-config.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "lifecycle",
            property: "lifecycleConfiguration",
            fix: "add a BucketLifecycleConfiguration",
        };
        const find = (bucket: Subject) =>
            settings(stack, bucket, "LifecycleConfiguration", "rules", "lifecycleRules");
        eachBucket(
            stack,
            verdictOn,
            find,
            (rules, verdict) => {
                if (rules.unknown) return verdict.unseen(rules);
                const enabled = rules.items.filter(
                    (rule) =>
                        rule.at("status").value === "Enabled" || rule.at("enabled").value === true,
                );
                if (enabled.length === 0) {
                    verdict.violation({
                        finding: "lifecycle",
                        property: rules.path,
                        found: "no enabled rule",
                        fix: "enable one",
                    });
                } else if (
                    !enabled.some(
                        (rule) =>
                            !rule.at("abortIncompleteMultipartUpload").absent ||
                            !rule.at("abortIncompleteMultipartUploadDays").absent,
                    )
                ) {
                    verdict.violation({
                        finding: "incomplete-uploads",
                        property: rules.path,
                        found: "silent on incomplete uploads",
                        fix: "add abortIncompleteMultipartUpload to a rule",
                    });
                }
            },
            missing,
        );
    },
});

const accessLogs = stackPolicy({
    name: "s3-bucket-access-logging",
    title: "Buckets log who reads and writes",
    risk: "After an incident nobody can say what was taken, or by whom.",
    severity: "medium",
    fsbp: ["S3.9"],
    remedy: "Add a BucketLogging to a bucket of its own; that bucket itself needs none.",
    url: `${docs}ServerLogs.html`,
    judge: (stack, verdictOn) => {
        const missing = {
            finding: "logging",
            property: "logging",
            fix: "add a BucketLogging whose target is a bucket for access logs",
        };
        const find = (bucket: Subject) =>
            receivesAccessLogs(stack, bucket)
                ? { at: [new Property("logging", {})], uncertain: false }
                : settings(stack, bucket, "Logging", "targetBucket", "logging", "loggings");
        eachBucket(stack, verdictOn, find, () => undefined, missing);
    },
});

const objectLock = stackPolicy({
    name: "s3-bucket-object-lock",
    title: "Buckets lock objects",
    risk: "Whoever may delete versions may destroy all copies of the data.",
    severity: "low",
    level: "disabled",
    remedy: "Set objectLockEnabled on the bucket; it can't be taken back, and lifecycle expiry must wait for it.",
    url: `${docs}object-lock.html`,
    judge: (stack, verdictOn) => {
        for (const bucket of stack.of(bucketType)) {
            expectTrue(verdictOn(bucket), bucket.at("objectLockEnabled"), {
                fix: "set it to true",
            });
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
        expectOneOf(verdict, object.at("serverSideEncryption"), ["aws:kms", "aws:kms:dsse"], {
            absentIsFine: true,
            fix: "remove it, or set it to aws:kms",
        });
        const key = object.at("kmsKeyId");
        if (key.known && !isCustomerKey(key.value)) {
            verdict.violation({
                finding: "kmsKeyId",
                property: key.path,
                found: key.value,
                fix: "remove it, or name a customer-managed key",
            });
        }
    },
});

const protection = resourcePolicy({
    name: "data-protected",
    title: "Pulumi refuses to delete data",
    risk: "A rename or a wrong `pulumi destroy` takes the data, or the key to it, with it.",
    severity: "medium",
    level: "disabled",
    types: [
        bucketType,
        "aws:kms/key:Key",
        "aws:redshift/cluster:Cluster",
        "aws:redshiftserverless/namespace:Namespace",
    ],
    remedy: "Set the resource option `protect`, or do so for the component.",
    url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    options: {
        allowForceDestroy: option(false, "whether buckets may be deleted with what they hold"),
    },
    judge: (subject, verdict, { allowForceDestroy }) => {
        if (!subject.protect) {
            verdict.violation({
                finding: "protect",
                property: "protect",
                found: false,
                fix: "set the resource option to true",
            });
        }
        if (!allowForceDestroy)
            expectNotTrue(verdict, subject.at("forceDestroy"), { fix: "set it to false" });
    },
});

export const storage: readonly Policy[] = [
    encryption,
    publicAccess,
    transport,
    tlsVersion,
    uploadKey,
    acls,
    versioning,
    lifecycle,
    accessLogs,
    objectLock,
    objects,
    protection,
];
