/** What must not stand in a subnet that has a way from the internet. */
import { stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";

const subnetType = "aws:ec2/subnet:Subnet";
const gatewayType = "aws:ec2/internetGateway:InternetGateway";

/** Where a resource says which subnets it stands in. */
const standsIn: Readonly<Record<string, readonly string[]>> = {
    "aws:emr/cluster:Cluster": ["ec2Attributes.subnetId", "ec2Attributes.subnetIds"],
    "aws:emrserverless/application:Application": ["networkConfiguration.subnetIds"],
    "aws:redshift/subnetGroup:SubnetGroup": ["subnetIds"],
    "aws:redshiftserverless/workgroup:Workgroup": ["subnetIds"],
    "aws:glue/connection:Connection": ["physicalConnectionRequirements.subnetId"],
    "aws:glue/devEndpoint:DevEndpoint": ["subnetId"],
    "aws:lambda/function:Function": ["vpcConfig.subnetIds"],
};

const privateSubnets = stackPolicy({
    name: "subnet-private",
    title: "Clusters, warehouses and jobs stand in private subnets",
    risk: "In a subnet with a route to an internet gateway one public address is enough to be reached from everywhere.",
    severity: "high",
    remedy: "Name subnets whose route table has no internet gateway.",
    url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-clusters-in-a-vpc.html",
    judge: (stack, verdictOn) => {
        const open = publicSubnets(stack);
        for (const subject of stack.of(...Object.keys(standsIn))) {
            for (const path of standsIn[subject.type] ?? []) {
                const found = stack.named(subject, path, subnetType);
                const blind = subject.at(path).holdsUnknown && found.length === 0;
                if (blind && open.length > 0) verdictOn(subject).unseen(path);
                for (const subnet of found) {
                    if (!open.includes(subnet)) continue;
                    verdictOn(subject).violation({
                        finding: `Subnet::${subnet.name}`,
                        property: path,
                        found: `${subnet.name}, which has a route to an internet gateway`,
                        fix: "name a private subnet",
                    });
                }
            }
        }
    },
});

/** Subnets whose route table sends something to an internet gateway. */
function publicSubnets(stack: Stack): readonly Subject[] {
    const associations = stack.of("aws:ec2/routeTableAssociation:RouteTableAssociation");
    return stack
        .of("aws:ec2/routeTable:RouteTable")
        .filter((table) => leadsOut(stack, table))
        .flatMap((table) => associations.filter((one) => stack.refers(one, "routeTableId", table)))
        .flatMap((one) => stack.referred(one, "subnetId", subnetType) ?? []);
}

function leadsOut(stack: Stack, table: Subject): boolean {
    const inline = table.at("routes").items.map((route) => route.at("gatewayId").text ?? "");
    const apart = stack.joined(table, "routeTableId", "aws:ec2/route:Route").found;
    return (
        stack.dependsOn(table, "routes", gatewayType) ||
        inline.some((id) => isGateway(stack, id)) ||
        apart.some(
            (route) =>
                stack.dependsOn(route, "gatewayId", gatewayType) ||
                isGateway(stack, route.at("gatewayId").text ?? ""),
        )
    );
}

const isGateway = (stack: Stack, id: string): boolean =>
    id.startsWith("igw-") ||
    stack.of(gatewayType).some(({ identities }) => identities.includes(id));

export const privacy: readonly Policy[] = [privateSubnets];
