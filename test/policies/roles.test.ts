/** Roles with all their documents. */
import { role, inline, objects, text } from "./iamResources";
import { allow, describePolicy, document, resource, unknown, usePack } from "./support";

const many = (count: number) =>
    Array.from(
        { length: count },
        (_, index) => `arn:aws:s3:::data/some/long/prefix/of/a/source/${String(index)}/*`,
    );

const attachment = (kind: "role" | "user", name: string, policyArn = "arn:b") =>
    resource(
        kind === "role"
            ? "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
            : "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "a",
        { [kind]: name, policyArn },
    );
const called = (name: string) =>
    resource("aws:iam/rolePolicy:RolePolicy", "inline", {
        role: "job",
        name,
        policy: document(allow("s3:GetObject", objects)),
    });
const shared = (name: string, role: string) =>
    resource("aws:iam/policyAttachment:PolicyAttachment", name, {
        policyArn: "arn:b",
        roles: [role],
    });

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

            "a boundary that bounds nothing": [
                "permissionsBoundary",
                role({ permissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess" }),
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
            "a boundary of one's own": [
                role({ permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" }),
            ],
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
            "a list of all inline policies without one": [
                "LeftOut::inline",
                role(),
                called("inline"),
                resource("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "all", {
                    roleName: "job",
                    policyNames: ["other"],
                }),
            ],
            "a list of all attachments that is empty": [
                "LeftOut::a",
                role(),
                attachment("role", "job"),
                resource(
                    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                    "all",
                    { roleName: "job", policyArns: [] },
                ),
            ],
            "a policy that is attached everywhere, twice": [
                "Shared::two",
                shared("one", "job"),
                shared("two", "other"),
            ],
            "a policy that is attached everywhere, and to one user": [
                "Shared::a",
                shared("one", "job"),
                attachment("user", "ann"),
            ],
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
            "lists of all": [
                role(),
                called("inline"),
                attachment("role", "job"),
                resource("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "all", {
                    roleName: "job",
                    policyNames: ["inline"],
                }),
                resource(
                    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                    "attached",
                    { roleName: "job", policyArns: ["arn:b"] },
                ),
            ],
            "a policy that is attached everywhere, once": [
                shared("one", "job"),
                attachment("role", "job", "arn:c"),
            ],
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
