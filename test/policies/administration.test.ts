/** Who may change what protects a resource. */
import { bucket, publish, read, topic } from "./fixtures";
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

const job = { AWS: `arn:aws:iam::${account}:role/job` };
const secretPolicy = (...statements: object[]) =>
    resource("aws:secretsmanager/secretPolicy:SecretPolicy", "secret", {
        secretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
        policy: document(...statements),
    });

describe("policies on who administers a resource", () => {
    usePack();

    describePolicy("resource-policy-administration", {
        fails: {
            "a reader that may rewrite the policy": [
                "Administration",
                bucket(
                    read({
                        Action: ["s3:GetObject", "s3:PutBucketPolicy"],
                        Principal: job,
                    }),
                ),
            ],
            "a publisher that may let others in, in two statements": [
                "Administration",
                topic(
                    publish({ Sid: "Publish", Principal: job }),
                    publish({ Sid: "Admit", Action: "sns:AddPermission", Principal: job }),
                ),
            ],
            "a job that reads a secret and gives it away": [
                "Administration",
                secretPolicy({
                    ...allow(
                        ["secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy"],
                        "*",
                    ),
                    Principal: job,
                }),
            ],
            "everybody of an organisation": [
                "Administration",
                bucket(
                    read({
                        Action: "s3:PutBucketPolicy",
                        Principal: "*",
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
                    }),
                ),
            ],
        },
        passes: {
            "use alone": [bucket(read({ Principal: job }))],
            "an administrator that doesn't use it": [
                secretPolicy({
                    ...allow("secretsmanager:PutResourcePolicy", "*"),
                    Principal: { AWS: `arn:aws:iam::${account}:role/security` },
                }),
            ],
            "the account itself": [
                topic(
                    publish({
                        Action: ["sns:Publish", "sns:SetTopicAttributes"],
                        Principal: { AWS: `arn:aws:iam::${account}:root` },
                    }),
                ),
            ],
            "access lists of uploads": [
                bucket(read({ Action: ["s3:PutObject", "s3:PutObjectAcl"], Principal: job })),
            ],
        },
        unseen: {
            "a policy that is only known later": [
                resource("aws:sqs/queuePolicy:QueuePolicy", "policy", { policy: unknown }),
            ],
        },
    });

    describePolicy("iam-no-wildcard-actions", {
        fails: {
            "a key's administrator who may do everything": ["Action::kms:*", keyPolicy("kms:*")],
        },
        passes: { "a key's administrator, as AWS writes it": [keyPolicy("kms:Put*")] },
    });
});

function keyPolicy(action: string) {
    return resource("aws:kms/keyPolicy:KeyPolicy", "key", {
        keyId: keyArn,
        policy: document({
            ...allow(action, "*"),
            Principal: { AWS: `arn:aws:iam::${account}:role/security` },
        }),
    });
}
