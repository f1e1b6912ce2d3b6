/** CloudWatch: log groups and alarms. */
import { expectAtLeast, expectCustomerKey, expectOneOf } from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";

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

export const logs: readonly Policy[] = [encryption, retention, functionGroups, alarms];
