import { expect } from "chai";
import type { Call } from "../../../local/gateway/call";
import { routeOf } from "../../../local/gateway/route";
import { known, modelOf, resourcesOf } from "../../../local/iam/model";
import { keysIn, s3Action } from "../../../local/iam/needs/s3";
import { needsOf } from "../../../local/iam/needs/services";
import type { Asked, Surroundings } from "../../../local/iam/needs/types";
import { parametersOf } from "../../../local/iam/parameters";
import { placeOf } from "../../../local/iam/s3Path";

const site = { region: "eu-west-1", accountId: "123456789012" };
const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${site.region}:${site.accountId}:${resource}`;

/** What a JSON request needs, with the resources that the model gives. */
async function needs(
    service: string,
    action: string,
    parameters: object,
    more: Partial<Surroundings> = {},
): Promise<{ action: string; resources: readonly string[]; context: Asked["context"] }[]> {
    const surroundings = {
        call: { service, action, path: "/", headers: {}, body: Buffer.alloc(0) } as unknown as Call,
        principal: { accountId: site.accountId },
        parameters,
        policies: {
            secretKey: () => Promise.resolve(arn("kms", "key/secrets")),
            topic: () => Promise.resolve({ keyArn: arn("kms", "key/alerts") }),
            roleOfProfile: (name: string) =>
                Promise.resolve(`arn:aws:iam::${site.accountId}:role/of-${name}`),
        },
        site,
        tagsOf: (resource: string) => ({ Environment: resource.slice(-3) }),
        ...more,
    } as unknown as Surroundings;
    const asked = await needsOf(service).before(surroundings);
    return Promise.all(
        asked.map(async ({ action: name, resources, variables, context }) => {
            const values = {
                Partition: ["aws"],
                Region: [site.region],
                Account: [site.accountId],
                ...variables,
            };
            const own = resources ?? resourcesOf(await modelOf(name), values);
            return { action: name, resources: own, context };
        }),
    );
}

const brief = (all: { action: string; resources: readonly string[] }[]) =>
    all.map(({ action, resources }) => [action, ...resources].join(" "));

describe("what a request needs", () => {
    const glue = arn("glue", "catalog");
    const database = arn("glue", "database/raw");
    const cases: [string, string, object, string[]][] = [
        [
            "glue",
            "GetTable",
            { DatabaseName: "raw", Name: "web" },
            [`glue:GetTable ${glue} ${database} ${arn("glue", "table/raw/web")}`],
        ],
        [
            "glue",
            "GetTables",
            { DatabaseName: "raw" },
            [`glue:GetTables ${glue} ${database} ${arn("glue", "table/raw/*")}`],
        ],
        [
            "glue",
            "CreateTable",
            { DatabaseName: "raw", TableInput: { Name: "web" } },
            [`glue:CreateTable ${glue} ${database} ${arn("glue", "table/raw/web")}`],
        ],
        [
            "glue",
            "BatchCreatePartition",
            { DatabaseName: "raw", TableName: "web", PartitionInputList: [] },
            [`glue:BatchCreatePartition ${glue} ${database} ${arn("glue", "table/raw/web")}`],
        ],
        ["glue", "GetDatabase", { Name: "raw" }, [`glue:GetDatabase ${glue} ${database}`]],
        [
            "glue",
            "StartCrawler",
            { Name: "raw" },
            [`glue:StartCrawler ${arn("glue", "crawler/raw")}`],
        ],
        [
            "glue",
            "StartJobRun",
            { JobName: "load" },
            [`glue:StartJobRun ${arn("glue", "job/load")}`],
        ],
        ["glue", "GetSecurityConfiguration", { Name: "own" }, ["glue:GetSecurityConfiguration"]],
        [
            "elasticmapreduce",
            "AddJobFlowSteps",
            { JobFlowId: "j-1" },
            [`elasticmapreduce:AddJobFlowSteps ${arn("elasticmapreduce", "cluster/j-1")}`],
        ],
        [
            "elasticmapreduce",
            "TerminateJobFlows",
            { JobFlowIds: ["j-1", "j-2"] },
            [
                `elasticmapreduce:TerminateJobFlows ${arn("elasticmapreduce", "cluster/j-1")} ${arn("elasticmapreduce", "cluster/j-2")}`,
            ],
        ],
        [
            "redshift-data",
            "ExecuteStatement",
            { ClusterIdentifier: "w", Database: "logs" },
            [
                `redshift-data:ExecuteStatement ${arn("redshift", "cluster:w")}`,
                `redshift:GetClusterCredentialsWithIAM ${arn("redshift", "dbname:w/logs")}`,
            ],
        ],
        [
            "redshift-data",
            "BatchExecuteStatement",
            {
                ClusterIdentifier: "w",
                Database: "logs",
                SecretArn: arn("secretsmanager", "secret:x"),
            },
            [
                `redshift-data:BatchExecuteStatement ${arn("redshift", "cluster:w")}`,
                `secretsmanager:GetSecretValue ${arn("secretsmanager", "secret:x")}`,
                `kms:Decrypt ${arn("kms", "key/secrets")}`,
            ],
        ],
        [
            "redshift-data",
            "ExecuteStatement",
            { ClusterIdentifier: "w", Database: "logs", DbUser: "ada" },
            [
                `redshift-data:ExecuteStatement ${arn("redshift", "cluster:w")}`,
                `redshift:GetClusterCredentials ${arn("redshift", "dbuser:w/ada")} ${arn("redshift", "dbname:w/logs")}`,
            ],
        ],
        ["redshift-data", "DescribeStatement", { Id: "1" }, ["redshift-data:DescribeStatement"]],
        [
            "logs",
            "PutLogEvents",
            { logGroupName: "/aws/g", logStreamName: "s" },
            [`logs:PutLogEvents ${arn("logs", "log-group:/aws/g:log-stream:s")}`],
        ],
        [
            "logs",
            "CreateLogGroup",
            { logGroupName: "/aws/g", kmsKeyId: "k" },
            [
                `logs:CreateLogGroup ${arn("logs", "log-group:/aws/g:log-stream:")}`,
                `logs:AssociateKmsKey ${arn("logs", "log-group:/aws/g:log-stream:")}`,
            ],
        ],
        [
            "sns",
            "Publish",
            { TopicArn: arn("sns", "alerts") },
            [
                `sns:Publish ${arn("sns", "alerts")}`,
                `kms:GenerateDataKey ${arn("kms", "key/alerts")}`,
                `kms:Decrypt ${arn("kms", "key/alerts")}`,
            ],
        ],
        [
            "states",
            "StartExecution",
            { stateMachineArn: arn("states", "stateMachine:run") },
            [`states:StartExecution ${arn("states", "stateMachine:run")}`],
        ],
        ["events", "PutRule", { Name: "r" }, [`events:PutRule ${arn("events", "rule/r")}`]],
        ["monitoring", "PutMetricData", { Namespace: "own" }, ["cloudwatch:PutMetricData"]],
        ["kms", "Decrypt", { KeyId: arn("kms", "key/k") }, [`kms:Decrypt ${arn("kms", "key/k")}`]],
    ];
    for (const [service, action, parameters, expected] of cases) {
        it(`is known of ${service}:${action} ${JSON.stringify(parameters)}`, async () => {
            expect(brief(await needs(service, action, parameters))).to.deep.equal(expected);
        });
    }

    it("is the function's ARN, by its name or its ARN, of an invocation", async () => {
        const expected = [`lambda:InvokeFunction ${arn("lambda", "function:planner")}`];
        for (const name of [
            "planner",
            encodeURIComponent(arn("lambda", "function:planner:$LATEST")),
        ]) {
            const call = {
                service: "lambda",
                action: "Invoke",
                path: `/2015-03-31/functions/${name}/invocations`,
            };
            expect(
                brief(await needs("lambda", "Invoke", {}, { call: call as Call })),
            ).to.deep.equal(expected);
        }
    });

    it("is, of a launch, also to hand on its two roles and to tag it", async () => {
        const Tags = [{ Key: "Environment", Value: "dev" }];
        const all = await needs("elasticmapreduce", "RunJobFlow", {
            ServiceRole: "service",
            JobFlowRole: "instance",
            Tags,
        });
        expect(brief(all)).to.deep.equal([
            `elasticmapreduce:RunJobFlow ${arn("elasticmapreduce", "cluster/*")}`,
            `iam:PassRole arn:aws:iam::${site.accountId}:role/service`,
            `iam:PassRole arn:aws:iam::${site.accountId}:role/of-instance`,
            `elasticmapreduce:AddTags ${arn("elasticmapreduce", "cluster/*")}`,
        ]);
        expect(all.map(({ context }) => context?.["iam:PassedToService"])).to.deep.equal([
            undefined,
            "elasticmapreduce.amazonaws.com",
            "ec2.amazonaws.com",
            undefined,
        ]);
        expect(all[0]?.context).to.include({ "aws:RequestTag/Environment": "dev" });
    });

    it("names the tags of the cluster and the runtime role of a step", async () => {
        const [own] = await needs("elasticmapreduce", "AddJobFlowSteps", {
            JobFlowId: "j-1",
            ExecutionRoleArn: "arn:role",
        });
        expect(own?.context).to.include({
            "elasticmapreduce:ResourceTag/Environment": "j-1",
            "elasticmapreduce:ExecutionRoleArn": "arn:role",
        });
    });

    it("is, of a role that is assumed with tags and a source, to give it these", async () => {
        const RoleArn = `arn:aws:iam::${site.accountId}:role/a/b`;
        const all = await needs("sts", "AssumeRole", {
            RoleArn,
            ExternalId: "x",
            SourceIdentity: "ada",
            "Tags.member.1.Key": "team",
            "Tags.member.1.Value": "data",
        });
        expect(brief(all)).to.deep.equal([
            `sts:AssumeRole ${RoleArn}`,
            `sts:TagSession ${RoleArn}`,
            `sts:SetSourceIdentity ${RoleArn}`,
        ]);
        expect(all[0]?.context).to.include({
            "sts:ExternalId": "x",
            "aws:RequestTag/team": "data",
        });
    });
});

describe("actions of S3", () => {
    const operations = [
        ["HEAD", "/b/k", "s3:GetObject"],
        ["GET", "/b/k", "s3:GetObject"],
        ["PUT", "/b/k", "s3:PutObject"],
        ["PUT", "/b/k?partNumber=1&uploadId=u", "s3:PutObject"],
        ["POST", "/b/k?uploads", "s3:PutObject"],
        ["POST", "/b/k?uploadId=u", "s3:PutObject"],
        ["DELETE", "/b/k?uploadId=u", "s3:AbortMultipartUpload"],
        ["GET", "/b/k?uploadId=u", "s3:ListMultipartUploadParts"],
        ["DELETE", "/b/k", "s3:DeleteObject"],
        ["POST", "/b?delete", "s3:DeleteObject"],
        ["GET", "/b?list-type=2", "s3:ListBucket"],
        ["GET", "/b", "s3:ListBucket"],
        ["HEAD", "/b", "s3:ListBucket"],
        ["GET", "/b?uploads", "s3:ListBucketMultipartUploads"],
        ["GET", "/b?versions", "s3:ListBucketVersions"],
        ["GET", "/b?location", "s3:GetBucketLocation"],
        ["GET", "/b?policy", "s3:GetBucketPolicy"],
        ["PUT", "/b?encryption", "s3:PutEncryptionConfiguration"],
        ["PUT", "/b?lifecycle", "s3:PutLifecycleConfiguration"],
        ["PUT", "/b?notification", "s3:PutBucketNotification"],
        ["PUT", "/b?publicAccessBlock", "s3:PutBucketPublicAccessBlock"],
        ["PUT", "/b?ownershipControls", "s3:PutBucketOwnershipControls"],
        ["PUT", "/b?versioning", "s3:PutBucketVersioning"],
        ["PUT", "/b?logging", "s3:PutBucketLogging"],
        ["PUT", "/b?replication", "s3:PutReplicationConfiguration"],
        ["PUT", "/b?object-lock", "s3:PutBucketObjectLockConfiguration"],
        ["PUT", "/b?accelerate", "s3:PutAccelerateConfiguration"],
        ["PUT", "/b?cors", "s3:PutBucketCORS"],
        ["GET", "/", "s3:ListAllMyBuckets"],
    ] as const;
    for (const [method, path, expected] of operations) {
        it(`${method} ${path} asks for ${expected}, which exists`, async () => {
            const authorization = "AWS4-HMAC-SHA256 Credential=A/1/r/s3/aws4_request";
            const route = routeOf({ method, path, headers: { authorization } }, Buffer.alloc(0));
            expect(s3Action(route.action)).to.equal(expected);
            await modelOf(expected);
        });
    }

    it("read keys as they are meant: decoded in paths, unescaped in XML", () => {
        expect(placeOf("/b/dt%3D1/a%20b%2Bc?x=1")).to.deep.equal({
            bucket: "b",
            key: "dt=1/a b+c",
        });
        expect(
            keysIn("<Delete><Object><Key>a&amp;b&#x26;&#38;</Key></Object></Delete>"),
        ).to.deep.equal(["a&b&&"]);
    });
});

describe("the service's model", () => {
    it("keeps of the service's own condition keys those that the action knows", async () => {
        const context = new Map([
            ["s3:prefix", ["a/"]],
            ["s3:x-amz-acl", ["private"]],
            ["aws:principalarn", ["arn"]],
            ["aws:requesttag/team", ["x"]],
        ]);
        const keys = async (action: string) => [...known(await modelOf(action), context).keys()];
        expect(await keys("s3:ListBucket")).to.deep.equal(["s3:prefix", "aws:principalarn"]);
        expect(await keys("s3:PutObject")).to.deep.equal(["s3:x-amz-acl", "aws:principalarn"]);
        expect(await keys("elasticmapreduce:RunJobFlow")).to.deep.equal([
            "aws:principalarn",
            "aws:requesttag/team",
        ]);
    });

    it("knows no action that AWS has not", async () => {
        let refused: unknown;
        await modelOf("s3:GetNothing").catch((error: unknown) => (refused = error));
        expect(refused).to.be.instanceOf(Error);
    });
});

describe("parameters", () => {
    it("are read from JSON, forms and CBOR, and are none where a body is none of these", () => {
        const read = (type: string, body: Buffer) =>
            parametersOf({ headers: { "content-type": type }, body });
        expect(read("application/x-amz-json-1.1", Buffer.from('{"Name":"a"}'))).to.deep.equal({
            Name: "a",
        });
        expect(
            read("application/x-www-form-urlencoded", Buffer.from("RoleArn=a%3Ab")),
        ).to.deep.equal({ RoleArn: "a:b" });
        expect(read("application/cbor", Buffer.from("a1644e616d656161", "hex"))).to.deep.equal({
            Name: "a",
        });
        expect(read("application/json", Buffer.from("<xml/>"))).to.deep.equal({});
        expect(read("application/json", Buffer.alloc(0))).to.deep.equal({});
    });
});
