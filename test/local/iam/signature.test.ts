import { expect } from "chai";
import { problemWithSignature } from "../../../local/iam/signature";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, its three examples. */
const s3 = {
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    now: Date.parse("2013-05-24T00:00:00Z"),
    credential: "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
    empty: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};
const signed = (headers: string, signature: string) =>
    `AWS4-HMAC-SHA256 ${s3.credential},SignedHeaders=${headers},Signature=${signature}`;
const host = "examplebucket.s3.amazonaws.com";

const ranged = {
    method: "GET",
    path: "/test.txt",
    headers: {
        host,
        range: "bytes=0-9",
        "x-amz-content-sha256": s3.empty,
        "x-amz-date": "20130524T000000Z",
        authorization: signed(
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
    },
};
const upload = {
    method: "PUT",
    path: "/test%24file.text",
    headers: {
        host,
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-date": "20130524T000000Z",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        authorization: signed(
            "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
    },
};
const listing = {
    method: "GET",
    path: "/?max-keys=2&prefix=J",
    headers: {
        host,
        "x-amz-content-sha256": s3.empty,
        "x-amz-date": "20130524T000000Z",
        authorization: signed(
            "host;x-amz-content-sha256;x-amz-date",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    },
};
/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, its example. */
const presigned = {
    method: "GET",
    path:
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    headers: { host },
};
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-examples.html: another service than S3. */
const listUsers = {
    method: "GET",
    path: "/?Action=ListUsers&Version=2010-05-08",
    headers: {
        host: "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20150830T123600Z",
        authorization:
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, " +
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    },
};

const check = (head: typeof ranged | typeof presigned | typeof upload, body?: string) =>
    problemWithSignature(
        head,
        body === undefined ? undefined : Buffer.from(body),
        s3.secret,
        s3.now,
    );

describe("signatures", () => {
    it("hold for the examples of AWS's documentation", () => {
        expect(check(ranged, "")).to.equal(undefined);
        expect(check(upload, "Welcome to Amazon S3.")).to.equal(undefined);
        expect(check(listing, "")).to.equal(undefined);
        expect(check(presigned)).to.equal(undefined);
        expect(
            problemWithSignature(
                listUsers,
                Buffer.alloc(0),
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                Date.parse("2015-08-30T12:36:00Z"),
            ),
        ).to.equal(undefined);
    });

    it("do not hold when anything that was signed has changed", () => {
        expect(check({ ...ranged, method: "DELETE" }, "")).to.equal("mismatch");
        expect(check({ ...ranged, path: "/other.txt" }, "")).to.equal("mismatch");
        expect(check({ ...ranged, path: "/test.txt?acl" }, "")).to.equal("mismatch");
        const headers = { ...ranged.headers, range: "bytes=0-99" };
        expect(check({ ...ranged, headers }, "")).to.equal("mismatch");
        expect(check(upload, "Welcome to Amazon S4.")).to.equal("mismatch");
        expect(check({ ...presigned, path: presigned.path.replace("86400", "99999") })).to.equal(
            "mismatch",
        );
        expect(problemWithSignature(ranged, Buffer.alloc(0), "another secret", s3.now)).to.equal(
            "mismatch",
        );
    });

    it("hold for an upload that is passed on unread, by the hash that it declares", () => {
        expect(check(upload)).to.equal(undefined);
    });

    it("run out: a presigned URL when it says, any other after a quarter of an hour, before or after", () => {
        const at = (head: typeof ranged | typeof presigned, minutes: number) =>
            problemWithSignature(head, undefined, s3.secret, s3.now + minutes * 60_000);
        expect(at(presigned, 24 * 60 - 1)).to.equal(undefined);
        expect(at(presigned, 24 * 60 + 1)).to.equal("expired");
        expect(at(ranged, 14)).to.equal(undefined);
        expect(at(ranged, 16)).to.equal("skewed");
        expect(at(ranged, -16)).to.equal("skewed");
    });

    it("are missing where there are none, or where a header is none that can be read", () => {
        expect(check({ ...ranged, headers: { host } as never })).to.equal("missing");
        const headers = { ...ranged.headers, authorization: "Basic dXNlcjpwYXNz" };
        expect(check({ ...ranged, headers })).to.equal("missing");
        const undated = { ...ranged.headers, "x-amz-date": "yesterday" };
        expect(check({ ...ranged, headers: undated })).to.equal("skewed");
    });
});
