/** The role of the nodes, which can do next to nothing, and the runtime role of the step, which holds its permissions. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    accountRoot,
    allow,
    bucketArn,
    document,
    grant,
    roleArn,
    serviceRole,
    siteOf,
} from "../iam";
import { certificateKey } from "./certificate";
import { logPrefix } from "./clusterDefinition";

/** Names of the two roles. */
export function nodeRoleNames(deployment: string) {
    return { instance: `${deployment}-emr-instance`, runtime: `${deployment}-spark` };
}

/** Arguments of {@link nodeRoles}. */
export interface NodeRolesArgs {
    readonly artifactsBucketName: pulumi.Input<string>;
    /** Key of logs, certificate and disks. */
    readonly keyArn: pulumi.Input<string>;
}

/** What {@link nodeRoles} made. */
export interface NodeRoles {
    readonly instanceRole: aws.iam.Role;
    readonly instancePolicy: aws.iam.RolePolicy;
    readonly instanceProfile: aws.iam.InstanceProfile;
    readonly runtimeRole: aws.iam.Role;
}

/**
 * Creates both roles and the instance profile as children of `processor`.
 *
 * A step runs with the credentials of its runtime role, which the nodes assume for it
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-steps-runtime-roles.html). What else the nodes do for
 * themselves: write their logs, fetch their certificate, open their disks.
 */
export function nodeRoles(
    processor: pulumi.ComponentResource,
    deployment: string,
    args: NodeRolesArgs,
): NodeRoles {
    const site = siteOf(processor);
    const names = nodeRoleNames(deployment);
    const assume = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

    const instanceRole = serviceRole(processor, names.instance, {
        roleName: names.instance,
        service: "ec2.amazonaws.com",
        description: `Nodes of the EMR clusters of ${deployment}`,
        condition: "none",
    });
    const object = (key: string) => bucketArn(site, args.artifactsBucketName, key);
    const instancePolicy = grant(
        processor,
        names.instance,
        instanceRole,
        { Sid: "RuntimeRole", ...allow(assume, roleArn(site, names.runtime)) },
        { Sid: "Logs", ...allow(["s3:PutObject"], object(`${logPrefix}*`)) },
        { Sid: "Certificate", ...allow(["s3:GetObject"], object(certificateKey(deployment))) },
        {
            Sid: "KeyOfLogsCertificateAndDisks",
            ...allow(["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], args.keyArn),
        },
    );
    const instanceProfile = new aws.iam.InstanceProfile(
        names.instance,
        { name: names.instance, role: instanceRole.name },
        { parent: processor },
    );

    const runtimeRole = new aws.iam.Role(
        names.runtime,
        {
            name: names.runtime,
            description: `Spark steps of ${deployment}: all they may read and write`,
            // by a condition, so that the nodes' own policy has to allow it too: a principal named here would need no other
            // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
            assumeRolePolicy: document({
                Effect: "Allow",
                Action: assume,
                Principal: { AWS: accountRoot(site) },
                Condition: {
                    ArnEquals: { "aws:PrincipalArn": roleArn(site, names.instance) },
                },
            }),
        },
        { parent: processor },
    );
    return { instanceRole, instancePolicy, instanceProfile, runtimeRole };
}
