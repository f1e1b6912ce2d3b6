/** Where the cluster lies, and whom it may talk to: nobody may begin a conversation with it. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link clusterNetwork}. */
export interface ClusterNetworkArgs {
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** What the cluster is placed by. */
export interface ClusterNetwork {
    readonly subnetGroupName: pulumi.Output<string>;
    readonly securityGroupId: pulumi.Output<string>;
    /** The group's rule, without which the cluster reaches nothing. */
    readonly rule: aws.vpc.SecurityGroupEgressRule;
}

/** Creates the subnet group and the security group as children of `warehouse`. */
export function clusterNetwork(
    warehouse: pulumi.Resource,
    deployment: string,
    args: ClusterNetworkArgs,
): ClusterNetwork {
    const options = { parent: warehouse };
    const subnets = new aws.redshift.SubnetGroup(
        deployment,
        {
            name: deployment,
            description: `Private subnets of the Redshift cluster ${deployment}`,
            subnetIds: args.subnetIds,
        },
        options,
    );
    const group = new aws.ec2.SecurityGroup(
        `${deployment}-warehouse`,
        {
            name: `${deployment}-warehouse`,
            description: `Redshift cluster ${deployment}: no way in, HTTPS out`,
            vpcId: args.vpcId,
            tags: { Name: `${deployment}-warehouse` },
        },
        options,
    );
    // With enhanced VPC routing COPY and Spectrum go through the network: to S3's gateway, whose addresses are public, and
    // to the interface endpoint of Glue. A network without a way to the internet is what keeps it from there.
    const rule = new aws.vpc.SecurityGroupEgressRule(
        `${deployment}-warehouse`,
        {
            securityGroupId: group.id,
            description: "HTTPS to AWS services",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: "0.0.0.0/0",
        },
        options,
    );
    return { subnetGroupName: subnets.name, securityGroupId: group.id, rule };
}
