/** Managed policies that are attached to a role, user or group, whichever resource attaches them. */
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";

export const policyType = "aws:iam/policy:Policy";

/** What is attached, as far as the stack shows. */
export interface Attachments {
    /** Policies of the stack. */
    readonly policies: readonly Subject[];
    /** ARNs of others. */
    readonly managed: readonly string[];
    /** What can't be seen yet, in words. */
    readonly unseen: readonly string[];
}

/** How a principal is named. */
export type Kind = "role" | "user" | "group";

/** As the names of types have it: `Role`. */
export const titleOf = (kind: Kind): string => kind.replace(/^./, (first) => first.toUpperCase());

/** Types that attach one policy, and that say what all is attached. */
export function attachmentTypes(kind: Kind): {
    readonly single: string;
    readonly exclusive: string;
} {
    const title = titleOf(kind);
    return {
        single: `aws:iam/${kind}PolicyAttachment:${title}PolicyAttachment`,
        exclusive: `aws:iam/${kind}PolicyAttachmentsExclusive:${title}PolicyAttachmentsExclusive`,
    };
}

/** Everything attached to `subject`, which is named by `kind`. */
export function attachmentsOf(stack: Stack, subject: Subject, kind: Kind): Attachments {
    const { single, exclusive } = attachmentTypes(kind);
    const shared = stack
        .of("aws:iam/policyAttachment:PolicyAttachment")
        .filter((holder) => stack.named(holder, `${kind}s`, subject.type).includes(subject));
    const holders: readonly (readonly [holder: Subject, path: string])[] = [
        ...stack
            .joined(subject, kind, single)
            .found.map((holder) => [holder, "policyArn"] as const),
        ...stack
            .joined(subject, `${kind}Name`, exclusive)
            .found.map((holder) => [holder, "policyArns"] as const),
        ...shared.map((holder) => [holder, "policyArn"] as const),
        [subject, "managedPolicyArns"],
    ];
    const found = holders.map(([holder, path]) => policiesOf(stack, holder, path));
    return {
        policies: [...new Set(found.flatMap(({ policies }) => policies))],
        managed: [...new Set(found.flatMap(({ managed }) => managed))],
        unseen: found.flatMap(({ unseen }) => unseen),
    };
}

/** The policies that a property names: by ARN, and by where it came from as long as that isn't known. */
function policiesOf(stack: Stack, holder: Subject, path: string): Attachments {
    const property = holder.at(path);
    const items: readonly Property[] = property.unknown ? [property] : property.items;
    const texts = items.map(({ text }) => text).filter((text) => text !== undefined);
    const known = texts.map((arn) => ({ arn, policy: policyOf(stack, arn) }));
    const hidden = items.filter(({ unknown }) => unknown).length;
    const sources = stack.sources(holder, path, policyType);
    const later = hidden === 0 && known.every(({ policy }) => policy !== undefined) ? [] : sources;
    const policies = [...known.flatMap(({ policy }) => policy ?? []), ...later];
    const foreign = known.filter(({ policy }) => policy === undefined).map(({ arn }) => arn);
    return {
        policies,
        managed: sources.length > 0 ? foreign.filter((arn) => arn.includes(":iam::aws:")) : foreign,
        unseen: hidden > sources.length ? [`${holder.type} "${holder.name}" ${path}`] : [],
    };
}

/** The policy of the stack with this ARN, which ends with its name. */
const policyOf = (stack: Stack, arn: string): Subject | undefined =>
    stack
        .of(policyType)
        .find(
            (policy) =>
                policy.identities.includes(arn) ||
                arn.endsWith(
                    `:policy${policy.at("path").text ?? "/"}${policy.at("name").text ?? "/"}`,
                ),
        );
