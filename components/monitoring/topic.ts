/** The topic that alarms, rules and the workflow publish to. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { wholeNumber } from "../checks";
import { accountKeyPolicy, allow, arn, document, siteOf, type Site, type Statement } from "../iam";

/** ARN of the topic of `deployment`, known before the topic exists: the workflow names it, and its alarms name the workflow. */
export function alertTopicArn(site: Site, deployment: string): pulumi.Output<string> {
    return arn(site, "sns", topicName(deployment));
}

function topicName(deployment: string): string {
    return `${deployment}-alerts`;
}

/** What {@link alertTopic} made. */
export interface AlertTopic {
    readonly topic: aws.sns.Topic;
    readonly key: aws.kms.Key;
}

/**
 * Creates the topic, its key and its subscriptions as children of `monitoring`.
 *
 * The AWS-managed key `alias/aws/sns` can't be used: CloudWatch may not publish under it, and alarms would be lost without an
 * error (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). EventBridge is not among the services that the
 * policies name: it sends them no source, so that any rule of any account would pass; its rules publish under a role
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 */
export function alertTopic(
    monitoring: pulumi.ComponentResource,
    deployment: string,
    args: { readonly emails: readonly string[]; readonly keyDeletionWindowDays: number },
): AlertTopic {
    const site = siteOf(monitoring);
    const topicArn = alertTopicArn(site, deployment);
    const name = topicName(deployment);
    const key = new aws.kms.Key(
        name,
        {
            description: `Alerts of ${deployment}`,
            enableKeyRotation: true,
            deletionWindowInDays: wholeNumber(
                "keyDeletionWindowDays",
                args.keyDeletionWindowDays,
                7,
                30,
            ),
            policy: accountKeyPolicy(
                site,
                fromAlarms(site, "AlarmsUseKey", ["kms:GenerateDataKey", "kms:Decrypt"], "*"),
            ),
        },
        { parent: monitoring },
    );
    new aws.kms.Alias(
        name,
        { name: `alias/${name}`, targetKeyId: key.keyId },
        { parent: monitoring },
    );
    const topic = new aws.sns.Topic(
        name,
        { name, displayName: deployment, kmsMasterKeyId: key.arn },
        { parent: monitoring },
    );
    new aws.sns.TopicPolicy(
        name,
        {
            arn: topic.arn,
            policy: document(fromAlarms(site, "AlarmsPublish", ["sns:Publish"], topicArn), {
                Sid: "TlsOnly",
                Effect: "Deny",
                Principal: "*",
                Action: ["sns:Publish"],
                Resource: topicArn,
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            }),
        },
        { parent: monitoring },
    );
    for (const endpoint of args.emails) {
        new aws.sns.TopicSubscription(
            `${deployment}-${endpoint}`,
            { topic: topic.arn, protocol: "email", endpoint },
            { parent: monitoring },
        );
    }
    return { topic, key };
}

function fromAlarms(
    site: Site,
    sid: string,
    actions: readonly string[],
    resource: pulumi.Input<string>,
): Statement {
    return {
        Sid: sid,
        ...allow(actions, resource, {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnLike: { "aws:SourceArn": arn(site, "cloudwatch", "alarm:*") },
        }),
        Principal: { Service: ["cloudwatch.amazonaws.com"] },
    };
}

/** What a role needs to publish to the topic. */
export function publishStatements(
    site: Site,
    topicArn: pulumi.Input<string>,
    keyArn: pulumi.Input<string>,
): readonly Statement[] {
    const viaSns = { "kms:ViaService": pulumi.interpolate`sns.${site.region}.amazonaws.com` };
    return [
        allow(["sns:Publish"], topicArn),
        allow(["kms:GenerateDataKey", "kms:Decrypt"], keyArn, { StringEquals: viaSns }),
    ];
}
