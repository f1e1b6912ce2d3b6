/** VPCs: what they log, what is open by default. */
import { expectNotTrue, expectSet, expectThat } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { defaultGroupType, groupType, separateRules } from "./groups";
import { vpcsOf, vpcTypes } from "./vpcs";

const docs = "https://docs.aws.amazon.com/vpc/latest/userguide/";

const flowLogs = stackPolicy({
    name: "vpc-flow-logs",
    title: "VPCs log their traffic",
    risk: "Where data went, and who knocked, can't be said afterwards.",
    severity: "medium",
    fsbp: ["EC2.6"],
    remedy: "Add a FlowLog for the VPC.",
    url: `${docs}flow-logs.html`,
    judge: (stack, verdictOn) => {
        for (const vpc of vpcsOf(stack)) {
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
                expectSet(verdictOn(log), log.at("logDestination"), {
                    fix: "name a log group, bucket or stream",
                });
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
        for (const vpc of vpcsOf(stack)) {
            const { found, uncertain } = stack.joined(vpc, "vpcId", defaultGroupType);
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
        for (const rule of stack.of(...separateRules)) {
            const property = "securityGroupId";
            if (!isOfDefaultGroup(stack, rule, property)) continue;
            verdictOn(rule).violation({
                finding: property,
                property,
                found: "a VPC's default group",
                fix: "put the rule into a group of its own",
            });
        }
        for (const group of stack.of(defaultGroupType)) {
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

/** True where a rule names a managed default group, or the `defaultSecurityGroupId` of a VPC. */
const isOfDefaultGroup = (stack: Stack, rule: Subject, property: string): boolean =>
    stack.of(defaultGroupType).some((group) => stack.refers(rule, property, group)) ||
    (stack.dependsOn(rule, property, ...vpcTypes) && !stack.dependsOn(rule, property, groupType));

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

export const vpcs: readonly Policy[] = [flowLogs, defaultGroup, subnets];
