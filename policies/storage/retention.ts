/** Who may read buckets, what they keep, and for how long. */
import { expectNotTrue, expectOneOf, expectTrue } from "../core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Subject } from "../core/subject";
import {
    bucketType,
    docs,
    eachBucket,
    part,
    receivesAccessLogs,
    settingsOf,
    visible,
} from "./buckets";

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
        eachBucket(stack, verdictOn, missing, (bucket) =>
            account.length > 0
                ? undefined
                : settingsOf(stack, bucket, "PublicAccessBlock", "bucket"),
        );
        const names = [
            "blockPublicAcls",
            "blockPublicPolicy",
            "ignorePublicAcls",
            "restrictPublicBuckets",
        ];
        for (const block of [...stack.of(part("PublicAccessBlock")), ...account]) {
            for (const name of names)
                expectTrue(verdictOn(block), block.at(name), { fix: "set it to true" });
        }
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
            const fix = "set it to BucketOwnerEnforced";
            expectOneOf(
                verdictOn(controls),
                controls.at("rule.objectOwnership"),
                ["BucketOwnerEnforced"],
                { fix },
            );
        }
        const objects = [part("Object"), part("Objectv2"), "aws:s3/objectCopy:ObjectCopy"];
        for (const subject of stack.of(bucketType, part("Acl"), ...objects)) {
            const harmless = ["private", "bucket-owner-full-control"];
            const fix = "remove it and use a bucket policy";
            expectOneOf(verdictOn(subject), subject.at("acl"), harmless, {
                absentIsFine: true,
                fix,
            });
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
        const fix = "add a BucketVersioning with status Enabled";
        const missing = { finding: "versioning", property: "versioning", fix };
        const find = (bucket: Subject) =>
            settingsOf(
                stack,
                bucket,
                "Versioning",
                "versioningConfiguration.status",
                "versioning.enabled",
                "versionings",
            );
        eachBucket(stack, verdictOn, missing, find, (status, verdict) => {
            const older =
                status.path === "versionings" ? status.items.map((item) => item.at("enabled")) : [];
            expectOneOf(verdict, older[0] ?? status, ["Enabled", true], {
                finding: "versioning",
                fix: "set it to Enabled",
            });
        });
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
            settingsOf(stack, bucket, "LifecycleConfiguration", "rules", "lifecycleRules");
        eachBucket(stack, verdictOn, missing, find, (rules, verdict) => {
            const { seen, all } = visible(rules, verdict);
            const states = seen.map((rule) => ({
                rule,
                state: rule.at("enabled").absent ? rule.at("status") : rule.at("enabled"),
            }));
            if (!all || states.some(({ state }) => state.unknown)) {
                verdict.unseen(rules);
                return;
            }
            const enabled = states.filter(
                ({ state }) => state.value === "Enabled" || state.value === true,
            );
            const ends = enabled.some(
                ({ rule }) =>
                    !rule.at("abortIncompleteMultipartUpload").absent ||
                    !rule.at("abortIncompleteMultipartUploadDays").absent,
            );
            if (enabled.length === 0) {
                verdict.violation({
                    finding: "lifecycle",
                    property: rules.path,
                    found: "no enabled rule",
                    fix: "enable one",
                });
            } else if (!ends) {
                const fix = "add abortIncompleteMultipartUpload to a rule";
                verdict.violation({
                    finding: "incomplete-uploads",
                    property: rules.path,
                    found: "silent on incomplete uploads",
                    fix,
                });
            }
        });
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
        const fix = "add a BucketLogging whose target is a bucket for access logs";
        const missing = { finding: "logging", property: "logging", fix };
        eachBucket(stack, verdictOn, missing, (bucket) => {
            const logs = receivesAccessLogs(stack, bucket);
            if (logs === true) return undefined;
            const found = settingsOf(
                stack,
                bucket,
                "Logging",
                "targetBucket",
                "logging",
                "loggings",
            );
            return { ...found, uncertain: found.uncertain || logs === undefined };
        });
    },
});

const objectLock = stackPolicy({
    name: "s3-bucket-object-lock",
    title: "Buckets lock objects",
    risk: "Whoever may delete versions may destroy all copies of the data.",
    severity: "low",
    level: "disabled", // can't be taken back, and lifecycle expiry must wait for it
    remedy: "Set objectLockEnabled on the bucket.",
    url: `${docs}object-lock.html`,
    judge: (stack, verdictOn) => {
        for (const bucket of stack.of(bucketType)) {
            expectTrue(verdictOn(bucket), bucket.at("objectLockEnabled"), {
                fix: "set it to true",
            });
        }
    },
});

const protection = resourcePolicy({
    name: "data-protected",
    title: "Pulumi refuses to delete data",
    risk: "A rename or a wrong `pulumi destroy` takes the data, or the key to it, with it.",
    severity: "medium",
    level: "disabled", // a matter of the stack: what is for trying out must go again
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

export const retention: readonly Policy[] = [
    publicAccess,
    acls,
    versioning,
    lifecycle,
    accessLogs,
    objectLock,
    protection,
];
