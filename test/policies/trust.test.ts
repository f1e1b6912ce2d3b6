/** Who may assume roles. */
import { roleArn, role, serviceTrust } from "./iamResources";
import { account, describePolicy, document, unknown, usePack } from "./support";

const trusting = (statement: object) =>
    role({
        assumeRolePolicy: document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }),
    });
const githubHost = "token.actions.githubusercontent.com";
const github = (condition: object) =>
    trusting({
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${githubHost}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${githubHost}:aud`]: "sts.amazonaws.com" }, ...condition },
    });

const pool = "cognito-identity.amazonaws.com";
const cognito = (amr: string) =>
    trusting({
        Principal: { Federated: pool },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
            StringEquals: { [`${pool}:aud`]: "eu-west-1:11111111-2222-3333-4444-555555555555" },
            "ForAnyValue:StringLike": { [`${pool}:amr`]: amr },
        },
    });

describe("policies on trust", () => {
    usePack();

    describePolicy("iam-trust", {
        fails: {
            "GitHub, a part of the word that all begin with": [
                "OIDC::sub",
                github({ StringLike: { [`${githubHost}:sub`]: "re*" } }),
            ],

            "guests by Cognito": ["OIDC::sub", cognito("unauthenticated")],
            "every role of an account": [
                `Principal::arn:aws:iam::${account}:root`,
                trusting({
                    Principal: { AWS: `arn:aws:iam::${account}:root` },
                    Condition: {
                        ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/*` },
                    },
                }),
            ],
            "an account as part of any organisation": [
                `Principal::arn:aws:iam::${account}:root`,
                trusting({
                    Principal: { AWS: `arn:aws:iam::${account}:root` },
                    Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } },
                }),
            ],
            "GitHub, owners whose name begins alike": [
                "OIDC::sub",
                github({ StringLike: { [`${githubHost}:sub`]: "repo:me*/loglake:*" } }),
            ],
            "GitHub, a repository of any owner": [
                "OIDC::sub",
                github({ StringLike: { [`${githubHost}:sub`]: "repo:*/loglake:*" } }),
            ],

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
            "a service for resources of any account": [
                "Source::states.amazonaws.com",
                role({
                    assumeRolePolicy: document({
                        ...serviceTrust("states.amazonaws.com"),
                        Condition: {
                            ArnLike: { "aws:SourceArn": "arn:aws:states:*:*:stateMachine:*" },
                        },
                    }),
                }),
            ],
            "a service where it says so": [
                "Source::glue.amazonaws.com",
                role({
                    assumeRolePolicy: document({
                        ...serviceTrust("glue.amazonaws.com"),
                        Condition: { StringEqualsIfExists: { "aws:SourceAccount": account } },
                    }),
                }),
            ],
            "another account's roles of any account": [
                "Principal::999999999999",
                trusting({
                    Principal: { AWS: "999999999999" },
                    Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
                }),
            ],
            "GitHub, any repository of any owner": [
                "OIDC::sub",
                github({ StringLike: { [`${githubHost}:sub`]: "repo:*" } }),
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
            "users that Cognito knows": [cognito("authenticated")],
            "some roles of an account": [
                trusting({
                    Principal: { AWS: `arn:aws:iam::${account}:root` },
                    Condition: {
                        ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/etl-*` },
                    },
                }),
            ],
            "Terraform Cloud, workspaces of one project": [
                trusting({
                    Principal: {
                        Federated: `arn:aws:iam::${account}:oidc-provider/app.terraform.io`,
                    },
                    Action: "sts:AssumeRoleWithWebIdentity",
                    Condition: {
                        StringEquals: { "app.terraform.io:aud": "aws.workload.identity" },
                        StringLike: {
                            "app.terraform.io:sub":
                                "organization:me:project:lake:workspace:*:run_phase:*",
                        },
                    },
                }),
            ],
            "Firehose, which names the account in another way": [
                trusting({
                    Principal: { Service: "firehose.amazonaws.com" },
                    Condition: { StringEquals: { "sts:ExternalId": account } },
                }),
            ],

            "a service for this account": [role()],
            "S3, for replication": [trusting({ Principal: { Service: "s3.amazonaws.com" } })],
            "GitHub, the repositories of one owner": [
                github({ StringLike: { [`${githubHost}:sub`]: "repo:me/*" } }),
            ],
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
});
