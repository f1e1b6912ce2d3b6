/** Wildcards, and what only conditions narrow. */
import { role, inline, later, objects } from "./iamResources";
import { account, allow, describePolicy, document, keyArn, resource, usePack } from "./support";

const ec2 = (type: string) => `arn:aws:ec2:eu-west-1:${account}:${type}/*`;
const viaS3 = {
    Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
};
const tagged = { Condition: { StringEquals: { "aws:RequestTag/project": "loglake" } } };

const interfaces = `arn:aws:ec2:eu-west-1:${account}:network-interface/*`;

describe("policies on how much identities may do", () => {
    usePack();

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
            "more than one operation of KMS": ["Action::kms:D*", inline(allow("kms:D*", keyArn))],
            "a question mark": ["Action::s3:GetObjec?", inline(allow("s3:GetObjec?", objects))],
        },
        passes: {
            "what AWS's examples for keys of log groups ask for": [
                inline(allow("kms:Describe*", keyArn)),
            ],

            "named actions": [inline(allow("s3:GetObject", objects))],
            "the forms of one operation of KMS": [
                inline(allow(["kms:GenerateDataKey*", "kms:ReEncrypt*", "KMS:Decrypt*"], keyArn)),
            ],
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
            "network interfaces of everybody": [
                "Resource::*",
                inline(allow("ec2:DeleteNetworkInterface", "*")),
            ],
            "any tag on any network interface": [
                `Resource::${interfaces}`,
                inline(allow("ec2:CreateTags", interfaces)),
            ],
            "a prefix of every bucket": [
                "Resource::arn:aws:s3:::*/in/*",
                inline(allow("s3:GetObject", "arn:aws:s3:::*/in/*")),
            ],
            "keys of any alias": [
                "Resource::*",
                inline(
                    allow("kms:Decrypt", "*", {
                        Condition: {
                            "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/*" },
                        },
                    }),
                ),
            ],
            "secrets of any name": [
                "Resource::*",
                inline(
                    allow("secretsmanager:GetSecretValue", "*", {
                        Condition: {
                            ArnLike: {
                                "secretsmanager:SecretId": `arn:aws:secretsmanager:eu-west-1:${account}:secret:*`,
                            },
                        },
                    }),
                ),
            ],

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
            "a function's own network interfaces, by type": [
                inline(
                    allow(
                        ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
                        [interfaces, `arn:aws:ec2:eu-west-1:${account}:subnet/*`],
                    ),
                ),
            ],
            "Glue's mark on network interfaces": [
                inline(
                    allow(["ec2:CreateTags", "ec2:DeleteTags"], interfaces, {
                        Condition: {
                            "ForAllValues:StringEquals": {
                                "aws:TagKeys": ["aws-glue-service-resource"],
                            },
                        },
                    }),
                ),
            ],
            "keys of some aliases": [
                inline(
                    allow("kms:Decrypt", "*", {
                        Condition: {
                            "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/lake-*" },
                        },
                    }),
                ),
            ],

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
            "all but some, through an endpoint": [
                "NotResource",
                resource("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {
                    policy: document({
                        Effect: "Allow",
                        Principal: "*",
                        Action: "s3:GetObject",
                        NotResource: "arn:aws:s3:::secret/*",
                    }),
                }),
            ],
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
});
