/** Services and accounts that documents on resources let in. */
import { bucket, publish, read, topic, topicArn } from "./fixtures";
import { account, describePolicy, document, keyArn, resource, unknown, usePack } from "./support";

const own = resource("aws:sns/topic:Topic", "alerts", { arn: topicArn, name: "alerts" });
const later = resource("aws:sqs/queuePolicy:QueuePolicy", "policy", { policy: unknown });
const cloudwatch = { Principal: { Service: "cloudwatch.amazonaws.com" } };
const logsKey = (more: object) =>
    resource("aws:kms/key:Key", "k", {
        policy: document({
            Effect: "Allow",
            Principal: { Service: "logs.eu-west-1.amazonaws.com" },
            Action: "kms:Decrypt",
            Resource: "*",
            ...more,
        }),
    });
const caller = (more: object) =>
    resource("aws:lambda/permission:Permission", "p", {
        function: "f",
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        ...more,
    });
const eventsFrom = (from: string) =>
    resource("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "bus", {
        policy: document({
            Sid: "Partner",
            Effect: "Allow",
            Principal: { AWS: from },
            Action: "events:PutEvents",
            Resource: `arn:aws:events:eu-west-1:${account}:event-bus/orders`,
        }),
    });
const thisAccount = { Condition: { StringEquals: { "aws:SourceAccount": account } } };

