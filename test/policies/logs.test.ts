/** Log groups and alarms. */
import { account, describePolicy, keyArn, resource, unknown, usePack } from "./support";

const topicArn = `arn:aws:sns:eu-west-1:${account}:alerts`;
const lambda = (change: object = {}) =>
    resource("aws:lambda/function:Function", "f", {
        name: "f",
        runtime: "nodejs22.x",
        kmsKeyArn: keyArn,
        environment: { variables: { RAW: "raw" } },
        tracingConfig: { mode: "Active" },
        ...change,
    });
const group = (change: object = {}) =>
    resource("aws:cloudwatch/logGroup:LogGroup", "g", {
        name: "/aws/lambda/f",
        kmsKeyId: keyArn,
        retentionInDays: 30,
        ...change,
    });
const alarm = (change: object = {}) =>
    resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
        alarmActions: [topicArn],
        ...change,
    });

describe("policies on logs and alarms", () => {
    usePack();

    describePolicy("log-group-encryption", {
        fails: { "AWS's key": ["kmsKeyId", group({ kmsKeyId: undefined })] },
        passes: {
            "a key of one's own": [group()],
            "a key that is only known later": [group({ kmsKeyId: unknown })],
        },
    });

    describePolicy("log-group-retention", {
        fails: {
            "logs for ever": ["retentionInDays", group({ retentionInDays: 0 })],
            "silence, which is for ever": [
                "retentionInDays",
                group({ retentionInDays: undefined }),
            ],
            "a day": ["retentionInDays", group({ retentionInDays: 1 })],
        },
        passes: { "a month": [group()] },
        unseen: { "retention that is only known later": [group({ retentionInDays: unknown })] },
    });

    describePolicy("lambda-log-group", {
        fails: {
            "a group that Lambda makes by itself": ["log-group", lambda()],
            "the group of another function": [
                "log-group",
                lambda(),
                group({ name: "/aws/lambda/other" }),
            ],
        },
        passes: {
            "a group by the function's name": [lambda(), group()],
            "a group by name": [
                lambda({ loggingConfig: { logGroup: "/own" } }),
                group({ name: "/own" }),
            ],
            "a group that is only known later": [
                lambda({ loggingConfig: { logGroup: unknown } }),
                { ...group(), name: "own" },
            ].map((given, index) =>
                index === 0 ? { ...given, from: { loggingConfig: "own" } } : given,
            ),
        },
        unseen: { "a name that is only known later": [lambda({ name: unknown })] },
    });

    const warehouseLogs = resource("aws:redshift/logging:Logging", "audit", {
        clusterIdentifier: "wh",
        logDestinationType: "cloudwatch",
        logExports: ["userlog"],
    });
    const crawler = resource("aws:glue/crawler:Crawler", "c", {
        name: "c",
        securityConfiguration: "sc",
        role: "crawler",
    });
    const loader = (properties: object = {}) =>
        resource("aws:glue/job:Job", "load", {
            name: "load",
            securityConfiguration: "sc",
            roleArn: `arn:aws:iam::${account}:role/loader`,
            ...properties,
        });
    const named = (name: string) =>
        resource("aws:cloudwatch/logGroup:LogGroup", name, {
            name,
            kmsKeyId: keyArn,
            retentionInDays: 30,
        });

    describePolicy("service-log-groups", {
        fails: {
            "groups that Redshift makes by itself": ["log-group", warehouseLogs],
            "a group that a crawler makes by itself": ["log-group", crawler],
            "groups that Glue makes by itself for a job": ["log-group", loader()],
        },
        passes: {
            "Redshift's group": [warehouseLogs, named("/aws/redshift/cluster/wh/userlog")],
            "a crawler's group": [crawler, named("/aws-glue/crawlers-role/crawler-sc")],
        },
        unseen: {
            "groups that are only known later": [
                warehouseLogs,
                resource("aws:cloudwatch/logGroup:LogGroup", "g", { name: unknown }),
            ],
        },
    });

    const output = named("/aws-glue/jobs/sc-role/loader/output");
    const errors = named("/aws-glue/jobs/sc-role/loader/error");
    const continuous = { defaultArguments: { "--continuous-log-logGroup": "/load" } };
    const prefix = { defaultArguments: { "--custom-logGroup-prefix": "/load" } };

    describePolicy("glue-job-log-groups", {
        fails: {
            "one group of two": ["log-group", loader(), output],
            "the groups of another role": [
                "log-group",
                loader({ roleArn: `arn:aws:iam::${account}:role/other` }),
                output,
                errors,
            ],
            "a group of one's own that isn't there": ["log-group", loader(continuous), output],
            "groups by a prefix that aren't there": ["log-group", loader(prefix), output, errors],
        },
        passes: {
            "both groups": [loader(), output, errors],
            "groups that are all left to Glue": [loader(), named("/aws/lambda/f")],
            "a group of one's own": [loader(continuous), named("/load")],
            "a group of one's own, with the configuration's name": [
                loader(continuous),
                named("/load-sc"),
            ],
            "groups by a prefix": [
                loader(prefix),
                named("/load/sc-role/loader/output"),
                named("/load/sc-role/loader/error"),
            ],
            "groups by a prefix, without a configuration": [
                loader({ ...prefix, securityConfiguration: undefined }),
                named("/load/output"),
                named("/load/error"),
            ],
            "the groups that all jobs of the account share": [
                loader({ securityConfiguration: undefined }),
            ],
            "a Python shell": [loader({ command: { name: "pythonshell" } })],
        },
        unseen: {
            "groups that are only known later": [
                loader(),
                resource("aws:cloudwatch/logGroup:LogGroup", "g", { name: unknown }),
            ],
            "a configuration that is only known later": [
                loader({ securityConfiguration: unknown }),
                output,
                errors,
            ],
        },
    });

    describePolicy("alarm-action", {
        fails: {
            "an alarm that tells nobody": ["alarmActions", alarm({ alarmActions: [] })],
            "an alarm that is switched off": ["actionsEnabled", alarm({ actionsEnabled: false })],
        },
        passes: {
            "an alarm to a topic": [alarm()],
            "a topic that is only known later": [alarm({ alarmActions: [unknown] })],
        },
        unseen: { "a switch that is only known later": [alarm({ actionsEnabled: unknown })] },
    });
});
