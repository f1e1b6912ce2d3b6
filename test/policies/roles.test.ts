/** Roles with all their documents. */
import { role, inline, objects, text } from "./iamResources";
import { allow, describePolicy, document, resource, unknown, usePack } from "./support";

const many = (count: number) =>
    Array.from(
        { length: count },
        (_, index) => `arn:aws:s3:::data/some/long/prefix/of/a/source/${String(index)}/*`,
    );

describe("policies on roles as a whole", () => {
    usePack();

    describePolicy("iam-managed-policies", {
        fails: {
            "all keys": [
                "Policy::AWSKeyManagementServicePowerUser",
                role({
                    managedPolicyArns: ["arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"],
                }),
            ],
            "every table": [
                "Policy::AmazonDynamoDBReadOnlyAccess",
                role({
                    managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"],
                }),
            ],
            "every object, for functions": [
                "Policy::AWSLambdaExecute",
                role({ managedPolicyArns: ["arn:aws:iam::aws:policy/AWSLambdaExecute"] }),
            ],

            "an administrator": [
                "Policy::AdministratorAccess",
                role({ managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
            ],
            "EMR's old policy": [
                "Policy::AmazonElasticMapReduceforEC2Role",
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    role: "job",
                    policyArn:
                        "arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role",
                }),
            ],
            "Glue's policy": [
                "Policy::AWSGlueServiceRole",
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    policyArn: "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole",
                }),
            ],
            "all of S3": [
                "Policy::AmazonS3FullAccess",
                resource("aws:iam/userPolicyAttachment:UserPolicyAttachment", "a", {
                    policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
                }),
            ],
        },
        passes: {
            "EMR's policy of tagged resources": [
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2",
                }),
            ],
            "a policy of one's own": [
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    policyArn: unknown,
                }),
            ],
        },
    });

    describePolicy("iam-policy-conflicts", {
        fails: {
            "inline policies in two ways": [
                "inlinePolicies",
                role({
                    inlinePolicies: [
                        { name: "x", policy: document(allow("s3:GetObject", objects)) },
                    ],
                }),
                inline(allow("s3:PutObject", objects)),
            ],
            "attachments in two ways": [
                "managedPolicyArns",
                role({ managedPolicyArns: ["arn:a"] }),
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    role: "job",
                    policyArn: "arn:b",
                }),
            ],
        },
        passes: {
            "what AWS reports of the same policy": [
                role({
                    inlinePolicies: [
                        { name: "inline", policy: document(allow("s3:GetObject", objects)) },
                    ],
                }),
                inline(allow("s3:GetObject", objects)),
            ],
        },
        unseen: {
            "whether two policies are one": [
                role({ managedPolicyArns: [unknown] }),
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
                    role: "job",
                    policyArn: "arn:b",
                }),
            ],
        },
    });

    describePolicy("iam-principal-size", {
        fails: {
            "inline policies that are too large together": [
                "inline-size",
                role(),
                inline(allow("s3:GetObject", many(110))),
                resource("aws:iam/rolePolicy:RolePolicy", "second", {
                    role: "job",
                    policy: document(allow("s3:PutObject", many(110))),
                }),
            ],
            "too many attachments": ["attachments", role({ managedPolicyArns: many(11) })],
        },
        passes: {
            "small ones": [role(), inline(allow("s3:GetObject", objects))],
            "one that is only known later": [role(), text(unknown)],
        },
    });

    describePolicy("iam-no-long-term-credentials", {
        fails: {
            "a password for one service": [
                "ServiceSpecificCredential",
                resource("aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "c", {
                    userName: "u",
                    serviceName: "cassandra.amazonaws.com",
                }),
            ],

            "an access key": [
                "AccessKey",
                resource("aws:iam/accessKey:AccessKey", "k", { user: "u" }),
            ],
            "rights of one user": [
                "UserPolicy",
                resource("aws:iam/userPolicy:UserPolicy", "p", {
                    policy: document(allow("s3:GetObject", objects)),
                }),
            ],
        },
        passes: {
            "a role, whose trust is only known later": [role({ assumeRolePolicy: unknown })],
        },
    });
});
