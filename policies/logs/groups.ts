/** Log groups: keys and retention. */
import { expectAtLeast, expectCustomerKey } from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";

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

export const groups: readonly Policy[] = [encryption, retention];
