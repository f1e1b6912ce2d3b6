/** The four buckets of the lake and how long each keeps what. */
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, siteOf, type Site, type Statement } from "../iam";
import { bucketName, type BucketPurpose } from "../names";
import { accessLogPrefix, lakeBucket } from "./bucket";
import { lifecycleRules, type LakeRetention } from "./retention";

/** Names of the four buckets. */
export interface LakeBuckets {
    readonly raw: pulumi.Output<string>;
    readonly processed: pulumi.Output<string>;
    readonly artifacts: pulumi.Output<string>;
    readonly accessLogs: pulumi.Output<string>;
}

/** Arguments of {@link lakeBuckets}. */
export interface LakeBucketsArgs extends LakeRetention {
    /** Key of the buckets that hold data. */
    readonly keyArn: pulumi.Input<string>;
    readonly forceDestroy: boolean;
    readonly protect: boolean;
}

/** Buckets whose requests are logged; the log bucket's own would make logs of logs. */
const logged = ["raw", "processed", "artifacts"] as const;

/** Creates the buckets as children of `lake`. */
export function lakeBuckets(
    lake: pulumi.ComponentResource,
    deployment: string,
    args: LakeBucketsArgs,
): LakeBuckets {
    const site = siteOf(lake);
    const rules = lifecycleRules(args);
    const common = (purpose: BucketPurpose) => {
        const physicalName = bucketName(site, deployment, purpose);
        return {
            bucketName: physicalName,
            bucketArn: bucketArn(site, physicalName),
            lifecycleRules: rules[purpose],
            forceDestroy: args.forceDestroy,
            protect: args.protect,
        };
    };
    // SSE-S3: S3's log delivery can't write to a bucket whose default is SSE-KMS under a customer's key, and says so to
    // nobody (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html)
    const accessLogs = lakeBucket(lake, `${deployment}-access-logs`, {
        ...common("access-logs"),
        statements: [logDelivery(site, deployment)],
    });
    const encrypted = { keyArn: args.keyArn, accessLogsBucketName: accessLogs };
    return {
        raw: lakeBucket(lake, `${deployment}-raw`, {
            ...common("raw"),
            ...encrypted,
            eventBridge: true,
        }),
        processed: lakeBucket(lake, `${deployment}-processed`, {
            ...common("processed"),
            ...encrypted,
        }),
        artifacts: lakeBucket(lake, `${deployment}-artifacts`, {
            ...common("artifacts"),
            ...encrypted,
        }),
        accessLogs,
    };
}

/** Lets S3 deliver the access logs of this lake's buckets, and of no others, not even of this account. */
function logDelivery(site: Site, deployment: string): Statement {
    const target = bucketArn(
        site,
        bucketName(site, deployment, "access-logs"),
        `${accessLogPrefix}*`,
    );
    return {
        Sid: "AllowAccessLogDelivery",
        Effect: "Allow",
        Principal: { Service: ["logging.s3.amazonaws.com"] },
        Action: ["s3:PutObject"],
        Resource: target,
        Condition: {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnEquals: {
                "aws:SourceArn": logged.map((purpose) =>
                    bucketArn(site, bucketName(site, deployment, purpose)),
                ),
            },
        },
    };
}
