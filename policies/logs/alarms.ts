/** CloudWatch alarms. */
import { expectOneOf } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";

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
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
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

export const alarming: readonly Policy[] = [alarms];
