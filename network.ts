/** The network that EMR and Redshift run in: a new one without a way to the internet, or one that exists. */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import {
    accountKeyPolicy,
    allow,
    arn,
    document,
    grant,
    logGroupsUseKey,
    serviceRole,
    siteOf,
} from "./components/iam";
import { emrTag } from "./components/emr/tags";

/** A network of the deployment's own. */
export interface NewNetworkArgs {
    /** AWS Region, of which the endpoints' service names are made. */
    readonly region: string;
    /** Addresses of the network, such as `10.20.0.0/16`; /16 to /24, divided evenly between the zones. */
    readonly cidrBlock: string;
    /** Availability zones, one subnet in each. EMR runs in one of them at a time, Redshift may move between them. */
    readonly zones: readonly string[];
    /** Days that CloudWatch keeps the flow logs. @default 90 */
    readonly flowLogRetentionDays?: number;
}

/**
 * A network that exists. It must reach S3, KMS, STS, Glue and EMR, and its subnets must carry the tag {@link emrTag},
 * without which EMR's service role may not use them.
 */
export interface ExistingNetworkArgs {
    readonly vpcId: string;
    /** Private subnets, each in another zone. */
    readonly subnetIds: readonly string[];
}

export type NetworkArgs = NewNetworkArgs | ExistingNetworkArgs;

/** What the components ask of a network. */
export interface Network {
    readonly vpcId: pulumi.Output<string>;
    readonly subnetIds: pulumi.Output<string[]>;
}

/** Makes the network, or looks none up and hands on the ids of the one that exists. */
export function createNetwork(name: string, args: NetworkArgs): Network {
    if (!("vpcId" in args)) return new IsolatedNetwork(name, args);
    return { vpcId: pulumi.output(args.vpcId), subnetIds: pulumi.output([...args.subnetIds]) };
}

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

class IsolatedNetwork extends pulumi.ComponentResource implements Network {
    public readonly vpcId: pulumi.Output<string>;
    public readonly subnetIds: pulumi.Output<string[]>;

    constructor(name: string, args: NewNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:IsolatedNetwork", name, {}, opts);

        const vpc = isolatedVpc(this, name, args);
        this.vpcId = vpc.vpcId;
        this.subnetIds = vpc.isolatedSubnetIds;

        // what is put into the default group by mistake reaches nothing and is reached by nothing
        new aws.ec2.DefaultSecurityGroup(name, { vpcId: this.vpcId }, { parent: this });
        interfaceEndpoints(this, name, args);
        flowLogs(this, name, args.flowLogRetentionDays ?? 90);

        this.registerOutputs({ vpcId: this.vpcId, subnetIds: this.subnetIds });
    }
}

function isolatedVpc(
    network: pulumi.ComponentResource,
    name: string,
    args: NewNetworkArgs,
): awsx.ec2.Vpc {
    return new awsx.ec2.Vpc(
        name,
        {
            cidrBlock: args.cidrBlock,
            availabilityZoneNames: [...args.zones],
            subnetStrategy: "Auto",
            subnetSpecs: [{ type: "Isolated", tags: emrTag }],
            natGateways: { strategy: "None" },
            enableDnsSupport: true,
            enableDnsHostnames: true, // the endpoints' private names, and those of EMR's nodes
            vpcEndpointStrategy: "Auto", // in every route table
            vpcEndpointSpecs: [
                {
                    serviceName: `com.amazonaws.${args.region}.s3`,
                    vpcEndpointType: "Gateway",
                    policy: s3EndpointPolicy(network, args.region),
                },
            ],
        },
        { parent: network },
    );
}

/**
 * What may go to S3 through the endpoint; whose role may do it is decided elsewhere. Data can be written into buckets of
 * this account alone, so that nothing that runs here can carry it to another's. Reading is free, since the packages of
 * Amazon Linux and EMR come from buckets of AWS; EMR's console gets a cluster's history through one of them
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html).
 */
function s3EndpointPolicy(
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

function interfaceEndpoints(network: IsolatedNetwork, name: string, args: NewNetworkArgs): void {
    const options = { parent: network };
    const group = new aws.ec2.SecurityGroup(
        `${name}-endpoints`,
        {
            name: `${name}-endpoints`,
            description: `HTTPS from the network of ${name} to AWS services`,
            vpcId: network.vpcId,
            tags: { Name: `${name}-endpoints` },
        },
        options,
    );
    new aws.vpc.SecurityGroupIngressRule(
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
    for (const [service, actions] of Object.entries(interfaceServices)) {
        new aws.ec2.VpcEndpoint(
            `${name}-${service}`,
            {
                vpcId: network.vpcId,
                vpcEndpointType: "Interface",
                serviceName: `com.amazonaws.${args.region}.${service}`,
                subnetIds: network.subnetIds,
                securityGroupIds: [group.id],
                privateDnsEnabled: true,
                ...(actions === undefined ? {} : { policy: ownAccountOnly(network, actions) }),
                tags: { Name: `${name}-${service}` },
            },
            options,
        );
    }
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

/** Who talked to whom, by address and port; not what was said. */
function flowLogs(network: IsolatedNetwork, name: string, retentionInDays: number): void {
    const site = siteOf(network);
    const logGroupName = `/aws/vpc/${name}`;
    const logGroupArn = arn(site, "logs", `log-group:${logGroupName}`);
    const key = new aws.kms.Key(
        `${name}-flow-logs`,
        {
            description: `Flow logs of ${name}`,
            enableKeyRotation: true,
            policy: accountKeyPolicy(site, logGroupsUseKey(site, logGroupName)),
        },
        { parent: network },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
        `${name}-flow-logs`,
        { name: logGroupName, retentionInDays, kmsKeyId: key.arn },
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
            vpcId: network.vpcId,
            trafficType: "ALL",
            logDestination: logGroup.arn,
            iamRoleArn: role.arn,
            tags: { Name: name },
        },
        { parent: network, dependsOn: [policy] },
    );
}
