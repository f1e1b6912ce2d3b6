/** What a workflow needs to run steps, and to launch and end clusters for them. */
import * as pulumi from "@pulumi/pulumi";
import { allow, arn, roleArn, type Site, type Statement } from "../iam";
import { nodeRoleNames } from "./nodeRoles";
import { emrServiceRoleName } from "./serviceRole";
import { clusterTags, deploymentTagKey } from "./tags";

/**
 * Steps on clusters of `deployment`, and no others, under its runtime role, and no other: another role's name in a step
 * would be that role's permissions.
 */
export function runSteps(site: Site, deployment: string): Statement[] {
    const clusters = arn(site, "elasticmapreduce", "cluster/*");
    return [
        {
            Sid: "AddSteps",
            ...allow(["elasticmapreduce:AddJobFlowSteps"], clusters, {
                StringEquals: {
                    ...resourceTag(deployment),
                    "elasticmapreduce:ExecutionRoleArn": roleArn(
                        site,
                        nodeRoleNames(deployment).runtime,
                    ),
                },
            }),
        },
        {
            Sid: "FollowSteps",
            ...allow(["elasticmapreduce:DescribeStep", "elasticmapreduce:CancelSteps"], clusters, {
                StringEquals: resourceTag(deployment),
            }),
        },
    ];
}

/** Launching clusters with the tags of `deployment` and its two roles, and ending them. */
export function runClusters(site: Site, deployment: string): Statement[] {
    const clusters = arn(site, "elasticmapreduce", "cluster/*");
    const requestTags = Object.fromEntries(
        Object.entries(clusterTags(deployment)).map(([key, value]) => [
            `aws:RequestTag/${key}`,
            value,
        ]),
    );
    return [
        {
            // RunJobFlow knows no resources, but the tags that it is asked for
            Sid: "LaunchTagged",
            ...allow(["elasticmapreduce:RunJobFlow"], "*", { StringEquals: requestTags }),
        },
        {
            // a launch with tags asks for this too; not to claim a cluster that carries another deployment's tag
            Sid: "TagOnLaunch",
            ...allow(["elasticmapreduce:AddTags"], clusters, {
                StringEquals: requestTags,
                StringEqualsIfExists: resourceTag(deployment),
            }),
        },
        {
            Sid: "FollowAndEnd",
            ...allow(
                ["elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows"],
                clusters,
                { StringEquals: resourceTag(deployment) },
            ),
        },
        passRole(site, "PassServiceRole", emrServiceRoleName(deployment), "elasticmapreduce"),
        passRole(site, "PassInstanceRole", nodeRoleNames(deployment).instance, "ec2"),
        {
            // with which EMR clears up what a cluster that failed has left; the first launch in an account creates it
            // (https://docs.aws.amazon.com/emr/latest/ManagementGuide/using-service-linked-roles-cleanup.html)
            Sid: "CleanupRole",
            ...allow(
                ["iam:CreateServiceLinkedRole"],
                roleArn(
                    site,
                    "aws-service-role/elasticmapreduce.amazonaws.com/AWSServiceRoleForEMRCleanup",
                ),
                { StringEquals: { "iam:AWSServiceName": "elasticmapreduce.amazonaws.com" } },
            ),
        },
    ];
}

function resourceTag(deployment: string): Readonly<Record<string, pulumi.Input<string>>> {
    return { [`elasticmapreduce:ResourceTag/${deploymentTagKey}`]: deployment };
}

function passRole(site: Site, sid: string, roleName: string, service: string): Statement {
    return {
        Sid: sid,
        ...allow(["iam:PassRole"], roleArn(site, roleName), {
            StringEquals: { "iam:PassedToService": `${service}.amazonaws.com` },
        }),
    };
}
