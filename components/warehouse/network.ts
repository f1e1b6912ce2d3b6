/** Where the cluster stands in the network. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/**
 * A subnet group, and a security group without a way in: queries come through the Data API. The way out is HTTPS, by which the
 * cluster reads S3 and the catalog with enhanced VPC routing.
 */
export function clusterNetwork(
    warehouse: pulumi.ComponentResource,
    name: string,
    vpcId: pulumi.Input<string>,
    subnetIds: pulumi.Input<pulumi.Input<string>[]>,
): { subnetGroupName: pulumi.Output<string>; securityGroupId: pulumi.Output<string> } {
    const options = { parent: warehouse };
    const subnetGroup = new aws.redshift.SubnetGroup(
        name,
        { name, description: `Private subnets of the warehouse of ${name}`, subnetIds },
        options,
    );
    const group = new aws.ec2.SecurityGroup(
        `${name}-warehouse`,
        {
            name: `${name}-warehouse`,
            description: `Warehouse of ${name}: nobody connects, it reads S3 and the catalog`,
            vpcId,
            revokeRulesOnDelete: true,
            tags: { Name: `${name}-warehouse` },
        },
        options,
    );
    new aws.vpc.SecurityGroupEgressRule(
        `${name}-warehouse-https`,
        {
            securityGroupId: group.id,
            description:
                "HTTPS to S3, whose addresses are public, and to the endpoints of the network",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: "0.0.0.0/0",
        },
        options,
    );
    return { subnetGroupName: subnetGroup.name, securityGroupId: group.id };
}
