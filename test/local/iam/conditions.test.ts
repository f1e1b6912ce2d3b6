import { expect } from "chai";
import { satisfied } from "../../../local/iam/conditions";
import { matchesAction, matchesArn, withVariables } from "../../../local/iam/patterns";

const context = new Map([
    ["aws:principalarn", ["arn:aws:iam::123456789012:role/team/spark"]],
    ["aws:sourceip", ["10.1.2.3"]],
    ["aws:currenttime", ["2026-03-04T12:00:00Z"]],
    ["aws:securetransport", ["true"]],
    ["aws:tagkeys", ["Team", "Stage"]],
    ["s3:max-keys", ["100"]],
    ["s3:prefix", ["events/dt=2026-03-04/"]],
    ["aws:principaltag/team", ["data*"]],
]);

/** Operator, key, values, and whether the context satisfies them. */
const cases: [string, string, string[], boolean][] = [
    ["StringEquals", "s3:prefix", ["events/"], false],
    ["StringEquals", "s3:prefix", ["other", "events/dt=2026-03-04/"], true],
    ["StringEquals", "S3:Prefix", ["EVENTS/DT=2026-03-04/"], false],
    ["StringEqualsIgnoreCase", "s3:prefix", ["EVENTS/dt=2026-03-04/"], true],
    ["StringNotEquals", "s3:prefix", ["other", "events/dt=2026-03-04/"], false],
    ["StringNotEquals", "s3:prefix", ["other"], true],
    ["StringNotEqualsIgnoreCase", "s3:prefix", ["EVENTS/dt=2026-03-04/"], false],
    ["StringLike", "s3:prefix", ["events/*"], true],
    ["StringLike", "s3:prefix", ["event?/dt=2026-0?-04/"], true],
    ["StringLike", "s3:prefix", ["events.dt*"], false],
    ["StringNotLike", "s3:prefix", ["events/*"], false],
    ["NumericEquals", "s3:max-keys", ["100"], true],
    ["NumericNotEquals", "s3:max-keys", ["100"], false],
    ["NumericLessThan", "s3:max-keys", ["100"], false],
    ["NumericLessThanEquals", "s3:max-keys", ["100"], true],
    ["NumericGreaterThan", "s3:max-keys", ["99"], true],
    ["NumericGreaterThanEquals", "s3:max-keys", ["101"], false],
    ["DateLessThan", "aws:CurrentTime", ["2026-03-05T00:00:00Z"], true],
    ["DateGreaterThan", "aws:CurrentTime", ["2026-03-05T00:00:00Z"], false],
    ["DateEquals", "aws:CurrentTime", ["1772625600"], true],
    ["DateNotEquals", "aws:CurrentTime", ["1772625600"], false],
    ["DateLessThanEquals", "aws:CurrentTime", ["2026-03-04T12:00:00Z"], true],
    ["DateGreaterThanEquals", "aws:CurrentTime", ["2026-03-04T12:00:01Z"], false],
    ["Bool", "aws:SecureTransport", ["true"], true],
    ["Bool", "aws:SecureTransport", ["false"], false],
    ["BinaryEquals", "s3:max-keys", ["100"], true],
    ["IpAddress", "aws:SourceIp", ["10.1.0.0/16"], true],
    ["IpAddress", "aws:SourceIp", ["10.2.0.0/16", "192.168.0.0/24"], false],
    ["NotIpAddress", "aws:SourceIp", ["10.1.0.0/16"], false],
    ["ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/*/spark"], true],
    ["ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/team/*"], true],
    ["ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*"], false],
    ["ArnNotEquals", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/team/spark"], false],
    ["ArnNotLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/other/*"], true],
    ["Null", "s3:prefix", ["false"], true],
    ["Null", "s3:prefix", ["true"], false],
    ["Null", "s3:x-amz-acl", ["true"], true],
    ["Null", "s3:x-amz-acl", ["false"], false],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["Team", "Stage", "Owner"], true],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["Team"], false],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["Stage"], true],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["Owner"], false],
    ["ForAnyValue:StringNotEquals", "aws:TagKeys", ["Team"], true],
    // keys that the request has no value for
    ["StringEquals", "s3:x-amz-acl", ["private"], false],
    ["StringNotEquals", "s3:x-amz-acl", ["private"], true],
    ["StringEqualsIfExists", "s3:x-amz-acl", ["private"], true],
    ["StringEqualsIfExists", "s3:prefix", ["other"], false],
    ["ForAllValues:StringEquals", "s3:x-amz-acl", ["private"], true],
    ["ForAnyValue:StringEquals", "s3:x-amz-acl", ["private"], false],
    ["ForAnyValue:StringNotEquals", "s3:x-amz-acl", ["private"], false],
];

