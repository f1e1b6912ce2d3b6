/** Documents that mean what they say. */
import { roleArn, role, inline, text, later, objects } from "./iamResources";
import { account, allow, describePolicy, document, keyArn, resource, usePack } from "./support";

const many = (count: number) =>
    Array.from(
        { length: count },
        (_, index) => `arn:aws:s3:::data/some/long/prefix/of/a/source/${String(index)}/*`,
    );

describe("policies on the form of documents", () => {
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
            "an action of no resource on one": [
                "Mismatch::xray:PutTraceSegments",
                inline(allow("xray:PutTraceSegments", "arn:aws:s3:::data")),
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
            "a wildcard that stands for itself": [
                "Condition::aws:SourceArn",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: { StringEquals: { "aws:SourceArn": "arn:aws:states:*:*:*" } },
                    }),
                ),
            ],
            "a number's operator on an account": [
                "Condition::aws:SourceAccount",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: { NumericEquals: { "aws:SourceAccount": account } },
                    }),
                ),
            ],
            "an address's operator on a network": [
                "Condition::aws:SourceVpc",
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: { NotIpAddress: { "aws:SourceVpc": "10.0.0.0/16" } },
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
            "a secret's tags, by the key that its service has": [
                inline(
                    allow(
                        "secretsmanager:GetSecretValue",
                        `arn:aws:secretsmanager:eu-west-1:${account}:secret:x-*`,
                        {
                            Condition: {
                                StringEquals: { "secretsmanager:ResourceTag/team": "data" },
                            },
                        },
                    ),
                ),
            ],

            "an asterisk that is meant": [
                inline(
                    allow("s3:ListBucket", "arn:aws:s3:::data", {
                        Condition: { StringEquals: { "s3:prefix": "a${*}b" } },
                    }),
                    allow("kms:Decrypt", keyArn, {
                        Condition: {
                            StringEquals: {
                                "kms:EncryptionContext:SourceArn": `arn:aws:logs:eu-west-1:${account}:*`,
                            },
                        },
                    }),
                ),
            ],
            "operators that compare what their keys hold": [
                inline(
                    allow("s3:GetObject", objects, {
                        Condition: {
                            Bool: { "aws:SecureTransport": "true" },
                            IpAddress: { "aws:SourceIp": "10.0.0.0/16" },
                            DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" },
                            NumericLessThanIfExists: { "aws:MultiFactorAuthAge": "3600" },
                            NumericGreaterThan: { "aws:EpochTime": "1700000000" },
                            Null: { "aws:SourceAccount": "false" },
                            "ForAnyValue:StringEquals": { "aws:CalledVia": "glue.amazonaws.com" },
                        },
                    }),
                ),
            ],
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
});
