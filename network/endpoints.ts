/** What leads from a network without a way to the internet to AWS services, and what may pass. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, document, siteOf } from "../components/iam";

/**
 * Interface endpoints, each of which costs by the hour and zone, and who can't do without it where nothing leads out.
 * S3 has a gateway endpoint, which is free. There is none for API Gateway, whose private name would cut EMR's managed
 * scaling off (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-scaling.html), and none for Secrets
 * Manager, CloudWatch or the Redshift Data API: who calls them (Glue, Lambda, Redshift itself) is not in this network.
 */
const interfaceServices: Readonly<Record<string, readonly string[] | undefined>> = {
    // the daemons on EMR's nodes report to it, by calls that are not documented: no policy can name them
    elasticmapreduce: undefined,
    // EMR's nodes open their encrypted disks with it
    kms: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ],
    // EMR's primary node gets the credentials of a step's runtime role from it
    sts: ["sts:AssumeRole", "sts:GetCallerIdentity", "sts:SetSourceIdentity", "sts:TagSession"],
    // Redshift with enhanced VPC routing reads the catalog of its external schema through it
    glue: [
        "glue:BatchGetPartition",
        "glue:GetDatabase",
        "glue:GetDatabases",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
    ],
};

/** Arguments of {@link interfaceEndpoints}. */
export interface InterfaceEndpointsArgs {
    readonly region: string;
    readonly vpcId: pulumi.Input<string>;
    readonly cidrBlock: string;
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * What may go to S3 through the endpoint; whose role may do it is decided elsewhere. Data can be written into buckets of
 * this account alone, so that nothing that runs here can carry it to another's. Reading is free, since the packages of
 * Amazon Linux and EMR come from buckets of AWS; EMR's console gets a cluster's history through one of them
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html).
 */
export function s3EndpointPolicy(
    network: pulumi.ComponentResource,
    region: string,
): pulumi.Output<string> {
    const { accountId, partition } = siteOf(network);
    const anyone = { Principal: "*" } as const;
    return document(
        {
            Sid: "OwnBuckets",
            ...anyone,
            ...allow(
                [
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                    "s3:ListBucket",
                    "s3:ListBucketMultipartUploads",
                    "s3:GetBucketLocation",
                ],
                "*",
                { StringEquals: { "aws:ResourceAccount": accountId } },
            ),
        },
        { Sid: "Reading", ...anyone, ...allow(["s3:GetObject"], "*") },
        {
            Sid: "EmrApplicationHistory",
            ...anyone,
            ...allow(
                ["s3:PutObject", "s3:AbortMultipartUpload"],
                pulumi.interpolate`arn:${partition}:s3:::prod.${region}.appinfo.src/*`,
            ),
        },
    );
}

/** Creates them as children of `network`, and returns all that somebody who needs them has to wait for. */
export function interfaceEndpoints(
    network: pulumi.ComponentResource,
    name: string,
    args: InterfaceEndpointsArgs,
): readonly pulumi.Resource[] {
    const { region, vpcId, subnetIds } = args;
    const options = { parent: network };
    const group = new aws.ec2.SecurityGroup(
        `${name}-endpoints`,
        {
            name: `${name}-endpoints`,
            description: `HTTPS from the network of ${name} to AWS services`,
            vpcId,
            tags: { Name: `${name}-endpoints` },
        },
        options,
    );
    const rule = new aws.vpc.SecurityGroupIngressRule(
        `${name}-endpoints`,
        {
            securityGroupId: group.id,
            description: "HTTPS from this network",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: args.cidrBlock,
        },
        options,
    );
    const endpoints = Object.entries(interfaceServices).map(
        ([service, actions]) =>
            new aws.ec2.VpcEndpoint(
                `${name}-${service}`,
                {
                    vpcId,
                    vpcEndpointType: "Interface",
                    serviceName: `com.amazonaws.${region}.${service}`,
                    subnetIds,
                    securityGroupIds: [group.id],
                    privateDnsEnabled: true,
                    ...(actions === undefined ? {} : { policy: ownAccountOnly(network, actions) }),
                    tags: { Name: `${name}-${service}` },
                },
                options,
            ),
    );
    return [rule, ...endpoints];
}

/** Lets identities of this account alone through: credentials of another can't be used from inside. */
function ownAccountOnly(
    network: pulumi.ComponentResource,
    actions: readonly string[],
): pulumi.Output<string> {
    const { accountId } = siteOf(network);
    return document({
        Principal: "*",
        ...allow(actions, "*", { StringEquals: { "aws:PrincipalAccount": accountId } }),
    });
}
