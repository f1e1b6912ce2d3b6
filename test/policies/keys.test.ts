/** KMS keys. */
import {
    account,
    allow,
    describePolicy,
    document,
    keyArn,
    resource,
    unknown,
    usePack,
} from "./support";

const root = {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
};
const key = (properties: object = {}) =>
    resource("aws:kms/key:Key", "key", {
        arn: keyArn,
        enableKeyRotation: true,
        policy: document(root),
        ...properties,
    });
/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const standardAdministration = [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
];

describe("policies on keys", () => {
    usePack();

    describePolicy("kms-key-rotation", {
        fails: {
            "a key that doesn't rotate": ["enableKeyRotation", key({ enableKeyRotation: false })],
            "silence, for keys don't rotate by default": [
                "enableKeyRotation",
                resource("aws:kms/key:Key", "key"),
            ],
            "a long period": ["rotationPeriodInDays", key({ rotationPeriodInDays: 2560 })],
        },
        passes: {
            "a key that rotates": [key()],
            "an asymmetric key, which can't": [
                key({ enableKeyRotation: false, customerMasterKeySpec: "RSA_4096" }),
            ],
            "a key for signatures, which can't": [
                key({ enableKeyRotation: false, keyUsage: "GENERATE_VERIFY_MAC" }),
            ],
        },
        unseen: { "rotation that is only known later": [key({ enableKeyRotation: unknown })] },
    });

    describePolicy("kms-key-recoverable", {
        fails: {
            "the shortest time that KMS takes": [
                "deletionWindowInDays",
                key({ deletionWindowInDays: 7 }),
            ],
            "a disabled key": ["isEnabled", key({ isEnabled: false })],
            "a key without the lockout check": [
                "bypassPolicyLockoutSafetyCheck",
                key({ bypassPolicyLockoutSafetyCheck: true }),
            ],
            "a window that KMS wouldn't take": [
                "deletionWindowInDays",
                key({ deletionWindowInDays: 1 }),
            ],
        },
        passes: {
            "a key with AWS's window": [key()],
            "a key with a window of its own": [key({ deletionWindowInDays: 14 })],
        },
        unseen: { "a window that is only known later": [key({ deletionWindowInDays: unknown })] },
    });

    describePolicy("kms-key-policy", {
        fails: { "a key without a policy": ["policy", key({ policy: undefined })] },
        passes: {
            "a policy inline": [key()],
            "a policy apart": [
                key({ policy: undefined, keyId: "k" }),
                resource("aws:kms/keyPolicy:KeyPolicy", "policy", {
                    keyId: "k",
                    policy: document(root),
                }),
            ],
            "a policy that is only known later": [key({ policy: unknown })],
        },
        unseen: {
            "a policy of some key": [
                key({ policy: undefined }),
                resource("aws:kms/keyPolicy:KeyPolicy", "policy", {
                    keyId: unknown,
                    policy: unknown,
                }),
            ],
        },
    });

    describePolicy("kms-key-policy-principals", {
        fails: {
            "administration for whoever uses the key": [
                "Administration",
                key({
                    policy: document(
                        root,
                        {
                            ...allow(["kms:PutKeyPolicy"], "*"),
                            Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                        },
                        {
                            ...allow(["kms:Decrypt"], "*"),
                            Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                        },
                    ),
                }),
            ],
            "a wildcard that administers and uses": [
                "Administration",
                key({
                    policy: document(root, {
                        ...allow(["kms:Put*", "kms:*Key*"], "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                    }),
                }),
            ],
            "grants that hand the key on": [
                "Administration",
                key({
                    policy: document(root, {
                        ...allow(["kms:Decrypt", "kms:CreateGrant"], "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                    }),
                }),
            ],

            "all of KMS for a role": [
                "Administration",
                key({
                    policy: document(root, {
                        ...root,
                        Sid: "Role",
                        Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                    }),
                }),
            ],
            "administration for a service": [
                "Administration",
                key({
                    policy: document(root, {
                        ...allow("kms:PutKeyPolicy", "*"),
                        Principal: { Service: "logs.amazonaws.com" },
                    }),
                }),
            ],
        },
        passes: {
            "an administrator, as AWS writes it": [
                key({
                    policy: document(root, {
                        ...allow(standardAdministration, "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:role/security` },
                    }),
                }),
            ],
            "grants for AWS's services": [
                key({
                    policy: document(root, {
                        ...allow("kms:CreateGrant", "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:role/job` },
                        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
                    }),
                }),
            ],

            "the account's root": [key()],
            "a named administrator": [
                key({
                    policy: document(root, {
                        ...allow("kms:ScheduleKeyDeletion", "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:role/security` },
                    }),
                }),
            ],
            "use by a service": [
                key({
                    policy: document(root, {
                        ...allow("kms:Decrypt", "*"),
                        Principal: { Service: "s3.amazonaws.com" },
                        Condition: { StringEquals: { "aws:SourceAccount": account } },
                    }),
                }),
            ],
        },
        unseen: { "a policy that is only known later": [key({ policy: unknown })] },
    });
});
