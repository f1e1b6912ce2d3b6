import { expect } from "chai";
import { assertActionsExist, fits } from "./support/iam";
import { expectRejection } from "./support/errors";

const allow = (Action: string[], Resource: string | string[], Condition = {}) => ({
    Statement: [{ Effect: "Allow", Action, Resource, Condition }],
});

describe("the check of policy documents", () => {
    it("passes actions on resources of their kind", async () => {
        await assertActionsExist(allow(["s3:GetObject"], "arn:aws:s3:::bucket/prefix/*"));
        await assertActionsExist(allow(["s3:ListBucket"], "arn:aws:s3:::bucket"));
        await assertActionsExist(allow(["xray:PutTraceSegments"], "*"));
        await assertActionsExist(
            allow(["logs:DescribeLogStreams"], "arn:aws:logs:eu-west-1:1:log-group:/aws/group:*"),
        );
        await assertActionsExist(
            allow(["cloudwatch:PutMetricData"], "*", {
                StringEquals: { "cloudwatch:namespace": "loglake" },
            }),
        );
    });

    const wrong: [string, object, RegExp][] = [
        ["an action that does not exist", allow(["s3:ReadObject"], "*"), /no action s3:ReadObject/],
        ["a service that does not exist", allow(["s4:GetObject"], "*"), /no action s4:GetObject/],
        ["a wildcard among the actions", allow(["s3:Get*"], "*"), /no action s3:Get\*/],
        [
            "an action on objects of a bucket",
            allow(["s3:GetObject"], "arn:aws:s3:::bucket"),
            /s3:GetObject takes .* got arn:aws:s3:::bucket/,
        ],
        [
            "an action on a bucket of its objects",
            allow(["s3:ListBucket"], "arn:aws:s3:::bucket/*"),
            /s3:ListBucket takes/,
        ],
        ["everything where there are resources", allow(["kms:Decrypt"], "*"), /kms:Decrypt takes/],
        [
            "a resource where there are none",
            allow(["xray:PutTraceSegments"], "arn:aws:xray:eu-west-1:1:group/g"),
            /xray:PutTraceSegments takes \*/,
        ],
        [
            "a resource that no action takes",
            allow(["s3:GetObject"], ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket"]),
            /none of s3:GetObject takes arn:aws:s3:::bucket$/,
        ],
        [
            "a condition key that does not exist",
            allow(["xray:PutTraceSegments"], "*", { StringEquals: { "aws:SourceAcount": "1" } }),
            /no condition key aws:SourceAcount/,
        ],
    ];
    for (const [title, document, message] of wrong) {
        it(`refuses ${title}`, async () => {
            await expectRejection(assertActionsExist(document as never), message);
        });
    }

    it("knows names with and without a path", () => {
        const log = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
        expect(fits(log, "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f")).to.equal(true);
        const table =
            "arn:${Partition}:glue:${Region}:${Account}:table/${DatabaseName}/${TableName}";
        expect(fits(table, "arn:aws:glue:eu-west-1:1:table/db/*")).to.equal(true);
        expect(fits(table, "arn:aws:glue:eu-west-1:1:database/db")).to.equal(false);
    });
});