describe("policies on which services and accounts are let in", () => {
    usePack();

    describePolicy("resource-policy-confused-deputy", {
        fails: {
            "a service for accounts with some digits": [
                "Source::cloudwatch.amazonaws.com",
                topic(
                    publish({
                        ...cloudwatch,
                        Condition: { StringLike: { "aws:SourceAccount": "1*" } },
                    }),
                ),
            ],

            "a service on behalf of anybody": [
                "Source::cloudwatch.amazonaws.com",
                topic(publish(cloudwatch)),
            ],
            "a service with a condition on something else": [
                "Source::cloudwatch.amazonaws.com",
                topic(
                    publish({
                        ...cloudwatch,
                        Condition: { Bool: { "aws:SecureTransport": "true" } },
                    }),
                ),
            ],
            "a service for buckets of any account": [
                "Source::cloudwatch.amazonaws.com",
                topic(
                    publish({
                        ...cloudwatch,
                        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } },
                    }),
                ),
            ],
            "Logs on a key for groups of any account": [
                "Source::logs.eu-west-1.amazonaws.com",
                logsKey({
                    Condition: {
                        ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*" },
                    },
                }),
            ],
            "Logs on a key": ["Source::logs.eu-west-1.amazonaws.com", logsKey({})],
        },
        passes: {
            "the catalog's sharing by RAM": [
                resource("aws:glue/resourcePolicy:ResourcePolicy", "catalog", {
                    policy: document({
                        Effect: "Allow",
                        Principal: { Service: "ram.amazonaws.com" },
                        Action: "glue:ShareResource",
                        Resource: `arn:aws:glue:eu-west-1:${account}:table/*/*`,
                    }),
                }),
            ],
            "a service for this account": [topic(publish({ ...cloudwatch, ...thisAccount }))],
            "Logs for one group": [
                logsKey({
                    Condition: {
                        ArnEquals: {
                            "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-west-1:${account}:log-group:x`,
                        },
                    },
                }),
            ],
        },
        unseen: { "a policy that is only known later": [later] },
    });

    describePolicy("resource-policy-lockout", {
        fails: {
            "a refusal of everything else": [
                "Lockout",
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    NotAction: "s3:GetObject",
                    Resource: "arn:aws:s3:::data",
                }),
            ],
            "a refusal of whoever uses TLS": [
                "Lockout",
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: "arn:aws:s3:::data",
                    Condition: { Bool: { "aws:SecureTransport": "true" } },
                }),
            ],
            "a refusal under a condition that everybody meets": [
                "Lockout",
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: "arn:aws:s3:::data",
                    Condition: { ArnLike: { "aws:PrincipalArn": "*" } },
                }),
            ],

            "a refusal for everybody": [
                "Lockout",
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
                }),
            ],
        },
        passes: {
            "a refusal of all but mending the policy": [
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    NotAction: "s3:PutBucketPolicy",
                    Resource: "arn:aws:s3:::data",
                }),
            ],

            "a refusal under a condition": [
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: "arn:aws:s3:::data",
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                }),
            ],
            "a refusal of deletions": [
                bucket({
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:DeleteObjectVersion",
                    Resource: "arn:aws:s3:::data/*",
                }),
            ],
        },
        unseen: { "a policy that is only known later": [later] },
    });

    describePolicy("foreign-accounts", {
        fails: {
            "another account on an image": [
                "Account::999999999999",
                own,
                resource("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "p", {
                    imageId: "ami-1",
                    accountId: "999999999999",
                }),
            ],
            "another account's role by an access grant": [
                "Account::999999999999",
                own,
                resource("aws:s3control/accessGrant:AccessGrant", "g", {
                    permission: "READ",
                    grantee: {
                        granteeType: "IAM",
                        granteeIdentifier: "arn:aws:iam::999999999999:role/x",
                    },
                }),
            ],

            "an account by its canonical id": [
                `Account::${"9a".repeat(32)}`,
                own,
                bucket(read({ Principal: { CanonicalUser: "9a".repeat(32) } })),
            ],
            "another account on a bucket": [
                "Account::999999999999",
                own,
                bucket(read({ Principal: { AWS: "arn:aws:iam::999999999999:root" } })),
            ],
            "a role of another account with every action": [
                "Account::999999999999",
                own,
                bucket(
                    read({
                        Action: "s3:*",
                        Principal: { AWS: "arn:aws:iam::999999999999:role/x" },
                    }),
                ),
            ],
            "a role of another account that may rewrite the policy, of one's organisation too": [
                "Account::999999999999",
                own,
                bucket(
                    read({
                        Action: "s3:PutBucketPolicy",
                        Principal: { AWS: "arn:aws:iam::999999999999:role/x" },
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
                    }),
                ),
            ],
            "another account beside its role": [
                "Account::999999999999",
                own,
                bucket(
                    read({
                        Principal: {
                            AWS: [
                                "arn:aws:iam::999999999999:role/x",
                                "arn:aws:iam::999999999999:root",
                            ],
                        },
                    }),
                ),
            ],
            "another account where only a setting tells whose this one is": [
                "Account::999999999999",
                resource(
                    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    "sse",
                    {
                        bucket: "data",
                        rules: [
                            {
                                applyServerSideEncryptionByDefault: {
                                    sseAlgorithm: "aws:kms",
                                    kmsMasterKeyId: keyArn,
                                },
                            },
                        ],
                    },
                ),
                bucket(read({ Principal: { AWS: "arn:aws:iam::999999999999:root" } })),
            ],
            "another account's role by a grant of a key": [
                "Account::999999999999",
                own,
                resource("aws:kms/grant:Grant", "g", {
                    granteePrincipal: "arn:aws:iam::999999999999:role/x",
                    operations: ["Decrypt"],
                }),
            ],
            "another account by its share of a warehouse": [
                "Account::999999999999",
                own,
                resource("aws:redshift/dataShareAuthorization:DataShareAuthorization", "d", {
                    consumerIdentifier: "999999999999",
                }),
            ],
            "another account where only a key tells whose this one is": [
                "Account::999999999999",
                resource("aws:kms/key:Key", "k", {
                    policy: document({
                        Effect: "Allow",
                        Principal: { AWS: `arn:aws:iam::${account}:root` },
                        Action: "kms:*",
                        Resource: "*",
                    }),
                }),
                bucket(read({ Principal: { AWS: "999999999999" } })),
            ],
            "a service on behalf of another account": [
                "Account::999999999999",
                own,
                topic(
                    publish({
                        ...cloudwatch,
                        Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } },
                    }),
                ),
            ],
            "a trust in a service on behalf of another account's machines": [
                "Account::999999999999",
                own,
                resource("aws:iam/role:Role", "r", {
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Action: "sts:AssumeRole",
                        Principal: { Service: "states.amazonaws.com" },
                        Condition: {
                            ArnLike: {
                                "aws:SourceArn":
                                    "arn:aws:states:eu-west-1:999999999999:stateMachine:*",
                            },
                        },
                    }),
                }),
            ],
            "a trust in Firehose on behalf of another account": [
                "Account::999999999999",
                own,
                resource("aws:iam/role:Role", "r", {
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Action: "sts:AssumeRole",
                        Principal: { Service: "firehose.amazonaws.com" },
                        Condition: { StringEquals: { "sts:ExternalId": "999999999999" } },
                    }),
                }),
            ],
            "a function's caller on behalf of another account": [
                "Account::999999999999",
                own,
                caller({ sourceAccount: "999999999999" }),
            ],
            "a function's caller for another account's rule": [
                "Account::999999999999",
                own,
                caller({ sourceArn: "arn:aws:events:eu-west-1:999999999999:rule/x" }),
            ],
            "everybody of another account": [
                "Account::999999999999",
                own,
                bucket(
                    read({
                        Principal: "*",
                        Condition: { StringEquals: { "aws:PrincipalAccount": "999999999999" } },
                    }),
                ),
            ],
            "a trust in another account's role": [
                "Account::999999999999",
                own,
                resource("aws:iam/role:Role", "r", {
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Action: "sts:AssumeRole",
                        Principal: { AWS: "arn:aws:iam::999999999999:role/x" },
                    }),
                }),
            ],
        },
        passes: {
            "a role of another account, which foreign-principals tells of": [
                own,
                bucket(read({ Principal: { AWS: "arn:aws:iam::999999999999:role/x" } })),
            ],
            "another account that puts events on a bus": [own, eventsFrom("999999999999")],
            "this account": [
                own,
                bucket(read({ Principal: { AWS: `arn:aws:iam::${account}:role/x` } })),
            ],
            "services on behalf of this account": [
                own,
                topic(publish({ ...cloudwatch, ...thisAccount })),
                caller({
                    sourceAccount: account,
                    sourceArn: `arn:aws:events:eu-west-1:${account}:rule/x`,
                }),
            ],
            "this account's, beside another one's key, as long as nothing has an ARN": [
                resource("aws:sns/topic:Topic", "alerts", {
                    name: "alerts",
                    kmsMasterKeyId: "arn:aws:kms:eu-west-1:999999999999:key/1",
                }),
                resource("aws:sns/topicPolicy:TopicPolicy", "policy", {
                    policy: document(
                        publish({ ...cloudwatch, ...thisAccount }),
                        publish({ Principal: { Service: "s3.amazonaws.com" }, ...thisAccount }),
                    ),
                }),
            ],
            "a function's caller that is only known later": [own, caller({ sourceArn: unknown })],
            "a service on behalf of the organisation's accounts": [
                own,
                topic(
                    publish({
                        ...cloudwatch,
                        Condition: {
                            StringEquals: {
                                "aws:SourceAccount": "999999999999",
                                "aws:SourceOrgID": "o-1",
                            },
                        },
                    }),
                ),
            ],
            "one role of an account that knows a secret": [
                own,
                resource("aws:iam/role:Role", "r", {
                    assumeRolePolicy: document({
                        Effect: "Allow",
                        Action: "sts:AssumeRole",
                        Principal: { AWS: "999999999999" },
                        Condition: {
                            StringEquals: {
                                "sts:ExternalId": "b7f3",
                                "aws:PrincipalArn": "arn:aws:iam::999999999999:role/x",
                            },
                        },
                    }),
                }),
            ],
            "another account of the organisation": [
                own,
                bucket(
                    read({
                        Principal: { AWS: "999999999999" },
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
                    }),
                ),
            ],
        },
        unseen: {
            "a policy that is only known later": [own, later],
            "whether a service acts for this account": [
                resource("aws:sns/topicPolicy:TopicPolicy", "policy", {
                    policy: document(publish({ ...cloudwatch, ...thisAccount })),
                }),
            ],
            "whether an account is this one": [
                bucket(read({ Principal: { AWS: "999999999999" } })),
            ],
            "a grantee that is only known later": [
                own,
                resource("aws:kms/grant:Grant", "g", { granteePrincipal: unknown }),
            ],
        },
    });

    describePolicy("foreign-principals", {
        fails: {
            "a role of another account": [
                "Account::999999999999",
                own,
                bucket(read({ Principal: { AWS: "arn:aws:iam::999999999999:role/x" } })),
            ],
            "a role of another account that runs a function": [
                "Account::999999999999",
                own,
                caller({ principal: "arn:aws:iam::999999999999:role/x" }),
            ],
            "another account that puts events on a bus": [
                "Account::999999999999",
                own,
                eventsFrom("999999999999"),
            ],
        },
        passes: {
            "a role of this account": [
                own,
                bucket(read({ Principal: { AWS: `arn:aws:iam::${account}:role/x` } })),
            ],
            "a role of the organisation": [
                own,
                bucket(
                    read({
                        Principal: { AWS: "arn:aws:iam::999999999999:role/x" },
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
                    }),
                ),
            ],
            "a whole account, which foreign-accounts tells of": [
                own,
                bucket(read({ Principal: { AWS: "arn:aws:iam::999999999999:root" } })),
            ],
        },
        unseen: { "a document that is only known later": [later] },
    });
});
