/** The role that EMR itself works under: launching, scaling and ending the nodes of a cluster. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    allow,
    arn,
    grant,
    roleArn,
    serviceRole,
    siteOf,
    type Conditions,
    type Site,
    type Statement,
} from "../iam";
import { emrTag } from "./tags";

/** Name of the role. */
export function emrServiceRoleName(deployment: string): string {
    return `${deployment}-emr-service`;
}

/** Arguments of {@link emrServiceRole}. */
export interface EmrServiceRoleArgs {
    /** Role of the nodes, the only one that EMR may hand to EC2. */
    readonly instanceRoleName: string;
    /** Key of the nodes' disks. */
    readonly keyArn: pulumi.Input<string>;
}

/** Creates the role and its policy as children of `processor`. */
export function emrServiceRole(
    processor: pulumi.ComponentResource,
    deployment: string,
    args: EmrServiceRoleArgs,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy } {
    const site = siteOf(processor);
    const name = emrServiceRoleName(deployment);
    const role = serviceRole(processor, name, {
        roleName: name,
        service: "elasticmapreduce.amazonaws.com",
        description: `Launches and ends the EMR clusters of ${deployment}`,
        // https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html
        condition: {
            StringEquals: { "aws:SourceAccount": site.accountId },
            ArnLike: { "aws:SourceArn": arn(site, "elasticmapreduce", "*") },
        },
    });
    const policy = grant(
        processor,
        name,
        role,
        ...launch(site),
        ...manage(site),
        ...useKey(site, args.keyArn),
        {
            Sid: "PassInstanceRole",
            ...allow(["iam:PassRole"], roleArn(site, args.instanceRoleName), {
                StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
            }),
        },
    );
    return { role, policy };
}

const [[tagKey, tagValue]] = Object.entries(emrTag) as [[string, string]];
const resourceTagged: Conditions = { StringEquals: { [`aws:ResourceTag/${tagKey}`]: tagValue } };
const requestTagged: Conditions = { StringEquals: { [`aws:RequestTag/${tagKey}`]: tagValue } };

function ec2(site: Site, ...types: readonly string[]): pulumi.Output<string>[] {
    return types.map((type) => arn(site, "ec2", `${type}/*`));
}

/**
 * Instances, disks and interfaces, in networks and with templates that carry the tag, and which carry it themselves.
 *
 * From AWS's own AmazonEMRServicePolicy_v2, without what this project has no use for: placement groups, key pairs,
 * reservations, security groups of EMR's making, scaling by alarms
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEMRServicePolicy_v2.html).
 */
function launch(site: Site): Statement[] {
    return [
        {
            Sid: "LaunchInTaggedNetwork",
            ...allow(
                ["ec2:CreateNetworkInterface", "ec2:RunInstances", "ec2:CreateFleet"],
                ec2(site, "subnet", "security-group"),
                resourceTagged,
            ),
        },
        {
            Sid: "LaunchFromTaggedTemplate",
            ...allow(
                ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplateVersion"],
                ec2(site, "launch-template"),
                resourceTagged,
            ),
        },
        {
            Sid: "CreateTaggedTemplate",
            ...allow(["ec2:CreateLaunchTemplate"], ec2(site, "launch-template"), requestTagged),
        },
        {
            Sid: "LaunchTaggedInstances",
            ...allow(
                ["ec2:RunInstances", "ec2:CreateFleet"],
                ec2(site, "instance", "volume"),
                requestTagged,
            ),
        },
        {
            Sid: "CreateTaggedInterface",
            ...allow(["ec2:CreateNetworkInterface"], ec2(site, "network-interface"), requestTagged),
        },
        {
            Sid: "LaunchWithUntaggable",
            ...allow(
                ["ec2:RunInstances", "ec2:CreateFleet"],
                [
                    ...ec2(site, "network-interface", "fleet"),
                    pulumi.interpolate`arn:${site.partition}:ec2:${site.region}::image/ami-*`,
                ],
            ),
        },
    ];
}

function manage(site: Site): Statement[] {
    const launched = ec2(site, "instance", "volume", "network-interface", "launch-template");
    return [
        {
            Sid: "EndTagged",
            ...allow(
                [
                    "ec2:TerminateInstances",
                    "ec2:ModifyInstanceAttribute",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DeleteLaunchTemplate",
                ],
                [...launched, ...ec2(site, "security-group")],
                resourceTagged,
            ),
        },
        {
            Sid: "RetagTagged",
            ...allow(["ec2:CreateTags", "ec2:DeleteTags"], launched, resourceTagged),
        },
        {
            Sid: "TagOnCreation",
            ...allow(["ec2:CreateTags"], launched, {
                StringEquals: {
                    "ec2:CreateAction": [
                        "RunInstances",
                        "CreateFleet",
                        "CreateLaunchTemplate",
                        "CreateNetworkInterface",
                    ],
                },
            }),
        },
        {
            // Ours have every rule that EMR looks for. Should it look for another one day, clusters go on starting.
            Sid: "CompleteTaggedSecurityGroups",
            ...allow(
                ["ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"],
                ec2(site, "security-group"),
                resourceTagged,
            ),
        },
        {
            // these know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html)
            Sid: "Look",
            ...allow(
                [
                    "ec2:DescribeAccountAttributes",
                    "ec2:DescribeCapacityReservations",
                    "ec2:DescribeDhcpOptions",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstances",
                    "ec2:DescribeInstanceTypeOfferings",
                    "ec2:DescribeLaunchTemplates",
                    "ec2:DescribeNetworkAcls",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribePlacementGroups",
                    "ec2:DescribeRouteTables",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVolumes",
                    "ec2:DescribeVolumeStatus",
                    "ec2:DescribeVpcEndpoints",
                    "ec2:DescribeVpcs",
                ],
                "*",
            ),
        },
        { Sid: "LookAtNetwork", ...allow(["ec2:DescribeVpcAttribute"], ec2(site, "vpc")) },
    ];
}

/**
 * EC2 encrypts the disks on the role's behalf: the same actions as in the policy of EC2's own key
 * (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html).
 */
function useKey(site: Site, keyArn: pulumi.Input<string>): Statement[] {
    const throughEc2 = {
        "kms:ViaService": pulumi.interpolate`ec2.${site.region}.amazonaws.com`,
    };
    return [
        {
            Sid: "EncryptDisks",
            ...allow(
                [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:GenerateDataKeyWithoutPlaintext",
                ],
                keyArn,
                { StringEquals: throughEc2 },
            ),
        },
        {
            Sid: "LendKeyToDisks",
            ...allow(["kms:CreateGrant"], keyArn, {
                Bool: { "kms:GrantIsForAWSResource": "true" },
            }),
        },
        { Sid: "LookAtKey", ...allow(["kms:DescribeKey"], keyArn) },
    ];
}
