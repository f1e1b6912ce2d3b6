/** The crawler of the raw bucket: its classifiers, its role and the group it logs to. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Format } from "../../formats";
import { allow, arn, grant, serviceRole, siteOf, type Statement } from "../iam";
import { databaseArns, objectStatements, tableArns, type LakeObjects } from "./access";

/** Arguments of {@link rawCrawler}. */
export interface RawCrawlerArgs {
    /** Formats that the crawler tells apart, in the order in which they are tried. */
    readonly formats: readonly Format[];
    /** Whose raw logs it reads. */
    readonly lake: LakeObjects;
    readonly databaseName: pulumi.Input<string>;
    readonly securityConfigurationName: pulumi.Input<string>;
    readonly logRetentionDays: number;
}

/** What {@link rawCrawler} made. */
export interface RawCrawler {
    readonly crawlerName: pulumi.Output<string>;
    readonly role: aws.iam.Role;
}

/** Creates the crawler and what it needs as children of `lake`. `deployment` is the deployment's name. */
export function rawCrawler(
    lake: pulumi.ComponentResource,
    deployment: string,
    args: RawCrawlerArgs,
): RawCrawler {
    const name = `${deployment}-crawler`;
    const role = serviceRole(lake, name, {
        roleName: name,
        service: "glue.amazonaws.com",
        description: `Reads the raw logs of ${deployment} and catalogues them`,
    });
    // Glue would make the group itself, without an end to what it keeps. With a security configuration its name is the
    // role's and the configuration's, not /aws-glue/crawlers.
    const logGroup = new aws.cloudwatch.LogGroup(
        name,
        {
            name: pulumi.interpolate`/aws-glue/crawlers-role/${name}-${args.securityConfigurationName}`,
            retentionInDays: args.logRetentionDays,
            kmsKeyId: args.lake.keyArn,
        },
        { parent: lake },
    );
    const policy = grant(lake, name, role, ...crawlerStatements(lake, args, logGroup.name));
    const classifiers = args.formats.map((format) => classifier(lake, deployment, format));

    const crawler = new aws.glue.Crawler(
        `${deployment}-raw`,
        {
            name: `${deployment}-raw`,
            description: "One table a source, one partition a day",
            role: role.arn,
            databaseName: args.databaseName,
            securityConfiguration: args.securityConfigurationName,
            classifiers: classifiers.map((classifier) => classifier.name),
            s3Targets: [
                {
                    path: pulumi.interpolate`s3://${args.lake.rawBucketName}/`,
                    exclusions: [...unfinished],
                    sampleSize: sampledFiles,
                },
            ],
            // not CRAWL_NEW_FOLDERS_ONLY: after its first run that adds no tables any more, so that a source that arrives
            // later would never be seen (https://docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html)
            recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
            // tables and partitions are added, none is changed: what a column is, the format says, not a day's sample
            schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
            configuration: JSON.stringify(crawlerConfiguration),
        },
        { parent: lake, dependsOn: [policy] }, // the crawler checks what its role may do when it is created
    );
    return { crawlerName: crawler.name, role };
}

/** Files that are read in each day's folder, 1 to 249: all of them would make a crawl longer with every day. */
const sampledFiles = 5;

/** What Spark passes over too: names that begin with `_` or `.`, and uploads that are not at their end. */
const unfinished = ["_**", "**/_**", ".**", "**/.**", "**.tmp"];

/** https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html */
const crawlerConfiguration = {
    Version: 1.0,
    // a table is the folder below the bucket (level 2), one source, however much its days look alike or differ
    Grouping: {
        TableLevelConfiguration: 2,
        TableGroupingPolicy: "CombineCompatibleSchemas",
    },
    // without it each day keeps the columns it was first seen with, and queries over several days fail
    CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
};

function classifier(
    lake: pulumi.Resource,
    deployment: string,
    format: Format,
): aws.glue.Classifier {
    const name = `${deployment}-${format.name}`;
    const rules =
        format.kind === "json"
            ? { jsonClassifier: { jsonPath: format.jsonPath ?? "$" } }
            : {
                  grokClassifier: {
                      classification: format.classification,
                      grokPattern: format.grok ?? "",
                      customPatterns: grokPatterns(format),
                  },
              };
    return new aws.glue.Classifier(name, { name, ...rules }, { parent: lake });
}

/** Custom patterns as Glue wants them: one a line, its name and its expression. */
function grokPatterns({ patterns = {} }: Format): string {
    return Object.entries(patterns)
        .map(([name, expression]) => `${name} ${expression}`)
        .join("\n");
}

function crawlerStatements(
    lake: pulumi.ComponentResource,
    args: RawCrawlerArgs,
    logGroupName: pulumi.Input<string>,
): readonly Statement[] {
    const site = siteOf(lake);
    const logGroup = arn(site, "logs", pulumi.interpolate`log-group:${logGroupName}`);
    return [
        ...objectStatements(site, args.lake, { readRaw: true }),
        allow(["glue:GetDatabase"], databaseArns(site, args.databaseName)),
        allow(
            [
                "glue:GetTable",
                "glue:GetTables",
                "glue:CreateTable",
                "glue:UpdateTable",
                "glue:GetPartition",
                "glue:GetPartitions",
                "glue:BatchGetPartition",
                "glue:CreatePartition",
                "glue:BatchCreatePartition",
                "glue:UpdatePartition",
                "glue:BatchUpdatePartition",
            ],
            tableArns(site, args.databaseName),
        ),
        // knows no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html)
        allow(["glue:GetSecurityConfiguration"], "*"),
        // as actions on a group name it: with its streams
        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html)
        allow(["logs:CreateLogGroup", "logs:AssociateKmsKey"], pulumi.interpolate`${logGroup}:*`),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            pulumi.interpolate`${logGroup}:log-stream:*`,
        ),
    ];
}
