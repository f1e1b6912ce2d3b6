/** Log groups that services make by themselves where the stack doesn't define them. */
import { stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { jobGroups, namesGroups, roleNameOf } from "./glueJobs";

const groupType = "aws:cloudwatch/logGroup:LogGroup";
const jobType = "aws:glue/job:Job";
const glueDocs = "https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html";
const logDocs =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html";

/** Says that `subject` logs to a group that the stack doesn't define; one that isn't named yet can't be seen. */
function expectGroup(
    stack: Stack,
    subject: Subject,
    verdict: Verdict,
    names: readonly string[] | undefined,
    property = "log group",
): void {
    const groups = stack.of(groupType);
    if (names?.some((name) => groups.some((group) => group.identities.includes(name)))) return;
    if (names === undefined || groups.some((group) => group.at("name").unknown)) {
        verdict.unseen(property);
        return;
    }
    verdict.violation({
        finding: "log-group",
        property,
        found: subject.at(property).value,
        fix: `define the log group ${names[0] ?? ""}`,
    });
}

const functions = stackPolicy({
    name: "lambda-log-group",
    title: "Functions log to a group of the stack",
    risk: "A group that Lambda makes by itself has no key and no end, and stays when the stack goes.",
    severity: "low",
    level: "advisory",
    remedy: "Define the log group and name it in loggingConfig, or by /aws/lambda/ and the function's name.",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    judge: (stack, verdictOn) => {
        for (const subject of stack.of("aws:lambda/function:Function")) {
            if (stack.dependsOn(subject, "loggingConfig", groupType)) continue;
            const configured = subject.at("loggingConfig.logGroup");
            const name = subject.at("name").text ?? subject.at("functionName").text;
            const byName = name === undefined ? undefined : `/aws/lambda/${name}`;
            const expected = configured.unknown ? undefined : (configured.text ?? byName);
            const names = expected === undefined ? undefined : [expected];
            expectGroup(stack, subject, verdictOn(subject), names, configured.path);
        }
    },
});

const glueJobs = stackPolicy({
    name: "glue-job-log-groups",
    title: "Glue jobs whose groups are named or partly defined log to groups of the stack",
    risk: "A group that Glue makes by itself keeps logs for ever, in the clear where the job has no security configuration, and stays when the stack goes.",
    severity: "medium",
    remedy: "Define the groups output and error that the job's arguments and security configuration name, with key and retention.",
    url: glueDocs,
    judge: (stack, verdictOn) => {
        for (const job of stack.of(jobType).filter((job) => !leftToGlue(stack, job)))
            expectJobGroups(stack, job, verdictOn(job));
    },
});

/** True where neither the job names its groups nor the stack defines those of any job: see service-log-groups. */
const leftToGlue = (stack: Stack, job: Subject): boolean =>
    !namesGroups(job) &&
    stack
        .of(groupType)
        .map((group) => group.at("name"))
        .every((name) => name.known && !String(name.value).startsWith("/aws-glue/jobs/"));

function expectJobGroups(stack: Stack, job: Subject, verdict: Verdict): void {
    for (const names of jobGroups(job)) expectGroup(stack, job, verdict, names);
}

const services = stackPolicy({
    name: "service-log-groups",
    title: "Crawlers, jobs and warehouses log to groups of the stack",
    risk: "A group that Redshift or Glue makes by itself has no end, and stays when the stack goes.",
    severity: "low",
    level: "advisory",
    remedy: "Define the log group with key and retention.",
    url: logDocs,
    judge: (stack, verdictOn) => {
        for (const logging of stack.of("aws:redshift/logging:Logging")) {
            if (logging.at("logDestinationType").value !== "cloudwatch") continue;
            const cluster = logging.at("clusterIdentifier").text;
            for (const { text } of logging.at("logExports").items) {
                const known = cluster !== undefined && text !== undefined;
                const names = known ? [`/aws/redshift/cluster/${cluster}/${text}`] : undefined;
                expectGroup(stack, logging, verdictOn(logging), names);
            }
        }
        for (const job of stack.of(jobType).filter((job) => leftToGlue(stack, job)))
            expectJobGroups(stack, job, verdictOn(job));
        for (const crawler of stack.of("aws:glue/crawler:Crawler")) {
            const configuration = crawler.at("securityConfiguration");
            if (configuration.absent) continue;
            const role = roleNameOf(crawler.at("role"));
            const known = configuration.text !== undefined && role !== undefined;
            const name = `/aws-glue/crawlers-role/${role ?? ""}-${configuration.text ?? ""}`;
            expectGroup(stack, crawler, verdictOn(crawler), known ? [name] : undefined);
        }
    },
});

export const owned: readonly Policy[] = [functions, glueJobs, services];
