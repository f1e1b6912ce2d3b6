/** The network that EMR and Redshift run in: a new one without a way to the internet, or one that exists. */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { emrTag } from "./components/emr/tags";
import { interfaceEndpoints, s3EndpointPolicy } from "./network/endpoints";
import { flowLogs } from "./network/flowLogs";

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
    /** Days between scheduling the deletion of the flow logs' key and losing it, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;
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
    if (!("vpcId" in args)) {
        const { vpcId, subnetIds } = new IsolatedNetwork(name, args);
        return { vpcId, subnetIds };
    }
    return { vpcId: pulumi.output(args.vpcId), subnetIds: pulumi.output([...args.subnetIds]) };
}

class IsolatedNetwork extends pulumi.ComponentResource implements Network {
    public readonly vpcId: pulumi.Output<string>;
    public readonly subnetIds: pulumi.Output<string[]>;

    constructor(name: string, args: NewNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:IsolatedNetwork", name, {}, opts);

        const vpc = isolatedVpc(this, name, args);
        const { vpcId } = vpc;
        const endpoints = interfaceEndpoints(this, name, {
            region: args.region,
            cidrBlock: args.cidrBlock,
            vpcId,
            subnetIds: vpc.isolatedSubnetIds,
        });
        this.vpcId = vpcId;
        this.subnetIds = once(endpoints, vpc.isolatedSubnetIds);

        // what is put into the default group by mistake reaches nothing and is reached by nothing
        new aws.ec2.DefaultSecurityGroup(name, { vpcId }, { parent: this });
        flowLogs(this, name, { ...args, vpcId });

        this.registerOutputs({ vpcId: this.vpcId, subnetIds: this.subnetIds });
    }
}

/**
 * `ids`, known once the endpoints stand: a cluster that starts without them reaches nothing and fails. By their URNs, which a
 * preview knows too.
 */
function once(
    endpoints: readonly pulumi.Resource[],
    ids: pulumi.Output<string[]>,
): pulumi.Output<string[]> {
    return pulumi.all([ids, endpoints.map(({ urn }) => urn)]).apply(([known]) => known);
}

/** An internet gateway comes with it, as with every VPC of awsx; what makes the subnets isolated is that no route leads there. */
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
