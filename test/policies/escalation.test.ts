/** Ways to more rights, over all documents of a principal. */
import { roleArn, serviceTrust, role, inline, later, objects } from "./iamResources";
import { account, allow, describePolicy, document, resource, unknown, usePack } from "./support";

const pass = (on = roleArn("spark"), service = "elasticmapreduce.amazonaws.com") =>
    allow("iam:PassRole", on, { Condition: { StringEquals: { "iam:PassedToService": service } } });
const policyArn = (name: string) => `arn:aws:iam::${account}:policy/${name}`;
/** A policy that roles have attached. */
const managed = (name: string, ...statements: object[]) =>
    resource("aws:iam/policy:Policy", name, {
        name,
        arn: policyArn(name),
        policy: document(...statements),
    });

describe("policies on ways to more rights", () => {
    usePack();

    describePolicy("iam-privilege-escalation", {
        fails: {
            "another identity provider": [
                "Escalation::iam:UpdateSAMLProvider",
                role(),
                inline(
                    allow("iam:UpdateSAMLProvider", `arn:aws:iam::${account}:saml-provider/sso`),
                ),
            ],
            "roles and pipes": [
                "Escalation::iam:PassRole+pipes:CreatePipe",
                role(),
                inline(allow("iam:PassRole", roleArn("spark")), allow("pipes:CreatePipe", "*")),
            ],

            "new versions of policies": [
                "Escalation::iam:CreatePolicyVersion",
                role(),
                inline(allow("iam:CreatePolicyVersion", `arn:aws:iam::${account}:policy/x`)),
            ],
            "roles and jobs in one document": [
                "Escalation::iam:PassRole+glue:CreateJob",
                role(),
                inline(allow("iam:PassRole", "*"), allow("glue:CreateJob", "*")),
            ],
            "roles and clusters in two documents": [
                "Escalation::iam:PassRole+elasticmapreduce:RunJobFlow",
                role(),
                inline(allow("iam:PassRole", roleArn("spark"))),
                resource("aws:iam/rolePolicy:RolePolicy", "second", {
                    role: "job",
                    policy: document(allow("elasticmapreduce:RunJobFlow", "*")),
                }),
            ],
            "roles inline and machines by attachment": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                role(),
                inline(pass("*")),
                resource("aws:iam/policy:Policy", "states", {
                    arn: `arn:aws:iam::${account}:policy/states`,
                    policy: document(allow("states:CreateStateMachine", "*")),
                }),
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", {
                    role: "job",
                    policyArn: `arn:aws:iam::${account}:policy/states`,
                }),
            ],
            "two policies in one list of attachments": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                role({ managedPolicyArns: [policyArn("pass"), policyArn("states")] }),
                managed("pass", allow("iam:PassRole", roleArn("spark"))),
                managed("states", allow("states:CreateStateMachine", "*")),
            ],
            "two policies in one list that is only known later": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                { ...role({ managedPolicyArns: unknown }), from: { managedPolicyArns: "both" } },
                managed(
                    "both",
                    allow("iam:PassRole", roleArn("spark")),
                    allow("states:CreateStateMachine", "*"),
                ),
            ],
            "policies that are all that is attached": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                role(),
                inline(allow("iam:PassRole", roleArn("spark"))),
                managed("states", allow("states:CreateStateMachine", "*")),
                resource(
                    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                    "all",
                    { roleName: "job", policyArns: [policyArn("states")] },
                ),
            ],
            "a policy that is attached to several": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                role(),
                inline(allow("iam:PassRole", roleArn("spark"))),
                managed("states", allow("states:CreateStateMachine", "*")),
                resource("aws:iam/policyAttachment:PolicyAttachment", "several", {
                    roles: ["other", "job"],
                    policyArn: policyArn("states"),
                }),
            ],
            "a policy that is attached by its name, as long as it has no ARN": [
                "Escalation::iam:PassRole+states:CreateStateMachine",
                role(),
                inline(allow("iam:PassRole", roleArn("spark"))),
                resource("aws:iam/policy:Policy", "states", {
                    name: "states",
                    path: "/data/",
                    policy: document(allow("states:CreateStateMachine", "*")),
                }),
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", {
                    role: "job",
                    policyArn: `arn:aws:iam::${account}:policy/data/states`,
                }),
            ],
            "a user and one of its groups": [
                "Escalation::iam:PassRole+lambda:CreateFunction",
                resource("aws:iam/user:User", "ann", { name: "ann" }),
                resource("aws:iam/group:Group", "data", { name: "data" }),
                resource("aws:iam/userGroupMembership:UserGroupMembership", "in", {
                    user: "ann",
                    groups: ["data"],
                }),
                resource("aws:iam/userPolicy:UserPolicy", "own", {
                    user: "ann",
                    policy: document(allow("iam:PassRole", roleArn("spark"))),
                }),
                resource("aws:iam/groupPolicy:GroupPolicy", "shared", {
                    group: "data",
                    policy: document(allow("lambda:CreateFunction", "*")),
                }),
            ],
            "a user in a group, as the group has it": [
                "Escalation::iam:PassRole+lambda:CreateFunction",
                resource("aws:iam/user:User", "ann", { name: "ann" }),
                resource("aws:iam/group:Group", "data", { name: "data" }),
                resource("aws:iam/groupMembership:GroupMembership", "in", {
                    group: "data",
                    users: ["ann"],
                }),
                resource("aws:iam/userPolicy:UserPolicy", "own", {
                    user: "ann",
                    policy: document(allow("lambda:CreateFunction", "*")),
                }),
                resource("aws:iam/groupPolicy:GroupPolicy", "shared", {
                    group: "data",
                    policy: document(allow("iam:PassRole", roleArn("spark"))),
                }),
            ],
            "a role that another stack makes": [
                "Escalation::iam:PassRole+glue:CreateJob",
                inline(allow("iam:PassRole", roleArn("spark"))),
                managed("jobs", allow("glue:CreateJob", "*")),
                resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", {
                    role: "job",
                    policyArn: policyArn("jobs"),
                }),
            ],
            "a policy of nobody knows whom": [
                "Escalation::iam:PutRolePolicy",
                resource("aws:iam/rolePolicy:RolePolicy", "inline", {
                    role: unknown,
                    policy: document(allow("iam:PutRolePolicy", roleArn("x"))),
                }),
            ],
            "any other role": [
                "Escalation::sts:AssumeRole",
                role(),
                inline(allow("sts:AssumeRole", "*")),
            ],
            everything: ["Escalation::*", role(), inline(allow("*", "*"))],
            "a role whose name is only known later": [
                "Escalation::iam:PutRolePolicy",
                role({ name: unknown, arn: unknown }),
                resource(
                    "aws:iam/rolePolicy:RolePolicy",
                    "inline",
                    { role: unknown, policy: document(allow("iam:PutRolePolicy", roleArn("x"))) },
                    { role: "job" },
                ),
            ],
        },
        passes: {
            "a named role for clusters": [
                role(),
                inline(pass(), allow("elasticmapreduce:RunJobFlow", "*")),
            ],
            "a named other role": [role(), inline(allow("sts:AssumeRole", roleArn("spark")))],
            "what is refused elsewhere": [
                role(),
                inline(allow("iam:PutRolePolicy", roleArn("x")), {
                    ...allow("iam:*", "*"),
                    Effect: "Deny",
                }),
            ],
            "halves of two roles": [
                role(),
                resource("aws:iam/role:Role", "other", { name: "other" }),
                inline(allow("iam:PassRole", "*")),
                resource("aws:iam/rolePolicy:RolePolicy", "second", {
                    role: "other",
                    policy: document(allow("glue:CreateJob", "*")),
                }),
            ],
        },
        unseen: {
            "a document that is only known later": [role(), later],
            "a policy that is only known later": [role({ managedPolicyArns: [unknown] })],
            "a document of some role": [
                role(),
                resource("aws:iam/rolePolicy:RolePolicy", "inline", {
                    role: unknown,
                    policy: document(allow("s3:GetObject", objects)),
                }),
            ],
        },
    });

    describePolicy("iam-pass-role-service", {
        fails: {
            "a role for Glue passed to EMR": [
                "PassedTo::job",
                role(),
                resource("aws:iam/role:Role", "workflow", {
                    name: "workflow",
                    assumeRolePolicy: document(serviceTrust("states.amazonaws.com")),
                }),
                resource("aws:iam/rolePolicy:RolePolicy", "inline", {
                    role: "workflow",
                    policy: document(pass(roleArn("job"), "elasticmapreduce.amazonaws.com")),
                }),
            ],
        },
        passes: {
            "a role for Glue passed to Glue": [
                role(),
                resource("aws:iam/role:Role", "workflow", { name: "workflow" }),
                resource("aws:iam/rolePolicy:RolePolicy", "inline", {
                    role: "workflow",
                    policy: document(pass(roleArn("job"), "glue.amazonaws.com")),
                }),
            ],
            "a role whose trust is only known later": [
                role({ assumeRolePolicy: unknown }),
                resource("aws:iam/role:Role", "workflow", { name: "workflow" }),
                resource("aws:iam/rolePolicy:RolePolicy", "inline", {
                    role: "workflow",
                    policy: document(pass(roleArn("job"), "ec2.amazonaws.com")),
                }),
            ],
        },
    });
});
