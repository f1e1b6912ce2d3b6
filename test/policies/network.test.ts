/** Security groups, VPCs and their endpoints. */
import { account, describePolicy, document, resource, unknown, usePack, without } from "./support";

const inline = (direction: string, rule: object) =>
    resource("aws:ec2/securityGroup:SecurityGroup", "sg", {
        description: "nodes",
        [direction]: [{ protocol: "tcp", fromPort: 443, toPort: 443, description: "x", ...rule }],
    });
const rule = (type: string, change: object) =>
    resource("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", {
        type,
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "x",
        ...change,
    });
const newRule = (kind: "Ingress" | "Egress", change: object) =>
    resource(`aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`, "rule", {
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "x",
        ...change,
    });
const vpc = resource("aws:ec2/vpc:Vpc", "vpc", { id: "vpc-1" });
const defaultGroup = resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
    id: "sg-1",
    vpcId: "vpc-1",
});
const endpointPolicy = {
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": account } },
};
const endpoint = (service: string, policy: unknown = document(endpointPolicy)) =>
    resource("aws:ec2/vpcEndpoint:VpcEndpoint", service, {
        vpcId: "vpc-1",
        serviceName: `com.amazonaws.eu-west-1.${service}`,
        policy,
    });

describe("policies on the network", () => {
    usePack();

    describePolicy("security-group-world-ingress", {
        fails: {
            "the internet, inline": [
                "ingress::0.0.0.0/0",
                inline("ingress", { cidrBlocks: ["0.0.0.0/0"] }),
            ],
            "the internet over IPv6": [
                "ingress::::/0",
                inline("ingress", { ipv6CidrBlocks: ["::/0"] }),
            ],
            "the internet in a rule": [
                "ingress::0.0.0.0/0",
                rule("ingress", { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }),
            ],
            "the internet in a rule of the newer type": [
                "ingress::0.0.0.0/0",
                newRule("Ingress", { cidrIpv4: "0.0.0.0/0" }),
            ],
            "half of the internet": [
                "ingress::128.0.0.0/1",
                newRule("Ingress", { cidrIpv4: "128.0.0.0/1" }),
            ],
            "a company's whole share of the internet": [
                "ingress::52.0.0.0/8",
                newRule("Ingress", { cidrIpv4: "52.0.0.0/8" }),
            ],
        },
        passes: {
            "one's own network": [inline("ingress", { cidrBlocks: ["10.0.0.0/8"] })],
            "a group": [newRule("Ingress", { referencedSecurityGroupId: "sg-1" })],
            "the internet, outwards": [rule("egress", { cidrBlocks: ["0.0.0.0/0"] })],
        },
        unseen: {
            "ranges that are only known later": [rule("ingress", { cidrBlocks: [unknown] })],
            "rules that are only known later": [
                resource("aws:ec2/securityGroup:SecurityGroup", "sg", { ingress: unknown }),
            ],
        },
    });

    describePolicy("security-group-egress", {
        fails: {
            "everything to everywhere": [
                "egress::0.0.0.0/0",
                newRule("Egress", {
                    ipProtocol: "-1",
                    fromPort: undefined,
                    toPort: undefined,
                    cidrIpv4: "0.0.0.0/0",
                }),
            ],
            "all ports": [
                "egress::0.0.0.0/0",
                inline("egress", { fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }),
            ],
            "SSH to everywhere": [
                "egress::0.0.0.0/0",
                rule("egress", { fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }),
            ],
        },
        passes: {
            HTTPS: [newRule("Egress", { cidrIpv4: "0.0.0.0/0" })],
            "a prefix list": [newRule("Egress", { prefixListId: "pl-1" })],
        },
        unseen: { "a range that is only known later": [newRule("Egress", { cidrIpv4: unknown })] },
    });

    describePolicy("security-group-descriptions", {
        fails: {
            "a group without one": [
                "description",
                resource("aws:ec2/securityGroup:SecurityGroup", "sg"),
            ],
            "a rule without one": [
                "rule-description",
                newRule("Ingress", { description: undefined }),
            ],
        },
        passes: { both: [inline("ingress", { cidrBlocks: ["10.0.0.0/8"] })] },
        unseen: {
            "a text that is only known later": [newRule("Ingress", { description: unknown })],
        },
    });

    describePolicy("vpc-flow-logs", {
        fails: {
            "no flow logs": ["flowLog", vpc],
            "only what is let through": [
                "trafficType",
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", {
                    vpcId: "vpc-1",
                    trafficType: "ACCEPT",
                }),
            ],
        },
        passes: {
            "flow logs": [
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", {
                    vpcId: "vpc-1",
                    trafficType: "ALL",
                    logDestination: "arn:aws:logs:x",
                }),
            ],
        },
        unseen: {
            "the flow log of some VPC": [
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", { vpcId: unknown }),
            ],
        },
    });

    describePolicy("vpc-default-security-group", {
        fails: {
            "AWS's default group": ["defaultSecurityGroup", vpc],
            "a default group that a rule opens": [
                "securityGroupId",
                vpc,
                defaultGroup,
                resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
                    securityGroupId: "sg-1",
                }),
            ],
            "a VPC's default group that a rule opens": [
                "securityGroupId",
                vpc,
                defaultGroup,
                {
                    ...resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", {
                        securityGroupId: unknown,
                    }),
                    from: { securityGroupId: "vpc" },
                },
            ],
            "a default group with rules": [
                "egress",
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: "vpc-1",
                    egress: [{ protocol: "-1" }],
                }),
            ],
        },
        passes: {
            "a rule of another group": [
                vpc,
                defaultGroup,
                resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
                    securityGroupId: "sg-2",
                }),
            ],
            "a closed default group": [
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: "vpc-1",
                }),
            ],
        },
        unseen: {
            "the default group of some VPC": [
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: unknown,
                }),
            ],
        },
    });

    describePolicy("subnet-public-addresses", {
        fails: {
            "public addresses": [
                "mapPublicIpOnLaunch",
                resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: true }),
            ],
        },
        passes: {
            none: [resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: false })],
            silence: [resource("aws:ec2/subnet:Subnet", "s")],
        },
        unseen: {
            "a choice that is only known later": [
                resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: unknown }),
            ],
        },
    });

    describePolicy("vpc-endpoints", {
        fails: {
            "a bucket without a way to it": [
                "endpoint::s3",
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
            ],
            "a network without a way to S3": ["endpoint::s3", vpc],
            "a warehouse without a way to its key": [
                "endpoint::kms",
                vpc,
                resource("aws:redshift/cluster:Cluster", "warehouse"),
                endpoint("s3"),
                endpoint("sts"),
            ],
            "a key without a way to it": [
                "endpoint::kms",
                vpc,
                resource("aws:kms/key:Key", "k"),
                endpoint("s3"),
            ],
        },
        passes: {
            "a bucket with a gateway": [
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
                endpoint("s3"),
            ],
            "nothing else to reach": [vpc, endpoint("s3")],
        },
        unseen: {
            "an endpoint for some service": [
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
                resource("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
                    vpcId: "vpc-1",
                    serviceName: unknown,
                }),
            ],
        },
    });

    describePolicy("vpc-endpoint-policy", {
        fails: {
            "AWS's full access": ["policy", endpoint("s3", null)],
            "anybody's credentials on anything of a service": [
                "policy",
                endpoint(
                    "kms",
                    document({ ...without(endpointPolicy, "Condition"), Action: "kms:Decrypt" }),
                ),
            ],
            "every bucket": [
                "policy",
                endpoint(
                    "s3",
                    document({
                        ...without(endpointPolicy, "Condition"),
                        Action: "s3:*",
                        Resource: ["arn:aws:s3:::*"],
                    }),
                ),
            ],
            "principals of any account": [
                "policy",
                endpoint(
                    "s3",
                    document({
                        ...endpointPolicy,
                        Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
                    }),
                ),
            ],
            "full access, said": [
                "policy",
                endpoint("s3", document(without(endpointPolicy, "Condition"))),
            ],
        },
        passes: {
            "the account's principals": [endpoint("s3")],
            "packages of any account": [
                endpoint(
                    "s3",
                    document({ ...without(endpointPolicy, "Condition"), Action: "s3:GetObject" }),
                ),
            ],
            "named buckets": [
                endpoint(
                    "s3",
                    document({
                        ...without(endpointPolicy, "Condition"),
                        Action: "s3:GetObject",
                        Resource: "arn:aws:s3:::data/*",
                    }),
                ),
            ],
        },
        unseen: { "a policy that is only known later": [endpoint("s3", unknown)] },
    });
});
