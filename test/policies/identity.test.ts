/** IAM documents of identities, alone and per role. */
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

const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const serviceTrust = (service: string) => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
});
const role = (properties: object = {}) =>
    resource("aws:iam/role:Role", "job", {
        name: "job",
        arn: roleArn("job"),
        assumeRolePolicy: document(serviceTrust("glue.amazonaws.com")),
        ...properties,
    });
const inline = (...statements: object[]) =>
    resource("aws:iam/rolePolicy:RolePolicy", "inline", {
        role: "job",
        policy: document(...statements),
    });
const text = (policy: unknown) =>
    resource("aws:iam/rolePolicy:RolePolicy", "inline", { role: "job", policy });
const later = text(unknown);

const objects = "arn:aws:s3:::data/in/*";
const pass = (on = roleArn("spark"), service = "elasticmapreduce.amazonaws.com") =>
    allow("iam:PassRole", on, { Condition: { StringEquals: { "iam:PassedToService": service } } });

describe("policies on what identities may do", () => {
    usePack();

    describePolicy("iam-valid-document", {
        fails: {
            "text that is no JSON": ["json", text("{")],
            "an old version": [
                "Version",
                text(
                    JSON.stringify({
                        Version: "2008-10-17",
                        Statement: [allow("s3:GetObject", objects)],
                    }),
                ),
            ],
            "no version": [
                "Version",
                text(JSON.stringify({ Statement: allow("s3:GetObject", objects) })),
            ],
            nothing: ["Statement", text(JSON.stringify({ Version: "2012-10-17", Statement: [] }))],
            "one Sid twice": [
                "Sid::Read",
                inline(
                    allow("s3:GetObject", objects, { Sid: "Read" }),
                    allow("s3:ListBucket", "arn:aws:s3:::data", { Sid: "Read" }),
                ),
            ],
            "an unknown action": ["Action::s3:ReadObject", inline(allow("s3:ReadObject", objects))],
            "an unknown service": ["Action::s4:GetObject", inline(allow("s4:GetObject", objects))],
            "a wildcard that matches nothing": [
                "Action::s3:Read*",
                inline(allow("s3:Read*", objects)),
            ],
            "objects of a bucket's ARN": [
                "Mismatch::s3:GetObject",
                inline(allow("s3:GetObject", "arn:aws:s3:::data")),
            ],
            "a list of objects": [
                "Mismatch::s3:ListBucket",
                inline(allow("s3:ListBucket", "arn:aws:s3:::data/*")),
            ],
            "a resource that no action works on": [
                "Mismatch::arn:aws:sns:eu-west-1:123456789012:alerts",
                inline(allow("s3:GetObject", [objects, `arn:aws:sns:eu-west-1:${account}:alerts`])),
            ],
            "half an ARN": ["Resource::data/*", inline(allow("s3:GetObject", "data/*"))],
            "a key that no request carries": [
                "Condition::aws:SourceAcount",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: { StringEquals: { "aws:SourceAcount": account } },
                    }),
                ),
            ],
            "a key of another service": [
                "Condition::kms:ViaService",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: {
                            StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
                        },
                    }),
                ),
            ],
            "an unknown operator": [
                "Condition::StringMatches",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: { StringMatches: { "aws:SourceAccount": account } },
                    }),
                ),
            ],
            "a principal where there is one": [
                "Principal",
                inline(allow("s3:GetObject", objects, { Principal: "*" })),
            ],
            "no resource": ["Resource", inline({ Effect: "Allow", Action: "s3:GetObject" })],
            "a statement without effect": [
                "Effect",
                inline({ Action: "s3:GetObject", Resource: objects }),
            ],
        },
        passes: {
            "actions on resources that fit": [
                inline(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::data", objects])),
            ],
            "a log group with its streams": [
                inline(
                    allow(
                        "logs:PutLogEvents",
                        `arn:aws:logs:eu-west-1:${account}:log-group:/aws-glue/*`,
                    ),
                ),
            ],
            "a table": [
                inline(
                    allow("glue:GetTable", [
                        `arn:aws:glue:eu-west-1:${account}:catalog`,
                        `arn:aws:glue:eu-west-1:${account}:database/raw`,
                        `arn:aws:glue:eu-west-1:${account}:table/raw/*`,
                    ]),
                ),
            ],
            "tags of a service's own": [
                inline(
                    allow(
                        "elasticmapreduce:AddJobFlowSteps",
                        `arn:aws:elasticmapreduce:eu-west-1:${account}:cluster/*`,
                        {
                            Condition: {
                                StringEquals: { "elasticmapreduce:ResourceTag/project": "loglake" },
                            },
                        },
                    ),
                ),
            ],
            "what a key is used through": [
                inline(
                    allow("kms:Decrypt", keyArn, {
                        Condition: {
                            StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
                        },
                    }),
                ),
            ],
            "the user's own folder": [
                inline(allow("s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*")),
            ],
            "actions written in other case": [inline(allow("S3:getobject", objects))],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-no-wildcard-actions", {
        fails: {
            everything: ["Action::*", inline(allow("*", "*"))],
            "a whole service": ["Action::s3:*", inline(allow("s3:*", objects))],
            "part of a service": ["Action::s3:Put*", inline(allow("s3:Put*", objects))],
            "reading by wildcard": [
                "Action::s3:Get*",
                inline(allow(["s3:ListBucket", "s3:Get*"], objects)),
            ],
            "a wildcard inline in a role": [
                "Action::glue:*",
                role({ inlinePolicies: [{ name: "x", policy: document(allow("glue:*", "*")) }] }),
            ],
            "a wildcard in a managed policy": [
                "Action::sns:*",
                resource("aws:iam/policy:Policy", "p", { policy: document(allow("sns:*", "*")) }),
            ],
            "a question mark": ["Action::s3:GetObjec?", inline(allow("s3:GetObjec?", objects))],
        },
        passes: {
            "named actions": [inline(allow("s3:GetObject", objects))],
            "a refusal of everything": [inline({ ...allow("s3:*", objects), Effect: "Deny" })],
            "all of KMS for the account's root in a key policy": [
                resource("aws:kms/key:Key", "k", {
                    policy: document({
                        ...allow("kms:*", "*"),
                        Principal: { AWS: `arn:aws:iam::${account}:root` },
                    }),
                }),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-no-wildcard-resources", {
        fails: {
            "every resource": ["Resource::*", inline(allow("s3:GetObject", "*"))],
            "every bucket": [
                "Resource::arn:aws:s3:::*",
                inline(allow("s3:GetObject", "arn:aws:s3:::*")),
            ],
            "every object of every bucket": [
                "Resource::arn:aws:s3:::*/*",
                inline(allow("s3:GetObject", "arn:aws:s3:::*/*")),
            ],
            "every ARN": ["Resource::arn:*", inline(allow("sns:Publish", "arn:*"))],
            "every key": [
                `Resource::arn:aws:kms:eu-west-1:${account}:key/*`,
                inline(allow("kms:Decrypt", `arn:aws:kms:eu-west-1:${account}:key/*`)),
            ],
            "every table": [
                `Resource::arn:aws:glue:eu-west-1:${account}:table/*/*`,
                inline(allow("glue:GetTable", `arn:aws:glue:eu-west-1:${account}:table/*/*`)),
            ],
            "every service's": [
                "Resource::arn:aws:*:*:*:*",
                inline(allow("lambda:InvokeFunction", "arn:aws:*:*:*:*")),
            ],
            "everything on everything": ["Resource::*", inline(allow("*", "*"))],
            "a condition that anything meets": [
                "Resource::*",
                inline(
                    allow("lambda:InvokeFunction", "*", {
                        Condition: { StringLike: { "aws:ResourceTag/team": "*" } },
                    }),
                ),
            ],
            "a condition that counts only where the tag is": [
                "Resource::*",
                inline(
                    allow("lambda:InvokeFunction", "*", {
                        Condition: { StringEqualsIfExists: { "aws:ResourceTag/team": "x" } },
                    }),
                ),
            ],
            "every cluster": [
                `Resource::arn:aws:elasticmapreduce:eu-west-1:${account}:cluster/*`,
                inline(
                    allow(
                        "elasticmapreduce:AddJobFlowSteps",
                        `arn:aws:elasticmapreduce:eu-west-1:${account}:cluster/*`,
                    ),
                ),
            ],
        },
        passes: {
            "a prefix of a bucket": [inline(allow("s3:GetObject", objects))],
            "tables of one database": [
                inline(allow("glue:GetTable", `arn:aws:glue:eu-west-1:${account}:table/raw/*`)),
            ],
            "an action that AWS can't limit": [
                inline(allow(["xray:PutTraceSegments", "s3:ListAllMyBuckets"], "*")),
            ],
            "metrics, narrowed by namespace or not": [
                inline(allow("cloudwatch:PutMetricData", "*")),
            ],
            "clusters by tag": [
                inline(
                    allow(
                        "elasticmapreduce:AddJobFlowSteps",
                        `arn:aws:elasticmapreduce:eu-west-1:${account}:cluster/*`,
                        { Condition: { StringEquals: { "aws:ResourceTag/project": "loglake" } } },
                    ),
                ),
            ],
            "an interface that doesn't exist yet": [
                inline(
                    allow("ec2:CreateNetworkInterface", [
                        `arn:aws:ec2:eu-west-1:${account}:network-interface/*`,
                        `arn:aws:ec2:eu-west-1:${account}:subnet/subnet-1`,
                    ]),
                ),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-no-negated-elements", {
        fails: {
            "everything but some actions": [
                "NotAction",
                inline({ Effect: "Allow", NotAction: "iam:*", Resource: objects }),
            ],
            "everything but some resources": [
                "NotResource",
                inline({ Effect: "Allow", Action: "s3:GetObject", NotResource: objects }),
            ],
            "everybody but some": [
                "NotPrincipal",
                resource("aws:sns/topicPolicy:TopicPolicy", "p", {
                    policy: document({
                        Effect: "Allow",
                        Action: "sns:Publish",
                        Resource: "*",
                        NotPrincipal: { AWS: account },
                    }),
                }),
            ],
        },
        passes: {
            "a refusal of everything but some actions": [
                inline({ Effect: "Deny", NotAction: "s3:GetObject", Resource: objects }),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-pass-role", {
        fails: {
            "any role": ["PassRole::*", inline(pass("*"))],
            "any role of a prefix": [
                `PassRole::${roleArn("loglake-*")}`,
                inline(pass(roleArn("loglake-*"))),
            ],
            "any service": ["PassedToService", inline(allow("iam:PassRole", roleArn("spark")))],
            "any service, said": ["PassedToService", inline(pass(roleArn("spark"), "*"))],
            "a service by pattern": [
                "PassedToService",
                inline(
                    allow("iam:PassRole", roleArn("spark"), {
                        Condition: { StringLike: { "iam:PassedToService": "*.amazonaws.com" } },
                    }),
                ),
            ],
            "a service only where it is told": [
                "PassedToService",
                inline(
                    allow("iam:PassRole", roleArn("spark"), {
                        Condition: {
                            StringEqualsIfExists: { "iam:PassedToService": "ec2.amazonaws.com" },
                        },
                    }),
                ),
            ],
            "any role within a wildcard": ["PassRole::*", inline(allow("iam:*", "*"))],
        },
        passes: {
            "a role to a service": [inline(pass())],
            "no role": [inline(allow("s3:GetObject", objects))],
        },
        unseen: { "a document that is only known later": [later] },
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
        },
    });

    describePolicy("iam-bounded-data-access", {
        fails: {
            "every object": ["Data::s3:GetObject", inline(allow("s3:GetObject", "*"))],
            "every secret": [
                "Data::secretsmanager:GetSecretValue",
                inline(
                    allow(
                        "secretsmanager:GetSecretValue",
                        `arn:aws:secretsmanager:eu-west-1:${account}:secret:*`,
                    ),
                ),
            ],
            "every parameter": [
                "Data::ssm:GetParameter",
                inline(allow("ssm:GetParameter", `arn:aws:ssm:eu-west-1:${account}:parameter/*`)),
            ],
            "every key": ["Data::kms:Decrypt", inline(allow("kms:Decrypt", "*"))],
            "every key through one service": [
                "Data::kms:Decrypt",
                inline(
                    allow("kms:Decrypt", "*", {
                        Condition: {
                            StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
                        },
                    }),
                ),
            ],
            credentials: [
                "Data::sts:GetFederationToken",
                inline(allow("sts:GetFederationToken", "*")),
            ],
            "grants without end": ["CreateGrant", inline(allow("kms:CreateGrant", keyArn))],
        },
        passes: {
            "some objects": [inline(allow("s3:GetObject", objects))],
            "grants for resources of AWS": [
                inline(
                    allow("kms:CreateGrant", keyArn, {
                        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
                    }),
                ),
            ],
            "keys of one alias": [
                inline(
                    allow("kms:Decrypt", `arn:aws:kms:eu-west-1:${account}:key/*`, {
                        Condition: {
                            "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/lake" },
                        },
                    }),
                ),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-no-permissions-management", {
        fails: {
            "policies of buckets": [
                "Permissions::s3:PutBucketPolicy",
                inline(allow("s3:PutBucketPolicy", "arn:aws:s3:::data")),
            ],
            "policies of keys": [
                "Permissions::kms:PutKeyPolicy",
                inline(allow("kms:PutKeyPolicy", keyArn)),
            ],
            "policies of the catalog": [
                "Permissions::glue:PutResourcePolicy",
                inline(
                    allow("glue:PutResourcePolicy", `arn:aws:glue:eu-west-1:${account}:catalog`),
                ),
            ],
        },
        passes: {
            work: [inline(allow(["s3:GetObject", "s3:PutObject"], objects))],
            "a database group": [
                inline(
                    allow(
                        "redshift:JoinGroup",
                        `arn:aws:redshift:eu-west-1:${account}:dbgroup:wh/readers`,
                    ),
                ),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    const ec2 = (type: string) => `arn:aws:ec2:eu-west-1:${account}:${type}/*`;
    const viaS3 = {
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    };
    const tagged = { Condition: { StringEquals: { "aws:RequestTag/project": "loglake" } } };

    describePolicy("iam-narrowing-conditions", {
        fails: {
            "metrics of any namespace": [
                "Condition::cloudwatch:PutMetricData",
                inline(allow("cloudwatch:PutMetricData", "*")),
            ],
            "a key for any use": ["Condition::kms:Decrypt", inline(allow("kms:Decrypt", keyArn))],
            "clusters without tags": [
                "Condition::elasticmapreduce:RunJobFlow",
                inline(allow("elasticmapreduce:RunJobFlow", "*")),
            ],
            "instances without tags": [
                "Condition::ec2:RunInstances",
                inline(allow("ec2:RunInstances", ec2("instance"))),
            ],
            "a list of more than may be read": [
                "Condition::s3:ListBucket",
                inline(allow("s3:ListBucket", "arn:aws:s3:::data"), allow("s3:GetObject", objects)),
            ],
        },
        passes: {
            "metrics of a namespace": [
                inline(
                    allow("cloudwatch:PutMetricData", "*", {
                        Condition: { StringEquals: { "cloudwatch:namespace": "loglake" } },
                    }),
                ),
            ],
            "a key through S3": [inline(allow("kms:Decrypt", keyArn, viaS3))],
            "tagged instances": [inline(allow("ec2:RunInstances", ec2("instance"), tagged))],
            "a list of what may be read": [
                inline(
                    allow("s3:ListBucket", "arn:aws:s3:::data", {
                        Condition: { StringLike: { "s3:prefix": "in/*" } },
                    }),
                    allow("s3:GetObject", objects),
                ),
            ],
            "a list of all where all may be read": [
                inline(
                    allow("s3:ListBucket", "arn:aws:s3:::data"),
                    allow("s3:GetObject", "arn:aws:s3:::data/*"),
                ),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-typed-resources", {
        fails: {
            "everything with a tag": [
                "Resource::*",
                inline(
                    allow("ec2:TerminateInstances", "*", {
                        Condition: { StringEquals: { "aws:ResourceTag/project": "loglake" } },
                    }),
                ),
            ],
        },
        passes: {
            "instances with a tag": [
                inline(
                    allow("ec2:TerminateInstances", ec2("instance"), {
                        Condition: { StringEquals: { "aws:ResourceTag/project": "loglake" } },
                    }),
                ),
            ],
            "an action that AWS can't limit": [
                inline(allow("elasticmapreduce:RunJobFlow", "*", tagged)),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-trust", {
        fails: {
            everybody: [
                "Principal::*",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: "*",
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "every AWS principal": [
                "Principal::*",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { AWS: "*" },
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "a whole account": [
                `Principal::arn:aws:iam::${account}:root`,
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { AWS: `arn:aws:iam::${account}:root` },
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "a whole account by number": [
                "Principal::999999999999",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { AWS: "999999999999" },
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "a service on behalf of anybody": [
                "Source::glue.amazonaws.com",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { Service: "glue.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "a service whose condition anything meets": [
                "Source::glue.amazonaws.com",
                role({
                    assumeRolePolicy: document({
                        ...serviceTrust("glue.amazonaws.com"),
                        Condition: { StringLike: { "aws:SourceAccount": "*" } },
                    }),
                }),
            ],
            "GitHub, any repository": [
                "OIDC::sub",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: {
                            Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
                        },
                        Action: "sts:AssumeRoleWithWebIdentity",
                        Condition: {
                            StringEquals: {
                                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                            },
                        },
                    }),
                }),
            ],
        },
        passes: {
            "a service for this account": [role()],
            "a service for one resource": [
                role({
                    assumeRolePolicy: document({
                        ...serviceTrust("states.amazonaws.com"),
                        Condition: {
                            ArnLike: {
                                "aws:SourceArn": `arn:aws:states:eu-west-1:${account}:stateMachine:x`,
                            },
                        },
                    }),
                }),
            ],
            "Redshift for the users of one cluster": [
                role({
                    assumeRolePolicy: document({
                        ...serviceTrust("redshift.amazonaws.com"),
                        Condition: {
                            StringLike: {
                                "sts:ExternalId": `arn:aws:redshift:eu-west-1:${account}:dbuser:wh/*`,
                            },
                        },
                    }),
                }),
            ],
            "EC2, which says nothing of whom it acts for": [
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { Service: "ec2.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    }),
                }),
            ],
            "a named role": [
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { AWS: roleArn("instance") },
                        Action: ["sts:AssumeRole", "sts:TagSession"],
                    }),
                }),
            ],
            "another account that knows a secret": [
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: { AWS: "arn:aws:iam::999999999999:root" },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "sts:ExternalId": "b7f3" } },
                    }),
                }),
            ],
            "GitHub, one repository": [
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Principal: {
                            Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
                        },
                        Action: "sts:AssumeRoleWithWebIdentity",
                        Condition: {
                            StringEquals: {
                                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                                "token.actions.githubusercontent.com:sub":
                                    "repo:me/loglake:ref:refs/heads/main",
                            },
                        },
                    }),
                }),
            ],
        },
        unseen: { "a trust that is only known later": [role({ assumeRolePolicy: unknown })] },
    });

    describePolicy("iam-privilege-escalation", {
        fails: {
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
        unseen: { "a document that is only known later": [role(), later] },
    });

    describePolicy("iam-managed-policies", {
        fails: {
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
    });

    const many = (count: number) =>
        Array.from(
            { length: count },
            (_, index) => `arn:aws:s3:::data/some/long/prefix/of/a/source/${String(index)}/*`,
        );

    describePolicy("iam-document-size", {
        fails: {
            "a managed policy over its quota": [
                "size",
                resource("aws:iam/policy:Policy", "p", {
                    policy: document(allow("s3:GetObject", many(150))),
                }),
            ],
            "a trust over its quota": [
                "size",
                role({
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Action: "sts:AssumeRole",
                        Principal: { AWS: many(60).map((_, i) => roleArn(`role-${String(i)}`)) },
                    }),
                }),
            ],
        },
        passes: { "a small one": [inline(allow("s3:GetObject", objects))] },
        unseen: { "a document that is only known later": [later] },
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
        passes: { "small ones": [role(), inline(allow("s3:GetObject", objects))] },
    });

    describePolicy("iam-no-long-term-credentials", {
        fails: {
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
        passes: { "a role": [role()] },
    });
});
