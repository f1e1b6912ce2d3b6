/** The day's files into the catalog, and the plan from it. */
import { callTimeoutSeconds, type WorkflowSpec } from "./spec";
import { poll, pollsExceed, present, refusal, task, type States } from "./states";

const intervalSeconds = 15;

/**
 * What the SDK integration says when Glue throttles, fails or is out of reach. Errors that Glue's API does not declare,
 * as throttling, come under the SDK's base exception of the service
 * (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
 */
const glueFaults = [
    "Glue.GlueException",
    "Glue.OperationTimeoutException",
    "Glue.ThrottlingException",
    "Glue.InternalServiceException",
    "Glue.SdkClientException",
];

/**
 * Waits until nobody crawls, crawls, and waits for that crawl's end. A crawl that runs already does not count: it may
 * have passed the folder before the day's last file came. Which crawl has ended is told by its start, compared to the last
 * one's from before: a crawler that was just started can still say READY, with the outcome of the crawl before.
 */
export function crawlStates({ partition, crawlerName, limits }: WorkflowSpec): States {
    const seconds = limits.crawlMinutes * 60;
    const getCrawler = {
        call: "aws-sdk:glue:getCrawler",
        parameters: { Name: crawlerName },
        timeoutSeconds: callTimeoutSeconds,
        retry: glueFaults,
        resultSelector: { "Crawler.$": "$.Crawler" },
    };
    return {
        ...task(partition, "CheckCrawler", {
            ...getCrawler,
            resultPath: "$.before",
            next: "CrawlerIdle",
        }),
        CrawlerIdle: {
            Type: "Choice",
            Choices: [
                { Variable: "$.before.Crawler.State", StringEquals: "READY", Next: "StartCrawler" },
                { ...pollsExceed("Crawler", seconds, intervalSeconds), Next: "CrawlerBusy" },
            ],
            Default: "WaitForCrawler",
        },
        ...poll({ subject: "Crawler", intervalSeconds, ask: "CheckCrawler" }),
        ...refusal(
            "CrawlerBusy",
            `crawler ${crawlerName} was busy with another crawl for ${String(limits.crawlMinutes)} minutes`,
        ),
        ...task(partition, "StartCrawler", {
            call: "aws-sdk:glue:startCrawler",
            parameters: { Name: crawlerName },
            timeoutSeconds: callTimeoutSeconds,
            retry: glueFaults,
            except: [
                {
                    ErrorEquals: ["Glue.CrawlerRunningException"],
                    ResultPath: null,
                    Next: "WaitForCrawler",
                },
            ],
            next: "WaitForCrawl",
        }),
        ...poll({ subject: "Crawl", intervalSeconds, ask: "GetCrawler" }),
        ...task(partition, "GetCrawler", {
            ...getCrawler,
            resultPath: "$.after",
            next: "CrawlEnded",
        }),
        CrawlEnded: {
            Type: "Choice",
            Choices: [
                {
                    And: [crawled, { Variable: status, StringEquals: "SUCCEEDED" }],
                    Next: "Plan",
                },
                { ...crawled, Next: "CrawlFailed" },
                { ...pollsExceed("Crawl", seconds, intervalSeconds), Next: "CrawlTimedOut" },
            ],
            Default: "WaitForCrawl",
        },
        ...refusal(
            "CrawlFailed",
            `crawler ${crawlerName} says: {}`,
            "States.JsonToString($.after.Crawler.LastCrawl)",
        ),
        ...refusal(
            "CrawlTimedOut",
            `crawler ${crawlerName} took longer than ${String(limits.crawlMinutes)} minutes`,
        ),
    };
}

const started = "$.after.Crawler.LastCrawl.StartTime";
const startedBefore = "$.before.Crawler.LastCrawl.StartTime";
const status = "$.after.Crawler.LastCrawl.Status";

/** The crawler is idle, and its last crawl is another one than before the start. */
const crawled = {
    And: [
        { Variable: "$.after.Crawler.State", StringEquals: "READY" },
        present(started),
        present(status),
        { Not: present(startedBefore, { StringEqualsPath: started }) },
    ],
};

/** Asks the planner for the day, its sources and their formats. */
export function planStates({ partition, plannerArn, cluster }: WorkflowSpec): States {
    return task(partition, "Plan", {
        call: "lambda:invoke",
        parameters: {
            FunctionName: plannerArn,
            "Payload.$": "States.JsonMerge($.input, $.identity, false)",
        },
        timeoutSeconds: 180,
        retry: [
            // https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ],
        resultSelector: {
            "dt.$": "$.Payload.dt",
            "runId.$": "$.Payload.runId",
            "planUri.$": "$.Payload.planUri",
            "manifestKey.$": "$.Payload.manifestKey",
            "sources.$": "$.Payload.sources",
        },
        resultPath: "$.run",
        next: cluster.mode === "transient" ? "LaunchCluster" : "RunSpark",
    });
}
