/** Policies of one principal that are managed in two ways, each of which undoes the other. */
import { stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { attachmentTypes, policyType, titleOf, type Kind } from "./attached";

const sharedType = "aws:iam/policyAttachment:PolicyAttachment";

const conflicts = stackPolicy({
    name: "iam-policy-conflicts",
    title: "Each role's policies are managed in one way",
    risk: "inlinePolicies, managedPolicyArns, the Exclusive resources and PolicyAttachment own all that there is: what other resources attach is removed by the next update, and added again by the one after.",
    severity: "medium",
    remedy: "Use RolePolicy and RolePolicyAttachment only, or list all of them in the Exclusive resource.",
    url: "https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/",
    judge: (stack, verdictOn) => {
        const pairs = [
            ["inlinePolicies", "aws:iam/rolePolicy:RolePolicy"],
            ["managedPolicyArns", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
        ] as const;
        for (const role of stack.of("aws:iam/role:Role")) {
            for (const [property, type] of pairs) {
                const own = role
                    .at(property)
                    .items.filter(
                        (item) => property !== "inlinePolicies" || !item.at("policy").absent,
                    );
                const apart = stack.joined(role, "role", type).found;
                // After an update the provider reports what is attached in these properties too.
                const [here, there] =
                    property === "inlinePolicies" ? ["policy", "policy"] : ["", "policyArn"];
                const at = (item: Property) => (here === "" ? item : item.at(here));
                const attached = apart.map((holder) => holder.at(there));
                const foreign = own.filter(
                    (item) => !attached.some(({ text }) => text === at(item).text),
                );
                const blind = [...own.map(at), ...attached].some(({ unknown }) => unknown);
                if (foreign.length > 0 && apart.length > 0 && blind) {
                    verdictOn(role).unseen(property);
                    continue;
                }
                if (foreign.length === 0 || apart.length === 0) continue;
                verdictOn(role).violation({
                    finding: property,
                    property,
                    found: `set, beside ${apart.map(({ name }) => name).join(", ")}`,
                    fix: "use resources of their own for all",
                });
            }
        }
        for (const kind of ["role", "user", "group"] as const)
            judgeExclusives(stack, kind, verdictOn);
        judgeShared(stack, verdictOn);
    },
});

type VerdictOn = (subject: Subject) => Verdict;

/** Lists that own all of a principal's policies may leave none out that the stack puts there. */
function judgeExclusives(stack: Stack, kind: Kind, verdictOn: VerdictOn): void {
    const title = titleOf(kind);
    const lists = [
        ["PoliciesExclusive", "policyNames", "Policy", "name"],
        ["PolicyAttachmentsExclusive", "policyArns", "PolicyAttachment", "policyArn"],
    ] as const;
    for (const [exclusive, names, single, name] of lists) {
        for (const list of stack.of(`aws:iam/${kind}${exclusive}:${title}${exclusive}`)) {
            const listed = list.at(names);
            const owner = stack.referred(list, `${kind}Name`, `aws:iam/${kind}:${title}`);
            const type = `aws:iam/${kind}${single}:${title}${single}`;
            const members = owner === undefined ? [] : stack.joined(owner, kind, type).found;
            for (const member of members) {
                const own = member.at(name);
                if (listed.items.some(({ text }) => text !== undefined && text === own.text))
                    continue;
                if (listed.holdsUnknown || own.text === undefined) {
                    if (!stack.sources(list, names, type).includes(member))
                        verdictOn(list).unseen(names);
                    continue;
                }
                verdictOn(list).violation({
                    finding: `LeftOut::${member.name}`,
                    property: names,
                    found: `without ${member.name}, which is removed by each update`,
                    fix: "list it too",
                });
            }
        }
    }
}

/** A PolicyAttachment owns every attachment of its policy in the account. */
function judgeShared(stack: Stack, verdictOn: VerdictOn): void {
    const shared = stack.of(sharedType);
    const singles = (["role", "user", "group"] as const).map(
        (kind) => attachmentTypes(kind).single,
    );
    for (const holder of shared) {
        const others = stack.of(sharedType, ...singles).filter((other) => other !== holder);
        const twin = others.find((other) => samePolicy(stack, holder, other));
        if (twin === undefined) continue;
        verdictOn(holder).violation({
            finding: `Shared::${twin.name}`,
            property: "policyArn",
            found: `attached by ${twin.name} too, which each update undoes`,
            fix: "use RolePolicyAttachment for all",
        });
    }
}

function samePolicy(stack: Stack, one: Subject, other: Subject): boolean {
    const [arn, another] = [one, other].map((holder) => holder.at("policyArn").text);
    if (arn !== undefined || another !== undefined) return arn === another;
    const sources = stack.sources(one, "policyArn", policyType);
    return stack.sources(other, "policyArn", policyType).some((policy) => sources.includes(policy));
}

export const conflicting: readonly Policy[] = [conflicts];
