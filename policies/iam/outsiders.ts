/** Roles, users and groups that the stack gives rights to without making them. */
import type { Stack } from "../core/stack";
import { Subject } from "../core/subject";
import { attachmentTypes, type Kind } from "./attached";

/** What inline policies stand apart as, by the kind of principal that they are of. */
export const inlineTypes: Readonly<Record<Kind, string>> = {
    role: "aws:iam/rolePolicy:RolePolicy",
    user: "aws:iam/userPolicy:UserPolicy",
    group: "aws:iam/groupPolicy:GroupPolicy",
};

/** Principals of `type` that are only named, each as a subject that is told of by the first resource that names it. */
export function outsidersOf(stack: Stack, type: string, kind: Kind): readonly Subject[] {
    const { single, exclusive } = attachmentTypes(kind);
    const holders: readonly (readonly [type: string, property: string])[] = [
        [inlineTypes[kind], kind],
        [single, kind],
        [exclusive, `${kind}Name`],
    ];
    const found = new Map<string, Subject>();
    for (const [holderType, property] of holders) {
        for (const holder of stack.of(holderType)) {
            const name = holder.at(property).text;
            const own = stack.of(type).some((subject) => stack.refers(holder, property, subject));
            if (name === undefined || own || found.has(name)) continue;
            found.set(name, new Subject(type, name, holder.urn, false, { name }));
        }
    }
    return [...found.values()];
}

/** Inline policies of which nothing says yet whose they are. */
export const ownerlessOf = (stack: Stack, type: string, kind: Kind): readonly Subject[] =>
    stack
        .of(inlineTypes[kind])
        .filter(
            (policy) => policy.at(kind).unknown && stack.sources(policy, kind, type).length === 0,
        );
