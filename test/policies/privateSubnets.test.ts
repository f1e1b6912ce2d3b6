/** What must not stand in a subnet that has a way from the internet. */
import { describePolicy, resource, unknown, usePack, type Given } from "./support";

const subnet = (id: string) => resource("aws:ec2/subnet:Subnet", id, { id, vpcId: "vpc-1" });
const gateway = resource("aws:ec2/internetGateway:InternetGateway", "gateway", { id: "igw-1" });
const table = (id: string, routes?: object[]) =>
    resource("aws:ec2/routeTable:RouteTable", id, { id, vpcId: "vpc-1", routes });
const association = (subnetId: string, routeTableId: string) =>
    resource("aws:ec2/routeTableAssociation:RouteTableAssociation", `${subnetId}-association`, {
        subnetId,
        routeTableId,
    });
const world = { cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" };
const network: readonly Given[] = [
    subnet("open"),
    subnet("closed"),
    gateway,
    table("public", [world]),
    table("private", [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }]),
    association("open", "public"),
    association("closed", "private"),
];
const cluster = (ec2Attributes: object) =>
    resource("aws:emr/cluster:Cluster", "cluster", { ec2Attributes });
const subnetGroup = (subnetIds: unknown) =>
    resource("aws:redshift/subnetGroup:SubnetGroup", "group", { subnetIds });

describe("policies on what stands in which subnet", () => {
    usePack();

    describePolicy("subnet-private", {
        fails: {
            "a cluster": ["Subnet::open", cluster({ subnetId: "open" }), ...network],
            "a cluster that may take one of several": [
                "Subnet::open",
                cluster({ subnetIds: ["closed", "open"] }),
                ...network,
            ],
            "a warehouse": ["Subnet::open", subnetGroup(["closed", "open"]), ...network],
            "a function, by a route that stands apart": [
                "Subnet::open",
                resource("aws:lambda/function:Function", "f", {
                    vpcConfig: { subnetIds: ["open"], securityGroupIds: ["sg-1"] },
                }),
                subnet("open"),
                gateway,
                table("public"),
                association("open", "public"),
                resource("aws:ec2/route:Route", "route", {
                    routeTableId: "public",
                    destinationCidrBlock: "0.0.0.0/0",
                    gatewayId: "igw-1",
                }),
            ],
            "a connection, by a gateway of another stack": [
                "Subnet::open",
                resource("aws:glue/connection:Connection", "c", {
                    physicalConnectionRequirements: { subnetId: "open" },
                }),
                subnet("open"),
                table("public", [{ ...world, gatewayId: "igw-0a1b" }]),
                association("open", "public"),
            ],
        },
        passes: {
            "a private subnet": [
                cluster({ subnetId: "closed" }),
                subnetGroup(["closed"]),
                ...network,
            ],
            "a subnet of another stack": [cluster({ subnetId: "subnet-0a1b" }), ...network],
        },
        unseen: {
            "subnets that are only known later": [subnetGroup(unknown), ...network],
        },
    });
});
