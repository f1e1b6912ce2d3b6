/** KMS keys. */
import { expectAtLeast, expectNotTrue, expectOneOf, expectTrue } from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";

const keyType = "aws:kms/key:Key";
const kmsDocs = "https://docs.aws.amazon.com/kms/latest/developerguide/";

const rotation = resourcePolicy({
    name: "kms-key-rotation",
    title: "Symmetric keys rotate",
    risk: "One key's material for ever: whatever leaks, opens everything ever encrypted under it.",
    severity: "medium",
    types: [keyType],
    remedy: "Set enableKeyRotation to true.",
    url: `${kmsDocs}rotate-keys.html`,
    options: { maximumDays: option(365, "longest rotation period, in days") },
    judge: (key, verdict, { maximumDays }) => {
        const spec = key.at("customerMasterKeySpec").value ?? "SYMMETRIC_DEFAULT";
        const usage = key.at("keyUsage").value ?? "ENCRYPT_DECRYPT";
        const ownMaterial = !key.at("customKeyStoreId").absent || !key.at("xksKeyId").absent;
        // KMS rotates nothing else (https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html).
        if (key.at("customerMasterKeySpec").unknown || key.at("keyUsage").unknown) {
            if (key.at("enableKeyRotation").value !== true) verdict.unseen("enableKeyRotation");
            return;
        }
        if (spec !== "SYMMETRIC_DEFAULT" || usage !== "ENCRYPT_DECRYPT" || ownMaterial) return;
        expectTrue(verdict, key.at("enableKeyRotation"), { fix: "set it to true" });
        const period = key.at("rotationPeriodInDays");
        if ((period.number ?? 0) > maximumDays) {
            const fix = `set it to ${String(maximumDays)} days or fewer`;
            verdict.violation({
                finding: period.path,
                property: period.path,
                found: period.value,
                fix,
            });
        }
    },
});

const usable = resourcePolicy({
    name: "kms-key-recoverable",
    title: "Keys stay usable and can be saved from deletion",
    risk: "Data under a disabled or deleted key is gone; a key whose policy locks everybody out can't be changed again.",
    severity: "high",
    types: [keyType, "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey"],
    fsbp: ["KMS.3"],
    remedy: "Keep the key enabled, keep the lockout check, and leave time to notice a deletion.",
    url: `${kmsDocs}deleting-keys.html`,
    options: {
        minimumDays: option(
            14,
            "shortest time between scheduling the deletion of a key and losing it, in days",
        ),
    },
    judge: (key, verdict, { minimumDays }) => {
        const { path: enabled } = key.at("isEnabled").absent
            ? key.at("enabled")
            : key.at("isEnabled");
        expectOneOf(verdict, key.at(enabled), [true], {
            absentIsFine: true,
            fix: "set it to true",
        });
        expectNotTrue(verdict, key.at("bypassPolicyLockoutSafetyCheck"), { fix: "remove it" });
        expectAtLeast(verdict, key.at("deletionWindowInDays"), minimumDays, {
            absentIsFine: true, // 30 days
            fix: `set it to ${String(minimumDays)} days or more`,
        });
    },
});

const explicitPolicy = stackPolicy({
    name: "kms-key-policy",
    title: "Keys have a policy of their own",
    risk: "Who may use a key is then nowhere written down with the stack.",
    severity: "low",
    remedy: "Set `policy`: the account's root for administration by IAM, and each service under a condition.",
    url: `${kmsDocs}key-policies.html`,
    judge: (stack, verdictOn) => {
        for (const key of stack.of(keyType)) {
            if (!key.at("policy").absent) continue;
            const { found, uncertain } = stack.joined(key, "keyId", "aws:kms/keyPolicy:KeyPolicy");
            if (uncertain) verdictOn(key).unseen("policy");
            else if (found.length === 0) {
                verdictOn(key).violation({
                    finding: "policy",
                    property: "policy",
                    found: undefined,
                    fix: "set it",
                });
            }
        }
    },
});

export const keys: readonly Policy[] = [rotation, usable, explicitPolicy];
