/** Documents on resources that let in everybody. */
import { bucket, publish, read, topic } from "./fixtures";
import { account, describePolicy, document, resource, unknown, usePack } from "./support";

const later = resource("aws:sqs/queuePolicy:QueuePolicy", "policy", { policy: unknown });
const everybody = (Condition: object) => read({ Principal: "*", Condition });

describe("policies on who is let in", () => {
    usePack();

    describePolicy("resource-policy-public", {
        fails: {
            "subscribers by addresses that anybody can make": [
                "Principal::*",
                topic(
                    publish({
                        Action: "sns:Subscribe",
                        Principal: "*",
                        Condition: { StringLike: { "sns:Endpoint": "*@example.com" } },
                    }),
                ),
            ],
            "subscribers by any address": [
                "Principal::*",
                topic(
                    publish({
                        Action: "sns:Subscribe",
                        Principal: "*",
                        Condition: { StringLike: { "sns:Endpoint": "*@*" } },
                    }),
                ),
            ],

            "everybody by any endpoint": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:SourceVpce": "vpce-*" } })),
            ],
            "everybody of any organisation, by how its ids begin": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:PrincipalOrgID": "o-*" } })),
            ],
            "everybody of accounts with some digits": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:PrincipalAccount": "12*" } })),
            ],
            "every role, by how its id begins": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:userid": "AROA*:*" } })),
            ],
            "roles of a name, in any ARN": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:PrincipalArn": "*:role/reader" } })),
            ],
            "every ARN": [
                "Principal::*",
                bucket(everybody({ StringLike: { "aws:PrincipalArn": "arn:aws:*" } })),
            ],
            "everybody on a domain of OpenSearch": [
                "Principal::*",
                resource("aws:opensearch/domain:Domain", "d", {
                    accessPolicies: document({
                        Effect: "Allow",
                        Principal: { AWS: "*" },
                        Action: "es:ESHttpGet",
                        Resource: "*",
                    }),
                }),
            ],
            "everybody on an image": [
                "Principal::*",
                resource("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "p", {
                    imageId: "ami-1",
                    group: "all",
                }),
            ],
            "everybody on an endpoint service": [
                "Principal::*",
                resource(
                    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
                    "p",
                    { principalArn: "*" },
                ),
            ],

            everybody: ["Principal::*", bucket(read({ Principal: "*" }))],
            "everybody, the long way": [
                "Principal::*",
                topic(publish({ Principal: { AWS: ["*"] } })),
            ],
            "everybody with a condition that says nothing of them": [
                "Principal::*",
                bucket(
                    read({
                        Principal: "*",
                        Condition: { Bool: { "aws:SecureTransport": "true" } },
                    }),
                ),
            ],
            "everybody of any organisation": [
                "Principal::*",
                bucket(
                    read({
                        Principal: "*",
                        Condition: { StringLike: { "aws:PrincipalOrgID": "*" } },
                    }),
                ),
            ],
            "everybody of any account": [
                "Principal::arn:aws:iam::*:role/reader",
                bucket(read({ Principal: { AWS: "arn:aws:iam::*:role/reader" } })),
            ],
            "roles of any account": [
                "Principal::*",
                bucket(
                    everybody({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/reader" } }),
                ),
            ],
            "callers that tag themselves": [
                "Principal::*",
                bucket(everybody({ StringEquals: { "aws:PrincipalTag/team": "data" } })),
            ],
            "everybody but one account": [
                "Principal::*",
                bucket(everybody({ StringNotEquals: { "aws:PrincipalAccount": "999999999999" } })),
            ],
            "everybody from a range or from anywhere": [
                "Principal::*",
                bucket(
                    everybody({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } }),
                ),
            ],
            "everybody where the endpoint isn't told": [
                "Principal::*",
                bucket(everybody({ StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } })),
            ],
            "everybody at an access point": [
                "Principal::*",
                resource("aws:s3control/accessPointPolicy:AccessPointPolicy", "p", {
                    policy: document(read({ Principal: "*" })),
                }),
            ],
            "everybody on an event bus, by a single grant": [
                "Principal::*",
                resource("aws:cloudwatch/eventPermission:EventPermission", "p", {
                    principal: "*",
                    statementId: "all",
                }),
            ],
            "everybody in a secret's policy": [
                "Principal::*",
                resource("aws:secretsmanager/secretPolicy:SecretPolicy", "p", {
                    policy: document({
                        Effect: "Allow",
                        Principal: "*",
                        Action: "secretsmanager:GetSecretValue",
                        Resource: "*",
                    }),
                }),
            ],
            "everybody in a catalog's policy": [
                "Principal::*",
                resource("aws:glue/resourcePolicy:ResourcePolicy", "p", {
                    policy: document({
                        Effect: "Allow",
                        Principal: "*",
                        Action: "glue:GetTable",
                        Resource: `arn:aws:glue:eu-west-1:${account}:catalog`,
                    }),
                }),
            ],
        },
        passes: {
            "sessions of one role": [
                bucket(everybody({ StringLike: { "aws:userid": "AROAEXAMPLE:*" } })),
            ],
            "units of one organisation": [
                bucket(
                    everybody({
                        "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/r-1/*" },
                    }),
                ),
            ],
            "an image for one account": [
                resource("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "p", {
                    imageId: "ami-1",
                    accountId: "123456789012",
                }),
            ],

            "everybody of the organisation": [
                bucket(
                    read({
                        Principal: "*",
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
                    }),
                ),
            ],
            "everybody of the account": [
                topic(
                    publish({
                        Principal: { AWS: "*" },
                        Condition: { StringEquals: { "AWS:SourceOwner": account } },
                    }),
                ),
            ],
            "everybody within an endpoint": [
                bucket(
                    read({
                        Principal: "*",
                        Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } },
                    }),
                ),
            ],
            "everybody from one's own range": [
                bucket(everybody({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } })),
            ],
            "the organisation on an event bus, by a single grant": [
                resource("aws:cloudwatch/eventPermission:EventPermission", "p", {
                    principal: "*",
                    statementId: "all",
                    condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-1" },
                }),
            ],
            "a refusal for everybody": [
                bucket(
                    read({
                        Effect: "Deny",
                        Principal: "*",
                        Condition: { Bool: { "aws:SecureTransport": "false" } },
                    }),
                ),
            ],
            "a role": [bucket(read({ Principal: { AWS: `arn:aws:iam::${account}:role/x` } }))],
        },
        unseen: { "a policy that is only known later": [later] },
    });
});
