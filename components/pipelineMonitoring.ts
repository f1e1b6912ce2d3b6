import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse, wholeNumber } from "./checks";
import { grant, siteOf } from "./iam";
import { createAlarms } from "./monitoring/alarm";
import { alarmSpecs } from "./monitoring/alarms";
import { dashboardBody } from "./monitoring/dashboard";
import { createRules, ruleSpecs } from "./monitoring/events";
import { alertTopic, publishStatements } from "./monitoring/topic";
import { deploymentName } from "./names";

export { alertTopicArn } from "./monitoring/topic";

/** Arguments of {@link PipelineMonitoring}. */
export interface PipelineMonitoringArgs {
    /** State machine whose runs are watched. */
    readonly stateMachineArn: pulumi.Input<string>;

    /** Crawler whose failures are reported. */
    readonly crawlerName: pulumi.Input<string>;

    /** Glue job whose failures are reported. */
    readonly jobName: pulumi.Input<string>;

    /** Redshift cluster that is watched. */
    readonly clusterIdentifier: pulumi.Input<string>;

    /** EMR cluster that stays, watched for idleness and health. @default none: each run brings its own */
    readonly sparkClusterId?: pulumi.Input<string> | undefined;

    /**
     * Usage limit of Spectrum whose consumption is watched; its breach action must be one that emits the metric.
     * @default none is watched
     */
    readonly spectrumUsageLimitId?: pulumi.Input<string>;

    /** Whole terabytes that Spectrum may scan in the limit's period before the alarm. @default 1 */
    readonly spectrumAlarmTerabytes?: number;

    /** E-mail addresses that get every message; each must be confirmed by its owner. @default nobody */
    readonly alertEmails?: readonly string[];

    /** Whether runs are scheduled; without, nothing is late. @default true */
    readonly scheduleEnabled?: boolean;

    /**
     * Hours without a run that succeeded after which the data counts as late, 1 to 168. A schedule of once a day needs 24 and
     * the length of a run. Until its first run has succeeded, a new deployment is late too.
     * @default 26
     */
    readonly freshnessHours?: number;

    /** Largest part of a day's lines that may be quarantined, 0 to 1; the workflow's own limit. @default 0.05 */
    readonly quarantineRatioLimit?: number;

    /** Part of Redshift's storage, in percent, from which on it counts as nearly full. @default 80 */
    readonly diskSpaceLimitPercent?: number;

    /**
     * Connections to Redshift from which on they count as leaked.
     * @default 400, below the quota of any node type (https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html)
     */
    readonly connectionLimit?: number;

    /** Days between scheduling the key's deletion and losing it, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;
}

/** Tells people what goes wrong: a topic, alarms on metrics, rules for failures without one, and a dashboard. */
export class PipelineMonitoring extends pulumi.ComponentResource {
    /** The topic; `alertTopicArn` makes the same ARN from the deployment's name. */
    public readonly topicArn: pulumi.Output<string>;

    /** Key of the topic. */
    public readonly keyArn: pulumi.Output<string>;

    public readonly dashboardName: pulumi.Output<string>;

    constructor(
        name: string,
        args: PipelineMonitoringArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("loglake:index:PipelineMonitoring", name, {}, opts);

        deploymentName(name);
        const targets = {
            deployment: name,
            stateMachineArn: args.stateMachineArn,
            clusterIdentifier: args.clusterIdentifier,
            sparkClusterId: args.sparkClusterId,
            spectrumUsageLimitId: args.spectrumUsageLimitId,
            scheduleEnabled: args.scheduleEnabled ?? true,
            ...thresholds(args),
        };

        const { topic, key } = alertTopic(this, name, {
            emails: args.alertEmails ?? [],
            keyDeletionWindowDays: args.keyDeletionWindowDays ?? 30,
        });
        this.topicArn = topic.arn;
        this.keyArn = key.arn;

        const alarms = createAlarms(this, name, alarmSpecs(targets), topic.arn);
        const { crawlerName, jobName } = args;
        createRules(this, name, ruleSpecs({ deployment: name, crawlerName, jobName }), {
            arn: topic.arn,
            keyArn: key.arn,
        });
        const dashboard = new aws.cloudwatch.Dashboard(
            name,
            {
                dashboardName: name,
                dashboardBody: pulumi
                    .all([
                        siteOf(this).region,
                        args.stateMachineArn,
                        args.clusterIdentifier,
                        pulumi.all(alarms.map((alarm) => alarm.arn)),
                    ])
                    .apply(([region, stateMachineArn, clusterIdentifier, alarmArns]) =>
                        JSON.stringify(
                            dashboardBody({
                                deployment: name,
                                region,
                                stateMachineArn,
                                clusterIdentifier,
                                alarmArns,
                            }),
                        ),
                    ),
            },
            { parent: this },
        );
        this.dashboardName = dashboard.dashboardName;

        this.registerOutputs({
            topicArn: this.topicArn,
            keyArn: this.keyArn,
            dashboardName: this.dashboardName,
        });
    }

    /** Lets `role` publish to the topic. `id` names the grant, unique within the stack. */
    public grantPublish(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const statements = publishStatements(siteOf(this), this.topicArn, this.keyArn);
        return grant(this, `${id}-publish-alerts`, role, ...statements);
    }
}

function thresholds(args: PipelineMonitoringArgs) {
    const quarantineRatioLimit = args.quarantineRatioLimit ?? 0.05;
    if (!(quarantineRatioLimit >= 0 && quarantineRatioLimit <= 1)) {
        refuse("quarantineRatioLimit", `must be 0 to 1, got ${String(quarantineRatioLimit)}`);
    }
    return {
        quarantineRatioLimit,
        freshnessHours: wholeNumber("freshnessHours", args.freshnessHours ?? 26, 1, 168),
        diskSpaceLimitPercent: wholeNumber(
            "diskSpaceLimitPercent",
            args.diskSpaceLimitPercent ?? 80,
            1,
            100,
        ),
        connectionLimit: wholeNumber("connectionLimit", args.connectionLimit ?? 400, 1, 2000),
        spectrumAlarmTerabytes: wholeNumber(
            "spectrumAlarmTerabytes",
            args.spectrumAlarmTerabytes ?? 1,
            1,
        ),
    };
}
