/** CloudWatch: log groups and alarms. */
import { expectAtLeast, expectCustomerKey, expectOneOf } from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";
import type { Stack } from "./core/stack";
import type { Subject } from "./core/subject";

const docs = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/";
const groupType = "aws:cloudwatch/logGroup:LogGroup";

const encryption = resourcePolicy({
    name: "log-group-encryption",
    title: "Log groups are under a customer-managed key",
    risk: "Logs hold addresses, names and query texts, readable for everyone with logs:GetLogEvents.",
    severity: "medium",
    types: [groupType],
    remedy: "Set kmsKeyId to a key whose policy lets the Logs service use it.",
    url: `${docs}logs/encrypt-log-data-kms.html`,
    judge: (group, verdict) => {
        expectCustomerKey(verdict, group.at("kmsKeyId"));
    },
});

const retention = resourcePolicy({
    name: "log-group-retention",
    title: "Log groups say how long they keep logs",
    risk: "Kept for ever, logs cost more each month and hold personal data that had to go; kept too short, they are gone before the incident is found.",
    severity: "medium",
    types: [groupType],
    remedy: "Set retentionInDays.",
    url: `${docs}logs/Working-with-log-groups-and-streams.html`,
    options: { minimumDays: option(7, "shortest retention, in days") },
    judge: (group, verdict, { minimumDays }) => {
        // 0 keeps logs for ever.
        const fix = `set it to ${String(minimumDays)} days or more`;
        expectAtLeast(verdict, group.at("retentionInDays"), minimumDays, { fix });
    },
});

const functionGroups = stackPolicy({
    name: "lambda-log-group",
    title: "Functions log to a group of the stack",
    risk: "A group that Lambda makes by itself has no key and no end, and stays when the stack goes.",
    severity: "low",
    remedy: "Define the log group and name it in loggingConfig, or by /aws/lambda/ and the function's name.",
    url: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    judge: (stack, verdictOn) => {
        const groups = stack.of(groupType);
        for (const subject of stack.of("aws:lambda/function:Function")) {
            const configured = subject.at("loggingConfig.logGroup");
            const name = subject.at("name").text ?? subject.at("functionName").text;
            const expected =
                configured.text ?? (name === undefined ? undefined : `/aws/lambda/${name}`);
            const depends = stack.dependsOn(subject, "loggingConfig", groupType);
            if (
                depends ||
                groups.some(
                    (group) => expected !== undefined && group.identities.includes(expected),
                )
            )
                continue;
            if (
                configured.unknown ||
                expected === undefined ||
                groups.some((group) => group.at("name").unknown)
            ) {
                verdictOn(subject).unseen(configured);
            } else {
                verdictOn(subject).violation({
                    finding: "log-group",
                    property: "loggingConfig.logGroup",
                    found: configured.value,
                    fix: `define the log group ${expected}`,
                });
            }
        }
    },
});

/** Names of the groups that a service makes by itself where the stack doesn't define them. */
function* serviceGroups(stack: Stack): Generator<{ subject: Subject; name: string | undefined }> {
    for (const subject of stack.of("aws:redshift/logging:Logging")) {
        if (subject.at("logDestinationType").value !== "cloudwatch") continue;
        const cluster = subject.at("clusterIdentifier").text;
        for (const { text } of subject.at("logExports").items) {
            const known = cluster !== undefined && text !== undefined;
            yield { subject, name: known ? `/aws/redshift/cluster/${cluster}/${text}` : undefined };
        }
    }
    // Under a security configuration Glue's groups carry its name and the role's.
    for (const subject of stack.of("aws:glue/job:Job", "aws:glue/crawler:Crawler")) {
        const configuration = subject.at("securityConfiguration").text;
        const crawler = subject.type.endsWith(":Crawler");
        const role = subject
            .at(crawler ? "role" : "roleArn")
            .text?.split("/")
            .pop();
        const known = configuration !== undefined && role !== undefined;
        const names = crawler
            ? [`/aws-glue/crawlers-role/${role ?? ""}-${configuration ?? ""}`]
            : ["output", "error"].map(
                  (kind) => `/aws-glue/jobs/${configuration ?? ""}-role/${role ?? ""}/${kind}`,
              );
        if (!subject.at("securityConfiguration").absent) {
            for (const name of names) yield { subject, name: known ? name : undefined };
        }
    }
}

const serviceLogGroups = stackPolicy({
    name: "service-log-groups",
    title: "Services log to groups of the stack",
    risk: "A group that Redshift or Glue makes by itself has no end, and stays when the stack goes.",
    severity: "low",
    level: "advisory",
    remedy: "Define the log group with key and retention.",
    url: `${docs}logs/Working-with-log-groups-and-streams.html`,
    judge: (stack, verdictOn) => {
        const groups = stack.of(groupType);
        for (const { subject, name } of serviceGroups(stack)) {
            if (name !== undefined && groups.some((group) => group.identities.includes(name)))
                continue;
            if (name === undefined || groups.some((group) => group.at("name").unknown))
                verdictOn(subject).unseen("log group");
            else {
                const fix = `define the log group ${name}`;
                verdictOn(subject).violation({
                    finding: "log-group",
                    property: "log group",
                    found: undefined,
                    fix,
                });
            }
        }
    },
});

const alarms = resourcePolicy({
    name: "alarm-action",
    title: "Alarms tell somebody",
    risk: "An alarm without an action goes red where nobody looks.",
    severity: "medium",
    types: [
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    ],
    remedy: "Set alarmActions to a topic, and leave actionsEnabled true.",
    url: `${docs}monitoring/AlarmThatSendsEmail.html`,
    judge: (alarm, verdict) => {
        const actions = alarm.at("alarmActions");
        if (!actions.unknown && actions.items.length === 0) {
            verdict.violation({
                finding: "alarmActions",
                property: "alarmActions",
                found: actions.value,
                fix: "name a topic",
            });
        }
        expectOneOf(verdict, alarm.at("actionsEnabled"), [true], {
            absentIsFine: true,
            fix: "set it to true",
        });
    },
});

export const logs: readonly Policy[] = [
    encryption,
    retention,
    functionGroups,
    serviceLogGroups,
    alarms,
];
