/** The network's flow logs, with their key and the role that writes them. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    accountKeyPolicy,
    allow,
    arn,
    grant,
    logGroupsUseKey,
    serviceRole,
    siteOf,
} from "../components/iam";

/** Arguments of {@link flowLogs}. */
export interface FlowLogsArgs {
    readonly vpcId: pulumi.Input<string>;
    /** Days that CloudWatch keeps them. @default 90 */
    readonly flowLogRetentionDays?: number;
    /** Days between scheduling the key's deletion and losing it, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;
}

/** Logs who talked to whom, by address and port, not what was said. Creates all it takes as children of `network`. */
export function flowLogs(
    network: pulumi.ComponentResource,
    name: string,
    args: FlowLogsArgs,
): void {
    const site = siteOf(network);
    const logGroupName = `/aws/vpc/${name}`;
    const logGroupArn = arn(site, "logs", `log-group:${logGroupName}`);
    const key = new aws.kms.Key(
        `${name}-flow-logs`,
        {
            description: `Flow logs of ${name}`,
            enableKeyRotation: true,
            deletionWindowInDays: args.keyDeletionWindowDays ?? 30,
            policy: accountKeyPolicy(site, logGroupsUseKey(site, logGroupName)),
        },
        { parent: network },
    );
    new aws.kms.Alias(
        `${name}-flow-logs`,
        { name: `alias/${name}-flow-logs`, targetKeyId: key.keyId },
        { parent: network },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
        `${name}-flow-logs`,
        {
            name: logGroupName,
            retentionInDays: args.flowLogRetentionDays ?? 90,
            kmsKeyId: key.arn,
        },
        { parent: network },
    );
    const role = serviceRole(network, `${name}-flow-logs`, {
        roleName: `${name}-flow-logs`,
        service: "vpc-flow-logs.amazonaws.com",
        description: `Writes the flow logs of ${name}`,
        condition: {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnLike: { "aws:SourceArn": arn(site, "ec2", "vpc-flow-log/*") },
        },
    });
    const policy = grant(
        network,
        `${name}-flow-logs`,
        role,
        allow(["logs:DescribeLogGroups"], "*"), // knows no resources
        allow(["logs:DescribeLogStreams"], pulumi.interpolate`${logGroupArn}:*`),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            pulumi.interpolate`${logGroupArn}:log-stream:*`,
        ),
    );
    new aws.ec2.FlowLog(
        name,
        {
            vpcId: args.vpcId,
            trafficType: "ALL",
            logDestination: logGroup.arn,
            iamRoleArn: role.arn,
            tags: { Name: name },
        },
        { parent: network, dependsOn: [policy] },
    );
}
