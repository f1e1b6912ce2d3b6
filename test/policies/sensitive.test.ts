/** Rights that hand on more than they seem to. */
import { roleArn, inline, later, objects } from "./iamResources";
import { account, allow, describePolicy, keyArn, usePack } from "./support";

const pass = (on = roleArn("spark"), service = "elasticmapreduce.amazonaws.com") =>
    allow("iam:PassRole", on, { Condition: { StringEquals: { "iam:PassedToService": service } } });

const bounded = {
    Condition: {
        StringEquals: { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/boundary` },
    },
};

describe("policies on what identities may hand on", () => {
    usePack();

    describePolicy("iam-pass-role", {
        fails: {
            "any role": ["PassRole::*", inline(pass("*"))],
            "any role of a prefix": [
                `PassRole::${roleArn("loglake-*")}`,
                inline(pass(roleArn("loglake-*"))),
            ],
            "any service": ["PassedToService", inline(allow("iam:PassRole", roleArn("spark")))],
            "more services than roles": [
                "PassedToService",
                inline(
                    allow("iam:PassRole", roleArn("spark"), {
                        Condition: {
                            StringEquals: {
                                "iam:PassedToService": [
                                    "glue.amazonaws.com",
                                    "lambda.amazonaws.com",
                                ],
                            },
                        },
                    }),
                ),
            ],
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
            "EMR's roles, of which EC2 gets one": [
                inline(
                    allow("iam:PassRole", [roleArn("emr"), roleArn("nodes")], {
                        Condition: {
                            StringEquals: {
                                "iam:PassedToService": [
                                    "elasticmapreduce.amazonaws.com",
                                    "ec2.amazonaws.com",
                                ],
                            },
                        },
                    }),
                ),
            ],
            "a role to a service": [inline(pass())],
            "no role": [inline(allow("s3:GetObject", objects))],
        },
        unseen: { "a document that is only known later": [later] },
    });

    describePolicy("iam-bounded-data-access", {
        fails: {
            "grants for anybody but AWS": [
                "CreateGrant",
                inline(
                    allow("kms:CreateGrant", keyArn, {
                        Condition: { Bool: { "kms:GrantIsForAWSResource": "false" } },
                    }),
                ),
            ],

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
            "policies of logs": [
                "Permissions::logs:PutResourcePolicy",
                inline(allow("logs:PutResourcePolicy", "*")),
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
            "a boundary that any policy may be": [
                "Permissions::iam:PutRolePermissionsBoundary",
                inline(
                    allow("iam:PutRolePermissionsBoundary", roleArn("pipelines/*"), {
                        Condition: {
                            StringLike: { "iam:PermissionsBoundary": "arn:aws:iam::*:policy/*" },
                        },
                    }),
                ),
            ],
            "taking a boundary away": [
                "Permissions::iam:DeleteRolePermissionsBoundary",
                inline(allow("iam:DeleteRolePermissionsBoundary", roleArn("pipelines/*"), bounded)),
            ],
            "any user of a database": [
                "Permissions::rds-db:connect",
                inline(
                    allow("rds-db:connect", `arn:aws:rds-db:eu-west-1:${account}:dbuser:db-1/*`),
                ),
            ],
        },
        passes: {
            "roles under one boundary": [
                inline(allow("iam:PutRolePermissionsBoundary", roleArn("pipelines/*"), bounded)),
            ],
            "one policy for one role": [
                inline(
                    allow("iam:AttachRolePolicy", roleArn("job"), {
                        Condition: {
                            ArnEquals: { "iam:PolicyARN": `arn:aws:iam::${account}:policy/read` },
                        },
                    }),
                ),
            ],
            "a database's user": [
                inline(
                    allow("rds-db:connect", `arn:aws:rds-db:eu-west-1:${account}:dbuser:db-1/etl`),
                ),
            ],
            "copies that become their bucket's": [
                inline(allow("s3:ObjectOwnerOverrideToBucketOwner", "arn:aws:s3:::copies/*")),
            ],
            "a build's network interfaces": [
                inline(
                    allow(
                        "ec2:CreateNetworkInterfacePermission",
                        `arn:aws:ec2:eu-west-1:${account}:network-interface/*`,
                        {
                            Condition: {
                                StringEquals: {
                                    "ec2:AuthorizedService": "codebuild.amazonaws.com",
                                },
                            },
                        },
                    ),
                ),
            ],
            "a service that delivers its own logs": [
                inline(allow(["logs:CreateLogDelivery", "logs:PutResourcePolicy"], "*")),
            ],
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
});
