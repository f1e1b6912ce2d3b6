/** The key and the role of the state machine, with what it needs for its own sake. What its states call is granted to it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { wholeNumber } from "../checks";
import {
    accountKeyPolicy,
    allow,
    arn,
    grant,
    logGroupsUseKey,
    serviceRole,
    siteOf,
    type Site,
    type Statement,
} from "../iam";
import { metricNamespace } from "./gate";
import { plannerLogGroupName } from "./plannerFunction";

/** Name of the state machine's log group. Below this prefix, delivery needs no policy of the group's own for each. */
export function workflowLogGroupName(deployment: string): string {
    return `/aws/vendedlogs/states/${deployment}`;
}

/** Creates the key of definition, execution history, logs and the planner's environment. */
export function workflowKey(
    workflow: pulumi.ComponentResource,
    deployment: string,
    keyDeletionWindowDays: number,
): aws.kms.Key {
    const site = siteOf(workflow);
    const logGroups = [workflowLogGroupName(deployment), plannerLogGroupName(deployment)];
    const key = new aws.kms.Key(
        `${deployment}-workflow`,
        {
            description: `Workflow of ${deployment}: definition, execution history, logs`,
            enableKeyRotation: true,
            deletionWindowInDays: wholeNumber(
                "keyDeletionWindowDays",
                keyDeletionWindowDays,
                7,
                30,
            ),
            policy: accountKeyPolicy(
                site,
                ...logGroups.map((group, index) => ({
                    ...logGroupsUseKey(site, group),
                    Sid: `LogGroup${String(index)}`,
                })),
                deliveryUsesKey(site),
            ),
        },
        { parent: workflow },
    );
    new aws.kms.Alias(
        `${deployment}-workflow`,
        { name: `alias/${deployment}-workflow`, targetKeyId: key.keyId },
        { parent: workflow },
    );
    return key;
}

/**
 * Step Functions hands its log to this service under the state machine's key, which decrypts it on its own behalf
 * (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html).
 */
function deliveryUsesKey(site: Site): Statement {
    return {
        Sid: "LogDelivery",
        ...allow(["kms:Decrypt"], "*", {
            StringEquals: { "kms:EncryptionContext:SourceArn": arn(site, "logs", "*") },
        }),
        Principal: { Service: ["delivery.logs.amazonaws.com"] },
    };
}

/** Creates the role that `stateMachineArn` runs as. */
export function workflowRole(
    workflow: pulumi.ComponentResource,
    deployment: string,
    stateMachineArn: pulumi.Input<string>,
): aws.iam.Role {
    return serviceRole(workflow, `${deployment}-workflow`, {
        roleName: `${deployment}-workflow`,
        service: "states.amazonaws.com",
        description: `Runs the workflow of ${deployment}`,
        // https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        condition: {
            StringEquals: { "aws:SourceAccount": siteOf(workflow).accountId },
            ArnLike: { "aws:SourceArn": stateMachineArn },
        },
    });
}

/** Gives the role what the state machine needs itself: its key, its log, its traces, its metrics, its rule and the planner. */
export function grantOwn(
    workflow: pulumi.ComponentResource,
    deployment: string,
    role: aws.iam.Role,
    args: {
        readonly stateMachineArn: pulumi.Input<string>;
        readonly keyArn: pulumi.Input<string>;
        readonly plannerArn: pulumi.Input<string>;
    },
): aws.iam.RolePolicy {
    const site = siteOf(workflow);
    return grant(
        workflow,
        `${deployment}-workflow`,
        role,
        allow(["lambda:InvokeFunction"], args.plannerArn),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], args.keyArn, {
            StringEquals: {
                "kms:EncryptionContext:aws:states:stateMachineArn": args.stateMachineArn,
            },
        }),
        allow(["kms:GenerateDataKey"], args.keyArn, {
            StringEquals: { "kms:EncryptionContext:SourceArn": arn(site, "logs", "*") },
        }),
        // Step Functions hears of a step's end through a rule that it keeps in the account, and makes sure that it may when the
        // state machine is created (https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html)
        allow(
            ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            arn(site, "events", "rule/StepFunctionsGetEventForEMRAddJobFlowStepsRule"),
        ),
        // PutMetricData knows no resources, but its namespace
        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html)
        allow(["cloudwatch:PutMetricData"], "*", {
            StringEquals: { "cloudwatch:namespace": metricNamespace },
        }),
        // neither do those of log delivery (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html)
        allow(
            [
                "logs:CreateLogDelivery",
                "logs:GetLogDelivery",
                "logs:UpdateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:DescribeResourcePolicies",
                "logs:DescribeLogGroups",
            ],
            "*",
        ),
        // nor those of X-Ray (https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html)
        allow(
            [
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
            ],
            "*",
        ),
    );
}
