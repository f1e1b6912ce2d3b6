/** VPCs: what they log, how they reach AWS's services, what is open by default. */
import { expectNotTrue, expectThat } from "../core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import { isEveryone, readDocument, type PolicyDocument } from "../iam/document";

const docs = "https://docs.aws.amazon.com/vpc/latest/userguide/";
const vpcType = "aws:ec2/vpc:Vpc";
const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";

const flowLogs = stackPolicy({
    name: "vpc-flow-logs",
    title: "VPCs log their traffic",
    risk: "Where data went, and who knocked, can't be said afterwards.",
    severity: "medium",
    fsbp: ["EC2.6"],
    remedy: "Add a FlowLog for the VPC.",
    url: `${docs}flow-logs.html`,
    judge: (stack, verdictOn) => {
        for (const vpc of stack.of(vpcType)) {
            const { found, uncertain } = stack.joined(vpc, "vpcId", "aws:ec2/flowLog:FlowLog");
            if (uncertain) verdictOn(vpc).unseen("flowLog");
            else if (found.length === 0) {
                verdictOn(vpc).violation({
                    finding: "flowLog",
                    property: "flowLog",
                    found: undefined,
                    fix: "add a FlowLog",
                });
            }
            for (const log of found) {
                expectThat(
                    verdictOn(log),
                    log.at("trafficType"),
                    (value) => value === "ALL" || value === "REJECT",
                    { absentIsFine: true, fix: "set it to ALL" },
                );
            }
        }
    },
});

const defaultGroup = stackPolicy({
    name: "vpc-default-security-group",
    title: "VPCs' default security group lets nothing through",
    risk: "Whatever is launched without a group of its own gets one that trusts everything in it.",
    severity: "high",
    fsbp: ["EC2.2"],
    remedy: "Add a DefaultSecurityGroup for the VPC, without rules.",
    url: `${docs}default-security-group.html`,
    judge: (stack, verdictOn) => {
        const type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
        for (const vpc of stack.of(vpcType)) {
            const { found, uncertain } = stack.joined(vpc, "vpcId", type);
            if (uncertain) verdictOn(vpc).unseen("defaultSecurityGroup");
            else if (found.length === 0) {
                verdictOn(vpc).violation({
                    finding: "defaultSecurityGroup",
                    property: "defaultSecurityGroup",
                    found: undefined,
                    fix: "add a DefaultSecurityGroup without rules",
                });
            }
        }
        for (const group of stack.of(type)) {
            for (const direction of ["ingress", "egress"].map((name) => group.at(name))) {
                if (direction.items.length === 0) continue;
                verdictOn(group).violation({
                    finding: direction.path,
                    property: direction.path,
                    found: direction.value,
                    fix: "remove all rules",
                });
            }
        }
    },
});

const subnets = resourcePolicy({
    name: "subnet-public-addresses",
    title: "Subnets give out no public addresses",
    risk: "Whatever is launched there can be reached from the internet unless somebody thought of it.",
    severity: "medium",
    fsbp: ["EC2.15"],
    types: ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"],
    remedy: "Leave mapPublicIpOnLaunch out.",
    url: `${docs}subnet-public-ip.html`,
    judge: (subnet, verdict) => {
        expectNotTrue(verdict, subnet.at("mapPublicIpOnLaunch"), { fix: "set it to false" });
        expectNotTrue(verdict, subnet.at("assignIpv6AddressOnCreation"), {
            fix: "set it to false",
        });
    },
});

/** Services that a stack's resources call from inside a VPC. */
const services: Readonly<Record<string, RegExp>> = {
    s3: /^aws:s3\//,
    kms: /^aws:kms\//,
    glue: /^aws:glue\//,
    sts: /^aws:(emr|glue|redshift)\//,
};

const endpoints = stackPolicy({
    name: "vpc-endpoints",
    title: "VPCs reach the stack's services by endpoints",
    risk: "Without them the traffic needs a way to the internet, where no endpoint policy applies.",
    severity: "medium",
    fsbp: ["EC2.10"],
    remedy: "Add a gateway endpoint for S3 and interface endpoints for KMS, Glue and STS.",
    url: "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    options: {
        services: option<readonly string[]>(
            Object.keys(services),
            "services that need an endpoint where the stack uses them",
            { items: { type: "string" } },
        ),
    },
    judge: (stack, verdictOn, { services: wanted }) => {
        const used = wanted.filter((name) =>
            stack.all.some(({ type }) => services[name]?.test(type) ?? true),
        );
        for (const vpc of stack.of(vpcType)) {
            const verdict = verdictOn(vpc);
            const { found, uncertain } = stack.joined(vpc, "vpcId", endpointType);
            for (const service of used) {
                if (
                    found.some((endpoint) =>
                        endpoint.at("serviceName").text?.endsWith(`.${service}`),
                    )
                )
                    continue;
                if (uncertain || found.some((endpoint) => endpoint.at("serviceName").unknown))
                    verdict.unseen(`endpoint ${service}`);
                else
                    verdict.violation({
                        finding: `endpoint::${service}`,
                        property: "vpcEndpoints",
                        found: `no endpoint for ${service}`,
                        fix: "add one",
                    });
            }
        }
    },
});

const endpointPolicies = stackPolicy({
    name: "vpc-endpoint-policy",
    title: "Endpoints let through only what the stack needs",
    risk: "An endpoint without a policy carries any principal's data to any account's bucket.",
    severity: "medium",
    remedy: "Set a policy that names resources, or the account or organisation of callers and resources.",
    url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    judge: (stack, verdictOn) => {
        for (const endpoint of stack.of(endpointType)) {
            const apart = stack.joined(
                endpoint,
                "vpcEndpointId",
                "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
            );
            if (endpoint.at("vpcEndpointType").value === "GatewayLoadBalancer") continue;
            const places =
                apart.found.length > 0
                    ? apart.found.map((policy) => policy.at("policy"))
                    : [endpoint.at("policy")];
            for (const place of places) {
                const reading = readDocument(place);
                const verdict = verdictOn(endpoint);
                const fix =
                    "name resources, or condition on aws:PrincipalAccount and aws:ResourceAccount";
                if (reading.kind === "unknown" || apart.uncertain) verdict.unseen(place);
                else if (reading.kind !== "document" || isFullAccess(reading.document)) {
                    verdict.violation({
                        finding: "policy",
                        property: "policy",
                        found: reading.kind === "document" ? "full access" : place.value,
                        fix,
                    });
                }
            }
        }
    },
});

/** The policy that AWS gives an endpoint by default, or one that says as much. */
function isFullAccess({ statements }: PolicyDocument): boolean {
    return statements.some(
        ({ effect, principals, actions, resources, conditions }) =>
            effect === "Allow" &&
            conditions.length === 0 &&
            principals.some(isEveryone) &&
            actions.some((action) => /^(\w+:)?\*$/.test(action)) &&
            resources.includes("*"),
    );
}

export const vpcs: readonly Policy[] = [
    flowLogs,
    defaultGroup,
    subnets,
    endpoints,
    endpointPolicies,
];