describe("conditions", () => {
    for (const [operator, key, values, expected] of cases) {
        it(`${expected ? "are" : "are not"} satisfied: ${operator} ${key} ${values.join(" ")}`, () => {
            const condition = { operator, key: key.toLowerCase(), values };
            expect(satisfied([condition], context)).to.equal(expected);
        });
    }

    it("must all be satisfied, and none is none to satisfy", () => {
        const yes = { operator: "Bool", key: "aws:securetransport", values: ["true"] };
        const no = { operator: "Bool", key: "aws:securetransport", values: ["false"] };
        expect(satisfied([], context)).to.equal(true);
        expect(satisfied([yes, yes], context)).to.equal(true);
        expect(satisfied([yes, no], context)).to.equal(false);
    });

    it("name an operator that IAM knows", () => {
        const condition = { operator: "StringSimilar", key: "s3:prefix", values: ["x"] };
        expect(() => satisfied([condition], context)).to.throw(/StringSimilar does not exist/);
    });

    it("take variables from the request: as text, not as wildcards, and as nothing where it has none", () => {
        const like = (value: string) =>
            satisfied([{ operator: "StringLike", key: "s3:prefix", values: [value] }], context);
        const own = new Map([...context, ["s3:prefix", ["data*/x"]]]);
        const tag = {
            operator: "StringLike",
            key: "s3:prefix",
            values: ["${aws:PrincipalTag/team}/*"],
        };
        expect(satisfied([tag], own)).to.equal(true);
        expect(satisfied([tag], new Map([...own, ["s3:prefix", ["database/x"]]]))).to.equal(false);
        expect(like("${aws:username}/*")).to.equal(false);
        expect(like("${aws:username, 'events'}/*")).to.equal(true);
        expect(withVariables("${*}${?}${$}", context)).to.have.length(3);
        expect(like("events/${*}")).to.equal(false);
    });
});

describe("patterns", () => {
    it("compare actions without regard to case", () => {
        expect(matchesAction("S3:get*", "s3:GetObject")).to.equal(true);
        expect(matchesAction("s3:Get?bject", "s3:GetObject")).to.equal(true);
        expect(matchesAction("s3:GetObject", "s3:GetObjectAcl")).to.equal(false);
    });

    it("compare ARNs part by part, with regard to case", () => {
        const table = "arn:aws:glue:eu-west-1:123456789012:table/raw/web";
        expect(matchesArn("*", table)).to.equal(true);
        expect(matchesArn("arn:aws:glue:*:*:table/raw/*", table)).to.equal(true);
        expect(matchesArn("arn:aws:glue:*:table/raw/*", table)).to.equal(false);
        expect(matchesArn("arn:aws:glue:eu-west-1:123456789012:table/Raw/*", table)).to.equal(
            false,
        );
        expect(matchesArn("arn:aws:s3:::logs/*", "arn:aws:s3:::logs/a/b:c")).to.equal(true);
        expect(matchesArn("arn:aws:s3:::logs", "arn:aws:s3:::logs/a")).to.equal(false);
        expect(matchesArn("arn:aws:s3:::logs-*/a", "arn:aws:s3:::logs-1/a")).to.equal(true);
    });
});
