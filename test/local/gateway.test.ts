import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { startGateway, type Gateway } from "../../local/gateway";
import { json, ServiceError } from "../../local/gateway/replies";

const signed = (service: string, accessKeyId = "AKIADEPLOYER") => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const target = (name: string) => ({
    "x-amz-target": name,
    "content-type": "application/x-amz-json-1.1",
});
const form = { "content-type": "application/x-www-form-urlencoded" };

const session = `<AssumeRoleResponse><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResponse>`;

describe("local gateway", () => {
    let gateway: Gateway;
    let received: { method: string; url: string; headers: any; body: string }[];
    const backend = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            received.push({
                method: request.method ?? "",
                url: request.url ?? "",
                headers: request.headers,
                body,
            });
            response.setHeader("x-from", "backend");
            response.statusCode = request.url === "/missing/key" ? 404 : 200;
            response.end(body.includes("AssumeRole") ? session : `got ${String(body.length)}`);
        });
    });

    before((done) => void backend.listen(0, "127.0.0.1", done));
    after((done) => void backend.close(done));
    beforeEach(async () => {
        received = [];
        const { port } = backend.address() as AddressInfo;
        gateway = await startGateway({ backend: `http://127.0.0.1:${String(port)}` });
    });
    afterEach(() => gateway.close());

    const ask = (path: string, init: RequestInit) => fetch(gateway.endpoint + path, init);
    const lastCall = () => gateway.calls.at(-1);

    const operations: [string, string, RequestInit, string, string][] = [
        [
            "a JSON target",
            "/",
            { method: "POST", headers: { ...signed("glue"), ...target("AWSGlue.GetTable") } },
            "glue",
            "GetTable",
        ],
        [
            "a form",
            "/",
            {
                method: "POST",
                headers: { ...signed("sns"), ...form },
                body: "Action=Publish&Message=m",
            },
            "sns",
            "Publish",
        ],
        [
            "a CBOR path",
            "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            { method: "POST", headers: signed("monitoring") },
            "monitoring",
            "PutMetricData",
        ],
        [
            "a Lambda path",
            "/2015-03-31/functions/planner/invocations",
            { method: "POST", headers: signed("lambda") },
            "lambda",
            "Invoke",
        ],
        [
            "a scheduler path",
            "/schedules/nightly",
            { method: "POST", headers: signed("scheduler") },
            "scheduler",
            "CreateSchedule",
        ],
        ["a bucket", "/bucket", { method: "PUT", headers: signed("s3") }, "s3", "CreateBucket"],
        [
            "a bucket's setting",
            "/bucket?encryption",
            { method: "PUT", headers: signed("s3") },
            "s3",
            "PutBucketEncryption",
        ],
        [
            "a listing",
            "/bucket?list-type=2&prefix=a",
            { headers: signed("s3") },
            "s3",
            "ListObjectsV2",
        ],
        ["an object", "/bucket/a/b", { headers: signed("s3") }, "s3", "GetObject"],
        [
            "an upload",
            "/bucket/a/b",
            { method: "PUT", headers: signed("s3"), body: "x" },
            "s3",
            "PutObject",
        ],
        [
            "a copy",
            "/bucket/b",
            { method: "PUT", headers: { ...signed("s3"), "x-amz-copy-source": "/bucket/a" } },
            "s3",
            "CopyObject",
        ],
        [
            "a part",
            "/bucket/a?partNumber=1&uploadId=u",
            { method: "PUT", headers: signed("s3"), body: "x" },
            "s3",
            "UploadPart",
        ],
        [
            "a deletion of many",
            "/bucket/?delete",
            { method: "POST", headers: signed("s3"), body: "<Delete/>" },
            "s3",
            "DeleteObjects",
        ],
        [
            "a presigned URL",
            "/bucket/a?X-Amz-Credential=AKIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request",
            {},
            "s3",
            "GetObject",
        ],
    ];
    for (const [what, path, init, service, action] of operations) {
        it(`reads ${service}:${action} off ${what}`, async () => {
            await (await ask(path, init)).text();
            expect(lastCall()).to.include({ service, action, status: 200, role: undefined });
        });
    }

    it("passes on what it has no handler for, as it came", async () => {
        const body = "x".repeat(3_000_000);
        const headers = { ...signed("s3"), "x-amz-meta-name": "value" };
        const response = await ask("/bucket/a%20key?x=1", { method: "PUT", headers, body });

        expect(response.headers.get("x-from")).to.equal("backend");
        expect(await response.text()).to.equal("got 3000000");
        expect(received[0]).to.include({ method: "PUT", url: "/bucket/a%20key?x=1", body });
        expect(received[0]?.headers).to.include(headers);
        expect(received[0]?.headers.host).to.equal(new URL(gateway.endpoint).host);
    });

    it("passes on the backend's refusal", async () => {
        expect((await ask("/missing/key", { headers: signed("s3") })).status).to.equal(404);
        expect(lastCall()).to.include({ action: "GetObject", status: 404 });
    });

    it("gives an operation to its handler, with the body", async () => {
        gateway.handle({
            "glue:StartCrawler": (call) => Promise.resolve(json({ echo: call.body.toString() })),
        });
        const headers = { ...signed("glue"), ...target("AWSGlue.StartCrawler") };
        const response = await ask("/", { method: "POST", headers, body: '{"Name":"raw"}' });

        expect(await response.json()).to.deep.equal({ echo: '{"Name":"raw"}' });
        expect(received).to.be.empty;
    });

    it("leaves an operation to the backend where its handler does", async () => {
        gateway.handle({ "glue:*": () => Promise.resolve(undefined) });
        await ask("/", {
            method: "POST",
            headers: { ...signed("glue"), ...target("AWSGlue.GetTable") },
            body: "{}",
        });
        expect(received.map(({ body }) => body)).to.deep.equal(["{}"]);
    });

    it("answers a handler's error as the service's protocol does", async () => {
        const refuse = () =>
            Promise.reject(new ServiceError("EntityNotFoundException", "no <crawler>"));
        gateway.handle({ "glue:StartCrawler": refuse, "sns:Publish": refuse });
        const asJson = await ask("/", {
            method: "POST",
            headers: { ...signed("glue"), ...target("AWSGlue.StartCrawler") },
        });
        const asXml = await ask("/", {
            method: "POST",
            headers: { ...signed("sns"), ...form },
            body: "Action=Publish",
        });

        expect(asJson.status).to.equal(400);
        expect(await asJson.json()).to.include({
            __type: "EntityNotFoundException",
            message: "no <crawler>",
        });
        expect(await asXml.text()).to.contain(
            "<Code>EntityNotFoundException</Code><Message>no &lt;crawler&gt;</Message>",
        );
    });

    it("knows the role behind a session that STS gave out", async () => {
        const body = "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fspark";
        const answer = await ask("/", {
            method: "POST",
            headers: { ...signed("sts"), ...form },
            body,
        });
        expect(await answer.text()).to.equal(session);

        await (await ask("/bucket/a", { headers: signed("s3", "ASIA1") })).text();
        expect(lastCall()?.role).to.equal("arn:aws:iam::123456789012:role/spark");
        expect(gateway.identities.of("ASIA1")).to.include({
            secretAccessKey: "s",
            sessionToken: "t",
        });
    });

    it("lets a middleware answer before the handler, in the order they were put", async () => {
        const seen: string[] = [];
        gateway.use((_, next) => (seen.push("first"), next()));
        gateway.use(
            (call) => (
                seen.push(`second ${call.action}`),
                Promise.reject(new ServiceError("AccessDenied", "no", 403))
            ),
        );
        gateway.use((_, next) => (seen.push("never"), next()));
        const response = await ask("/bucket/a", { headers: signed("s3") });

        expect(response.status).to.equal(403);
        expect(await response.text()).to.contain("<Code>AccessDenied</Code>");
        expect(seen).to.deep.equal(["first", "second GetObject"]);
        expect(received).to.be.empty;
    });

    it("answers a mistake of a stand-in's by its message, and keeps the trace in the record", async () => {
        gateway.handle({ "glue:*": () => Promise.reject(new TypeError("no such table")) });
        const headers = { ...signed("glue"), ...target("AWSGlue.GetTable") };
        const response = await ask("/", { method: "POST", headers });
        expect(response.status).to.equal(500);
        const { __type, message } = (await response.json()) as Record<string, string>;
        expect({ __type, message }).to.deep.equal({
            __type: "InternalFailure",
            message: "no such table",
        });
        expect(lastCall()?.trace).to.match(/^TypeError: no such table\n +at /);
    });

    it("frees its port when closed", async () => {
        const other = await startGateway({ backend: "http://127.0.0.1:1" });
        await other.close();
        const again = await startGateway({
            backend: "http://127.0.0.1:1",
            port: Number(new URL(other.endpoint).port),
        });
        await again.close();
    });
});
