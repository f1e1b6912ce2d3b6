/** The gate before the endpoint of a run: requests as the SDK signs them, policies as they are kept once deployed. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createApi, type Api } from "../../../local/api";
import { deployer, type Credentials } from "../../../local/gateway/identities";
import { startServices, type Services } from "../../../local/services";
import { installed } from "../../../local/setup";

const accountId = "123456789012";
const region = "eu-west-1";
const roleArn = `arn:aws:iam::${accountId}:role/reader`;
const session = `arn:aws:sts::${accountId}:assumed-role/reader/loglake`;
const through = { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } };

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...more,
});
const trust = (Principal: object, Condition?: object) =>
    document({ Effect: "Allow", Action: "sts:AssumeRole", Principal, Condition });

/** `Code: message` of a refusal, `allowed` where there is none. */
async function outcome(call: Promise<unknown>): Promise<string> {
    try {
        await call;
        return "allowed";
    } catch (error) {
        const { name, message } = error as Error;
        return `${name}: ${message}`;
    }
}

describe("the gate", () => {
    let folder = "";
    let services: Services;
    let admin: Api;
    let reader: Api;
    let keyArn: string;

    const as = (credentials: Credentials) =>
        createApi({ endpoint: services.endpoint, region, credentials });
    const policy = (...statements: object[]) =>
        admin("iam", "PutRolePolicy", {
            RoleName: "reader",
            PolicyName: "own",
            PolicyDocument: document(...statements),
        });

    before(async function () {
        this.timeout(60_000);
        const toolchain = installed();
        if (toolchain === undefined) this.skip();
        folder = mkdtempSync(join(tmpdir(), "loglake-gate-"));
        services = await startServices({ toolchain, folder });
        admin = services.api;
        await admin("iam", "CreateRole", {
            RoleName: "reader",
            AssumeRolePolicyDocument: trust(
                { Service: "glue.amazonaws.com" },
                { StringEquals: { "aws:SourceAccount": accountId } },
            ),
        });
        reader = as(await services.assume(roleArn, { service: "glue.amazonaws.com" }));
        const key = await admin("kms", "CreateKey", {
            Policy: document({
                ...allow("kms:*", "*"),
                Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            }),
        });
        keyArn = String(key.KeyMetadata.Arn);
        for (const Bucket of ["plain", "locked"]) {
            const CreateBucketConfiguration = { LocationConstraint: region };
            await admin("s3", "CreateBucket", { Bucket, CreateBucketConfiguration });
        }
        await admin("s3", "PutBucketEncryption", {
            Bucket: "locked",
            ServerSideEncryptionConfiguration: {
                Rules: [
                    {
                        ApplyServerSideEncryptionByDefault: {
                            SSEAlgorithm: "aws:kms",
                            KMSMasterKeyID: keyArn,
                        },
                        BucketKeyEnabled: true,
                    },
                ],
            },
        });
        for (const Bucket of ["plain", "locked"])
            await admin("s3", "PutObject", { Bucket, Key: "a/1", Body: "text" });
    });
    after(async () => {
        if (!existsSync(folder)) return;
        await services.close();
        rmSync(folder, { recursive: true, force: true });
    });

    describe("asks who signed a request, and refuses", () => {
        const raw = (headers: Record<string, string>, path = "/plain/a/1") =>
            fetch(services.endpoint + path, { headers });

        it("one that nobody signed", async () => {
            const response = await raw({});
            expect(response.status).to.equal(403);
            expect(await response.text()).to.contain("<Code>AccessDenied</Code>");
        });

        it("one with a wrong signature, as each protocol has it", async () => {
            const forged = as({ ...deployer, secretAccessKey: "guessed" });
            expect(
                await outcome(forged("s3", "GetObject", { Bucket: "plain", Key: "a/1" })),
            ).to.match(
                /^SignatureDoesNotMatch: The request signature we calculated does not match/,
            );
            expect(await outcome(forged("glue", "GetTables", { DatabaseName: "x" }))).to.match(
                /^InvalidSignatureException: /,
            );
            expect(await outcome(forged("iam", "ListRoles", {}))).to.match(
                /^SignatureDoesNotMatch: /,
            );
        });

        it("one with a key that nobody has", async () => {
            const stranger = as({ accessKeyId: "AKIASTRANGER", secretAccessKey: "x" });
            expect(
                await outcome(stranger("s3", "GetObject", { Bucket: "plain", Key: "a/1" })),
            ).to.match(/^InvalidAccessKeyId: /);
            expect(await outcome(stranger("glue", "GetTables", { DatabaseName: "x" }))).to.match(
                /^UnrecognizedClientException: /,
            );
        });

        it("one of a session with another's token, or with none", async () => {
            const own = await services.assume(roleArn, { service: "glue.amazonaws.com" });
            const { accessKeyId, secretAccessKey } = own;
            for (const credentials of [
                { ...own, sessionToken: "another" },
                { accessKeyId, secretAccessKey },
            ]) {
                const call = as(credentials)("glue", "GetTables", { DatabaseName: "x" });
                expect(await outcome(call)).to.match(/^UnrecognizedClientException: /);
            }
        });

        it("one of a session that is over", async () => {
            const own = await services.assume(roleArn, { service: "glue.amazonaws.com" });
            const past = new Date(Date.now() - 1000).toISOString();
            const answer = `<r><AccessKeyId>ASIAOVER</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>${past}</Expiration></r>`;
            services.gateway.identities.learn(
                Buffer.from(`RoleArn=${encodeURIComponent(roleArn)}`),
                Buffer.from(answer),
            );
            expect(own.accessKeyId).not.to.equal("ASIAOVER");
            const over = as({ accessKeyId: "ASIAOVER", secretAccessKey: "s", sessionToken: "t" });
            expect(await outcome(over("glue", "GetTables", { DatabaseName: "x" }))).to.match(
                /^ExpiredTokenException: /,
            );
            expect(
                await outcome(over("s3", "GetObject", { Bucket: "plain", Key: "a/1" })),
            ).to.match(/^ExpiredToken: /);
        });
    });

    describe("refuses in AWS's words", () => {
        it("what no policy of the caller allows", async () => {
            await policy(allow("s3:GetObject", "arn:aws:s3:::plain/b/*"));
            expect(
                await outcome(reader("s3", "GetObject", { Bucket: "plain", Key: "a/1" })),
            ).to.equal(
                `AccessDenied: User: ${session} is not authorized to perform: s3:GetObject on resource: ` +
                    `"arn:aws:s3:::plain/a/1" because no identity-based policy allows the s3:GetObject action`,
            );
            expect(await outcome(reader("glue", "StartCrawler", { Name: "raw" }))).to.equal(
                `AccessDeniedException: User: ${session} is not authorized to perform: glue:StartCrawler on resource: ` +
                    `arn:aws:glue:${region}:${accountId}:crawler/raw because no identity-based policy allows the glue:StartCrawler action`,
            );
            expect(await outcome(reader("iam", "ListRoles", {}))).to.match(
                /^AccessDenied: User: .* is not authorized to perform: iam:ListRoles on resource: /,
            );
        });

        it("what a bucket's policy denies, though it be the administrator who asks", async () => {
            const Policy = document({
                Effect: "Deny",
                Principal: "*",
                Action: "s3:PutObject",
                Resource: "arn:aws:s3:::plain/*",
                Condition: { StringEquals: { "s3:x-amz-server-side-encryption": "AES256" } },
            });
            await admin("s3", "PutBucketPolicy", { Bucket: "plain", Policy });
            const put = (more: object) =>
                outcome(
                    admin("s3", "PutObject", { Bucket: "plain", Key: "b", Body: "x", ...more }),
                );
            expect(await put({ ServerSideEncryption: "AES256" })).to.match(
                /user\/deployer is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::plain\/b" with an explicit deny in a resource-based policy$/,
            );
            expect(await put({})).to.equal("allowed");
            await admin("s3", "DeleteBucketPolicy", { Bucket: "plain" });
            expect(await put({ ServerSideEncryption: "AES256" })).to.equal("allowed");
        });
    });

    describe("of S3", () => {
        const get = (Bucket: string, Key = "a/1") =>
            outcome(reader("s3", "GetObject", { Bucket, Key }));
        const read = allow("s3:GetObject", ["arn:aws:s3:::plain/*", "arn:aws:s3:::locked/*"]);

        it("asks for the key of an object as well, on behalf of its caller and for S3 alone", async () => {
            await policy(read);
            expect(await get("plain")).to.equal("allowed");
            expect(await get("locked")).to.match(
                new RegExp(
                    `not authorized to perform: kms:Decrypt on resource: ${keyArn} because no identity`,
                ),
            );
            await policy(read, allow("kms:Decrypt", keyArn, { Condition: through }));
            expect(await get("locked")).to.equal("allowed");
            expect(
                await outcome(
                    reader("kms", "Decrypt", { KeyId: keyArn, CiphertextBlob: Buffer.from("x") }),
                ),
            ).to.match(/^AccessDeniedException: .*kms:Decrypt/);
        });

        it("asks for a data key to write, and for the key that the upload names", async () => {
            const put = () =>
                outcome(reader("s3", "PutObject", { Bucket: "locked", Key: "c", Body: "x" }));
            await policy(allow("s3:PutObject", "arn:aws:s3:::locked/*"));
            expect(await put()).to.match(/kms:GenerateDataKey/);
            await policy(
                allow("s3:PutObject", "arn:aws:s3:::locked/*"),
                allow("kms:GenerateDataKey", keyArn, { Condition: through }),
            );
            expect(await put()).to.equal("allowed");
            const other = `arn:aws:kms:${region}:${accountId}:key/other`;
            expect(
                await outcome(
                    reader("s3", "PutObject", {
                        Bucket: "locked",
                        Key: "c",
                        Body: "x",
                        ServerSideEncryption: "aws:kms",
                        SSEKMSKeyId: other,
                    }),
                ),
            ).to.contain(`kms:GenerateDataKey on resource: ${other}`);
        });

        it("tells that an object is not there only to those who may list", async () => {
            await policy(read);
            expect(await get("plain", "none")).to.match(
                /^AccessDenied: .*s3:ListBucket on resource: "arn:aws:s3:::plain"/,
            );
            const Condition = { StringLike: { "s3:prefix": ["n*"] } };
            await policy(read, allow("s3:ListBucket", "arn:aws:s3:::plain", { Condition }));
            expect(await get("plain", "none")).to.match(/^NoSuchKey: /);
            expect(await get("plain", "other")).to.match(/^AccessDenied: /);
        });

        it("reads the prefix of a listing, and both objects of a copy", async () => {
            const Condition = { StringLike: { "s3:prefix": ["a/*"] } };
            await policy(allow("s3:ListBucket", "arn:aws:s3:::plain", { Condition }));
            const list = (Prefix?: string) =>
                outcome(reader("s3", "ListObjectsV2", { Bucket: "plain", Prefix }));
            expect(await list("a/")).to.equal("allowed");
            expect(await list("b/")).to.match(/^AccessDenied: /);
            expect(await list()).to.match(/^AccessDenied: /);

            const copy = () =>
                outcome(
                    reader("s3", "CopyObject", {
                        Bucket: "plain",
                        Key: "b/2",
                        CopySource: "plain/a/1",
                    }),
                );
            await policy(allow("s3:PutObject", "arn:aws:s3:::plain/b/*"));
            expect(await copy()).to.contain("s3:GetObject");
            await policy(allow("s3:GetObject", "arn:aws:s3:::plain/a/*"));
            expect(await copy()).to.contain("s3:PutObject");
            await policy(
                allow("s3:PutObject", "arn:aws:s3:::plain/b/*"),
                allow("s3:GetObject", "arn:aws:s3:::plain/a/*"),
            );
            expect(await copy()).to.equal("allowed");
        });

        it("knows a key whatever is in it, in its signature and in its policy", async () => {
            for (const Key of ["k/a b+c%41=ü", "k/x//y", "k/'(~)!*", "k/a&b?c#d", "k/../e"]) {
                await policy(allow("s3:PutObject", `arn:aws:s3:::plain/${Key.replace("*", "?")}`));
                const put = (key: string) =>
                    outcome(reader("s3", "PutObject", { Bucket: "plain", Key: key, Body: "x" }));
                expect(await put(Key), Key).to.equal("allowed");
                expect(await put(`${Key}x`), Key).to.match(/^AccessDenied: /);
            }
        });

        it("deletes of many objects those that may be deleted, and names the others", async () => {
            for (const Key of ["d/1", "e/1"])
                await admin("s3", "PutObject", { Bucket: "plain", Key, Body: "x" });
            await policy(allow("s3:DeleteObject", "arn:aws:s3:::plain/d/*"));
            const { Deleted, Errors } = await reader("s3", "DeleteObjects", {
                Bucket: "plain",
                Delete: { Objects: [{ Key: "d/1" }, { Key: "e/1" }] },
            });
            expect(Deleted.map(({ Key }: { Key: string }) => Key)).to.deep.equal(["d/1"]);
            expect(Errors).to.have.length(1);
            expect(Errors[0]).to.include({ Key: "e/1", Code: "AccessDenied" });
            const exists = (Key: string) =>
                outcome(admin("s3", "HeadObject", { Bucket: "plain", Key }));
            expect(await exists("d/1")).to.match(/NotFound/);
            expect(await exists("e/1")).to.equal("allowed");
        });
    });

    describe("of roles", () => {
        it("asks the trust: which service, for which resource, of which account", async () => {
            const Condition = {
                ArnLike: {
                    "aws:SourceArn": `arn:aws:states:${region}:${accountId}:stateMachine:run`,
                },
            };
            await admin("iam", "CreateRole", {
                RoleName: "runner",
                AssumeRolePolicyDocument: trust({ Service: "states.amazonaws.com" }, Condition),
            });
            const arn = `arn:aws:iam::${accountId}:role/runner`;
            const assume = (service: string, sourceArn?: string) =>
                outcome(
                    services.assume(
                        arn,
                        sourceArn === undefined ? { service } : { service, sourceArn },
                    ),
                );
            const machine = `arn:aws:states:${region}:${accountId}:stateMachine:run`;
            expect(await assume("states.amazonaws.com", machine)).to.equal("allowed");
            expect(await assume("states.amazonaws.com", `${machine}-other`)).to.match(
                /^AccessDenied: User: states\.amazonaws\.com is not authorized to perform: sts:AssumeRole on resource: .*role\/runner$/,
            );
            expect(await assume("states.amazonaws.com")).to.match(/^AccessDenied/);
            expect(await assume("glue.amazonaws.com", machine)).to.match(/^AccessDenied/);
        });

        it("asks the trust of an administrator too", async () => {
            expect(
                await outcome(
                    admin("sts", "AssumeRole", { RoleArn: roleArn, RoleSessionName: "s" }),
                ),
            ).to.match(/^AccessDenied/);
        });

        it("lets a role take on another that names it, with no more than the trust allows", async () => {
            await admin("iam", "CreateRole", {
                RoleName: "inner",
                AssumeRolePolicyDocument: trust({ AWS: roleArn }),
            });
            const RoleArn = `arn:aws:iam::${accountId}:role/inner`;
            const assume = (more: object = {}) =>
                outcome(reader("sts", "AssumeRole", { RoleArn, RoleSessionName: "s", ...more }));
            expect(await assume()).to.equal("allowed");
            expect(await assume({ Tags: [{ Key: "team", Value: "data" }] })).to.contain(
                "sts:TagSession",
            );
            expect(await assume({ SourceIdentity: "ada" })).to.contain("sts:SetSourceIdentity");
        });
    });

    describe("in the course of a run", () => {
        it("goes by the policies of the moment", async () => {
            const get = () => outcome(reader("s3", "GetObject", { Bucket: "plain", Key: "a/1" }));
            await policy(allow("s3:GetObject", "arn:aws:s3:::plain/*"));
            expect(await get()).to.equal("allowed");
            await admin("iam", "DeleteRolePolicy", { RoleName: "reader", PolicyName: "own" });
            expect(await get()).to.match(/^AccessDenied/);
            const { Policy } = await admin("iam", "CreatePolicy", {
                PolicyName: "managed",
                PolicyDocument: document(allow("s3:GetObject", "*")),
            });
            await admin("iam", "AttachRolePolicy", { RoleName: "reader", PolicyArn: Policy.Arn });
            expect(await get()).to.equal("allowed");
            await admin("iam", "PutRolePermissionsBoundary", {
                RoleName: "reader",
                PermissionsBoundary: Policy.Arn,
            });
            expect(await get()).to.equal("allowed");
            await admin("iam", "DetachRolePolicy", { RoleName: "reader", PolicyArn: Policy.Arn });
            expect(await get()).to.match(/no identity-based policy/);
            await admin("iam", "DeleteRolePermissionsBoundary", { RoleName: "reader" });
        });

        it("remembers what a role has used, and what it was refused", async () => {
            await policy(allow("s3:GetObject", "arn:aws:s3:::plain/*", { Sid: "Reading" }));
            await outcome(reader("s3", "GetObject", { Bucket: "plain", Key: "a/1" }));
            await outcome(reader("s3", "PutObject", { Bucket: "plain", Key: "a/1", Body: "x" }));
            const { usage } = services.gate;
            expect(usage.of(roleArn)).to.deep.include({
                policy: "own",
                statement: "Reading",
                action: "s3:GetObject",
                resource: "arn:aws:s3:::plain/*",
            });
            const refused = usage.judged().filter(({ decision }) => !decision.allowed);
            expect(refused.map(({ need }) => `${need.action} ${need.resource}`)).to.include(
                "s3:PutObject arn:aws:s3:::plain/a/1",
            );
        });
    });
});
