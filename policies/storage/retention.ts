/** What buckets keep, and for how long. */
import { expectNotTrue, expectOneOf, expectTrue } from "../core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import {
    block,
    bucketType,
    docs,
    eachBucket,
    receivesAccessLogs,
    settingsOf,
    visible,
    type Settings,
} from "./buckets";

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
    options: {
        maximumDays: option(30, "longest time that an incomplete upload may stay, in days"),
    },
    judge: (stack, verdictOn, { maximumDays }) => {
        const soon = (rule: Property) => {
            const apart = block(rule, "abortIncompleteMultipartUpload").at("daysAfterInitiation");
            const days = apart.absent ? rule.at("abortIncompleteMultipartUploadDays") : apart;
            return days.unknown || (days.number ?? Infinity) <= maximumDays;
        };
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
            const ends = enabled.filter(({ rule }) => covers(rule) !== false && soon(rule));
            if (ends.length > 0 && ends.every(({ rule }) => covers(rule) === undefined)) {
                verdict.unseen(rules);
                return;
            }
            if (enabled.length === 0) {
                verdict.violation({
                    finding: "lifecycle",
                    property: rules.path,
                    found: "no enabled rule",
                    fix: "enable one",
                });
            } else if (ends.length === 0) {
                const fix = `add abortIncompleteMultipartUpload, of at most ${String(maximumDays)} days, to a rule for the whole bucket`;
                verdict.violation({
                    finding: "incomplete-uploads",
                    property: rules.path,
                    found: "silent on incomplete uploads, or on those in a part of the bucket",
                    fix,
                });
            }
        });
    },
});

/** Whether a rule of a lifecycle is for the whole bucket; `undefined` where that can't be seen yet. */
function covers(rule: Property): boolean | undefined {
    const filter = block(rule, "filter");
    const limits = [
        rule.at("prefix"),
        rule.at("tags"),
        ...["prefix", "tag", "and", "objectSizeGreaterThan", "objectSizeLessThan"].map((name) =>
            filter.at(name),
        ),
    ];
    if (filter.unknown || limits.some(({ unknown }) => unknown)) return undefined;
    return limits.every(({ value }) => value === undefined || isEmpty(value));
}

const isEmpty = (value: unknown): boolean =>
    value === "" ||
    value === 0 ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** Where a bucket's access logs go. */
function loggingOf(stack: Stack, bucket: Subject): Settings {
    const inline = ["logging.targetBucket", "loggings"];
    const found = settingsOf(stack, bucket, "Logging", "targetBucket", ...inline);
    const targets = found.at.flatMap((setting) =>
        setting.path === "loggings"
            ? setting.items.map((item) => item.at("targetBucket"))
            : [setting],
    );
    return { ...found, at: targets };
}

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
            const found = loggingOf(stack, bucket);
            return { ...found, uncertain: found.uncertain || logs === undefined };
        });
        for (const bucket of stack.of(bucketType)) {
            for (const target of loggingOf(stack, bucket).at) {
                if (!bucket.identities.includes(target.text ?? "")) continue;
                verdictOn(bucket).violation({
                    finding: "logging-target",
                    property: target.path,
                    found: `${target.text ?? ""}, the bucket itself`,
                    fix: "name another bucket; each log that is delivered makes another",
                });
            }
        }
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
    versioning,
    lifecycle,
    accessLogs,
    objectLock,
    protection,
];
