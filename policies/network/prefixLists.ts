/** Prefix lists, which stand for ranges in the rules of security groups. */
import { stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { docs, isWorld } from "./groups";

const listType = "aws:ec2/managedPrefixList:ManagedPrefixList";

const world = stackPolicy({
    name: "security-group-world-prefix-list",
    title: "Prefix lists that let somebody in don't hold the internet",
    risk: "A rule that names a list looks narrow; the list may hold every address there is.",
    severity: "critical",
    fsbp: ["EC2.18", "EC2.19"],
    remedy: "Take the range out of the list, or name another list in the rule.",
    url: `${docs}managed-prefix-lists.html`,
    judge: (stack, verdictOn) => {
        for (const [rule, path] of ingressRules(stack)) {
            for (const list of listsOf(stack, rule, path)) {
                for (const range of rangesOf(stack, list)) {
                    if (range.unknown) verdictOn(list).unseen(range);
                    if (!isWorld(range.text ?? "")) continue;
                    if (rule.at("type").unknown) verdictOn(rule).unseen("type");
                    else
                        verdictOn(rule).violation({
                            finding: `prefix-list::${range.text ?? ""}`,
                            property: path,
                            found: `${range.text ?? ""} by the prefix list ${list.name}`,
                            fix: "name a narrower source",
                        });
                }
            }
        }
    },
});

/** Everything that may let somebody in by a list, with the property that names it. */
function* ingressRules(stack: Stack): Generator<[Subject, string]> {
    for (const rule of stack.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"))
        yield [rule, "prefixListId"];
    for (const rule of stack.of("aws:ec2/securityGroupRule:SecurityGroupRule")) {
        if (rule.at("type").value !== "egress") yield [rule, "prefixListIds"];
    }
    for (const group of stack.of("aws:ec2/securityGroup:SecurityGroup")) yield [group, "ingress"];
}

function listsOf(stack: Stack, rule: Subject, path: string): readonly Subject[] {
    const named = rule.at(path).items.flatMap((item) => [item, ...item.at("prefixListIds").items]);
    const texts = named.map(({ text }) => text);
    const byValue = stack
        .of(listType)
        .filter(({ identities }) => identities.some((identity) => texts.includes(identity)));
    return [...new Set([...byValue, ...stack.sources(rule, path, listType)])];
}

function rangesOf(stack: Stack, list: Subject): readonly Property[] {
    const apart = stack.joined(
        list,
        "prefixListId",
        "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
    );
    return [
        ...list.at("entries").items.map((entry) => entry.at("cidr")),
        ...apart.found.map((entry) => entry.at("cidr")),
    ];
}

export const prefixLists: readonly Policy[] = [world];
