/** Security groups and their rules, inline or of either resource type. */
import { expectThat } from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Verdict } from "../core/verdict";

export const docs = "https://docs.aws.amazon.com/vpc/latest/userguide/";
export const groupType = "aws:ec2/securityGroup:SecurityGroup";
export const defaultGroupType = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

/** One rule, wherever it stands. */
interface Rule {
    /** `undefined` where it isn't known yet. */
    readonly direction: "ingress" | "egress" | undefined;
    readonly ranges: readonly Property[];
    readonly protocol: Property;
    readonly from: Property;
    readonly to: Property;
    readonly description: Property;
    readonly path: string;
}

/** Rules that stand beside their group. */
export const separateRules = [
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
];
const ruleTypes = [groupType, defaultGroupType, ...separateRules];

function rulesOf(
    subject: { type: string; at: (path: string) => Property },
    verdict: Verdict,
): Rule[] {
    const inline = (direction: "ingress" | "egress"): Rule[] => {
        const list = subject.at(direction);
        if (list.unknown) verdict.unseen(list);
        return list.items.map((item) =>
            toRule(direction, item, ["cidrBlocks", "ipv6CidrBlocks"], "protocol"),
        );
    };
    const whole = { path: "", at: (path: string) => subject.at(path) };
    switch (subject.type.split(":").pop()) {
        case "SecurityGroupRule": {
            const type = subject.at("type");
            const direction = type.unknown
                ? undefined
                : type.value === "egress"
                  ? "egress"
                  : "ingress";
            return [toRule(direction, whole, ["cidrBlocks", "ipv6CidrBlocks"], "protocol")];
        }
        case "SecurityGroupIngressRule":
            return [toRule("ingress", whole, ["cidrIpv4", "cidrIpv6"], "ipProtocol")];
        case "SecurityGroupEgressRule":
            return [toRule("egress", whole, ["cidrIpv4", "cidrIpv6"], "ipProtocol")];
        default:
            return [...inline("ingress"), ...inline("egress")];
    }
}

function toRule(
    direction: Rule["direction"],
    item: { readonly path: string; at: (path: string) => Property },
    ranges: readonly string[],
    protocol: string,
): Rule {
    return {
        direction,
        ranges: ranges.map((name) => item.at(name)),
        protocol: item.at(protocol),
        from: item.at("fromPort"),
        to: item.at("toPort"),
        description: item.at("description"),
        path: item.path === "" ? (direction ?? "type") : item.path,
    };
}

/** Rules of one direction; one that may have it is noted if it would matter. */
function rulesTowards(
    direction: Rule["direction"],
    subject: Parameters<typeof rulesOf>[0],
    verdict: Verdict,
): readonly Rule[] {
    const rules = rulesOf(subject, verdict);
    for (const rule of rules) {
        if (rule.direction === undefined && worldRanges(rule, verdict).length > 0)
            verdict.unseen("type");
    }
    return rules.filter((rule) => rule.direction === direction);
}

/** Ranges of the rule that hold addresses of the whole internet, or of so much of it that it makes no difference. */
function worldRanges(rule: Rule, verdict: Verdict): readonly string[] {
    return rule.ranges.flatMap((range) => {
        if (range.holdsUnknown) verdict.unseen(range);
        return range.items.map((item) => item.text ?? "").filter(isWorld);
    });
}

/** True for a range of half of the internet or more, or of so much of it that it makes no difference. */
export const isWorld = (range: string): boolean =>
    /\/[0-8]$/.test(range.trim()) && !/^(10\.|fd)\S*\/8$/i.test(range.trim()); // private: RFC 1918, RFC 4193

const ingress = resourcePolicy({
    name: "security-group-world-ingress",
    title: "Security groups let nobody in from the internet",
    risk: "Anything that listens behind the group can be tried by everybody.",
    severity: "critical",
    fsbp: ["EC2.18", "EC2.19", "Redshift.15"],
    types: ruleTypes,
    remedy: "Name a security group, a prefix list or the ranges of one's own network as the source.",
    url: `${docs}security-group-rules.html`,
    judge: (subject, verdict) => {
        for (const rule of rulesTowards("ingress", subject, verdict)) {
            for (const range of worldRanges(rule, verdict)) {
                verdict.violation({
                    finding: `ingress::${range}`,
                    property: rule.path,
                    found: range,
                    fix: "name a narrower source",
                });
            }
        }
    },
});

const egress = resourcePolicy({
    name: "security-group-egress",
    title: "Security groups let out what is needed",
    risk: "Data can be sent anywhere, over anything.",
    severity: "medium",
    types: ruleTypes,
    remedy: "Name the endpoints' security group or prefix list, and the port; to the internet at most single ports.",
    url: `${docs}security-group-rules.html`,
    options: {
        worldPorts: option<readonly number[]>(
            [443],
            "ports that may be open to the whole internet",
            { items: { type: "number" } },
        ),
    },
    judge: (subject, verdict, { worldPorts }) => {
        for (const rule of rulesTowards("egress", subject, verdict)) {
            const [range] = worldRanges(rule, verdict);
            if (range === undefined) continue;
            if ([rule.protocol, rule.from, rule.to].some((part) => part.unknown)) {
                verdict.unseen(rule.path);
                continue;
            }
            const onePort =
                rule.from.number !== undefined &&
                rule.from.number === rule.to.number &&
                worldPorts.includes(rule.from.number);
            const everything = /^(-1|all)$/.test(rule.protocol.text ?? "-1");
            if (onePort && !everything) continue;
            const ports = everything
                ? "every port"
                : `ports ${String(rule.from.value)} to ${String(rule.to.value)}`;
            verdict.violation({
                finding: `egress::${range}`,
                property: rule.path,
                found: `${range} on ${ports}`,
                fix: "name the destination and one port",
            });
        }
    },
});

const descriptions = resourcePolicy({
    name: "security-group-descriptions",
    title: "Security groups and rules say what they are for",
    risk: "Rules that nobody can explain are never removed.",
    severity: "low",
    types: ruleTypes,
    remedy: "Set description.",
    url: `${docs}security-group-rules.html`,
    judge: (subject, verdict) => {
        const fix = "say what it is for";
        const said = (value: unknown) =>
            String(value).trim() !== "" && value !== "Managed by Pulumi";
        if (subject.type === groupType)
            expectThat(verdict, subject.at("description"), said, { fix });
        for (const rule of rulesOf(subject, verdict)) {
            expectThat(verdict, rule.description, said, { finding: "rule-description", fix });
        }
    },
});

export const groups: readonly Policy[] = [ingress, egress, descriptions];
