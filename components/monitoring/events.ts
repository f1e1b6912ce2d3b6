/** Rules for failures that have no metric. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, grant, serviceRole, siteOf } from "../iam";
import { publishStatements } from "./topic";

/** An event that somebody is to be told of. */
export interface RuleSpec {
    /** The rule's name, after the deployment's. */
    readonly suffix: string;
    readonly description: string;
    /** Service that sends the event, such as `aws.glue`. */
    readonly source: string;
    readonly detailType: string;
    /** Pattern of the event's detail. */
    readonly detail: pulumi.Input<object>;
    /** The message; `<name>` stands for the field of {@link fields}. */
    readonly message: string;
    /** JSONPaths into the event, by the name that the message has for them. */
    readonly fields: Readonly<Record<string, string>>;
}

/** What the rules name. */
export interface RuleTargets {
    readonly deployment: string;
    readonly crawlerName: pulumi.Input<string>;
    readonly jobName: pulumi.Input<string>;
}

/**
 * Every rule of a deployment. EMR's events have the cluster's name, which is the deployment's, and the step's, which begins
 * with it.
 */
export function ruleSpecs({ deployment, crawlerName, jobName }: RuleTargets): readonly RuleSpec[] {
    const cluster = { clusterId: "$.detail.clusterId", message: "$.detail.message" };
    return [
        {
            suffix: "glue-job",
            description: "The Glue job failed, took too long or was stopped",
            // https://docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html
            source: "aws.glue",
            detailType: "Glue Job State Change",
            detail: pulumi
                .output(jobName)
                .apply((name) => ({ jobName: [name], state: ["FAILED", "TIMEOUT", "STOPPED"] })),
            message: "Glue job <jobName>, run <jobRunId>, is <state>: <message>",
            fields: {
                jobName: "$.detail.jobName",
                jobRunId: "$.detail.jobRunId",
                state: "$.detail.state",
                message: "$.detail.message",
            },
        },
        {
            suffix: "glue-crawler",
            description: "The crawler of the raw bucket failed",
            source: "aws.glue",
            detailType: "Glue Crawler State Change",
            detail: pulumi
                .output(crawlerName)
                .apply((name) => ({ crawlerName: [name], state: ["Failed"] })),
            message: "Glue crawler <crawlerName> has failed: <message>",
            fields: { crawlerName: "$.detail.crawlerName", message: "$.detail.errorMessage" },
        },
        {
            suffix: "emr-step",
            description: "A Spark step failed",
            // https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-cloudwatch-events.html
            source: "aws.emr",
            detailType: "EMR Step Status Change",
            detail: { state: ["FAILED"], name: [{ prefix: `${deployment} ` }] },
            message: "EMR step <name> of cluster <clusterId> has failed: <message>",
            fields: { name: "$.detail.name", ...cluster },
        },
        {
            suffix: "emr-cluster-failed",
            description: "An EMR cluster ended with errors",
            source: "aws.emr",
            detailType: "EMR Cluster State Change",
            detail: { state: ["TERMINATED_WITH_ERRORS"], name: [deployment] },
            message: "EMR cluster <clusterId> has ended with errors: <message>",
            fields: cluster,
        },
        {
            suffix: "emr-cluster-outlived",
            description: "An EMR cluster was ended by its idle timeout, not by its run",
            source: "aws.emr",
            detailType: "EMR Cluster State Change",
            detail: {
                state: ["TERMINATED"],
                name: [deployment],
                // what a run, or a person, does reads so; the code alone does not tell it from the idle timeout
                stateChangeReason: [
                    { "anything-but": { wildcard: "*Terminated by user request*" } },
                ],
            },
            message:
                "EMR cluster <clusterId> was not ended by its run, it outlived it: <message> " +
                "It cost money until then; see why the run could not end it.",
            fields: cluster,
        },
    ];
}

/**
 * Creates the rules and the role under which they publish as children of `monitoring`. With a role, only these rules can:
 * EventBridge tells SNS no source by which the topic's policy could tell them from others
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 */
export function createRules(
    monitoring: pulumi.ComponentResource,
    deployment: string,
    specs: readonly RuleSpec[],
    topic: { readonly arn: pulumi.Input<string>; readonly keyArn: pulumi.Input<string> },
): void {
    const site = siteOf(monitoring);
    const name = `${deployment}-events`;
    const role = serviceRole(monitoring, name, {
        roleName: name,
        service: "events.amazonaws.com",
        description: `Publishes failures of ${deployment} that EventBridge reports`,
        condition: {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnLike: { "aws:SourceArn": arn(site, "events", `rule/${deployment}-*`) },
        },
    });
    const statements = publishStatements(site, topic.arn, topic.keyArn);
    const policy = grant(monitoring, name, role, ...statements);

    for (const spec of specs) {
        const rule = new aws.cloudwatch.EventRule(
            `${deployment}-${spec.suffix}`,
            {
                name: `${deployment}-${spec.suffix}`,
                description: spec.description,
                eventPattern: pulumi.jsonStringify({
                    source: [spec.source],
                    "detail-type": [spec.detailType],
                    detail: spec.detail,
                }),
            },
            { parent: monitoring },
        );
        new aws.cloudwatch.EventTarget(
            `${deployment}-${spec.suffix}`,
            {
                rule: rule.name,
                targetId: "alerts",
                arn: topic.arn,
                roleArn: role.arn,
                inputTransformer: {
                    inputPaths: { ...spec.fields, time: "$.time" },
                    // a template that is text has to be a JSON string
                    inputTemplate: JSON.stringify(`${deployment}: ${spec.message} (<time>)`),
                },
            },
            { parent: monitoring, dependsOn: [policy] },
        );
    }
}
