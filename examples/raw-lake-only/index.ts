/** A lake of a team's own, and a role of theirs that may crawl and read it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RawLake } from "loglake";

const lake = new RawLake("clickstream", {
    rawExpirationDays: 365,
    // a trial, which is destroyed with its data; without these two lines nothing is
    protect: false,
    forceDestroy: true,
});

const quality = new aws.iam.Role("clickstream-quality", {
    name: "clickstream-quality",
    description: "A Lambda function that checks what arrived",
    assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: "lambda.amazonaws.com" },
                Action: "sts:AssumeRole",
            },
        ],
    }),
});
lake.grantRunCrawler("quality", quality);
lake.grantReadCatalog("quality", quality, "raw");
lake.grantObjects("quality", quality, { readRaw: true });

export const upload = pulumi.interpolate`s3://${lake.rawBucketName}/<source>/dt=YYYY-MM-DD/`;
export const databaseName = lake.rawDatabaseName;
export const qualityRoleArn = quality.arn;
