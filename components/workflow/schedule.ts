/** The schedule that starts a run a day. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, arn, grant, serviceRole, siteOf } from "../iam";

/** Arguments of {@link dailyRun}. */
export interface DailyRunArgs {
    /** ARN made from names, so that the role's document is known before the state machine exists. */
    readonly stateMachineArn: pulumi.Input<string>;
    readonly stateMachine: aws.sfn.StateMachine;
    readonly keyArn: pulumi.Input<string>;
    readonly expression: string;
    readonly timezone: string;
    readonly enabled: boolean;
}

/**
 * Creates the schedule as a child of `workflow`, in a group of its own: the role's trust and the service's metrics both go
 * by group (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
 */
export function dailyRun(
    workflow: pulumi.ComponentResource,
    deployment: string,
    args: DailyRunArgs,
): void {
    const site = siteOf(workflow);
    const group = new aws.scheduler.ScheduleGroup(
        deployment,
        { name: deployment },
        { parent: workflow },
    );
    const role = serviceRole(workflow, `${deployment}-scheduler`, {
        roleName: `${deployment}-scheduler`,
        service: "scheduler.amazonaws.com",
        description: `Starts the scheduled runs of ${deployment}`,
        condition: {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnEquals: { "aws:SourceArn": arn(site, "scheduler", `schedule-group/${deployment}`) },
        },
    });
    const policy = grant(
        workflow,
        `${deployment}-scheduler`,
        role,
        allow(["states:StartExecution"], args.stateMachineArn),
        // the schedule's input, which lies under the key (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html)
        allow(["kms:Decrypt"], args.keyArn, {
            StringEquals: {
                "kms:EncryptionContext:aws:scheduler:schedule:arn": arn(
                    site,
                    "scheduler",
                    `schedule/${deployment}/${deployment}`,
                ),
            },
        }),
    );
    new aws.scheduler.Schedule(
        deployment,
        {
            name: deployment,
            groupName: group.name,
            description: `Starts the run of the day before`,
            scheduleExpression: args.expression,
            scheduleExpressionTimezone: args.timezone,
            state: args.enabled ? "ENABLED" : "DISABLED",
            flexibleTimeWindow: { mode: "OFF" },
            kmsKeyArn: args.keyArn,
            target: {
                arn: args.stateMachineArn,
                roleArn: role.arn,
                // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
                input: JSON.stringify({ scheduledTime: "<aws.scheduler.scheduled-time>" }),
                // an hour of refusals, then it is given up and the alarm on dropped invocations fires
                retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
            },
        },
        { parent: workflow, dependsOn: [policy, args.stateMachine] },
    );
}
