/** Which users are in which groups. */
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";

export const groupType = "aws:iam/group:Group";
const userType = "aws:iam/user:User";

/** The groups of the stack that `user` is in; none for what isn't a user. */
export function groupsOf(stack: Stack, user: Subject): readonly Subject[] {
    if (user.type !== userType) return [];
    const byUser = stack
        .joined(user, "user", "aws:iam/userGroupMembership:UserGroupMembership")
        .found.flatMap((membership) => named(stack, membership, "groups", groupType));
    const byGroup = stack
        .of("aws:iam/groupMembership:GroupMembership")
        .filter((membership) => named(stack, membership, "users", userType).includes(user))
        .flatMap((membership) => stack.referred(membership, "group", groupType) ?? []);
    return [...new Set([...byUser, ...byGroup])];
}

/** The resources of `type` that a list names, also where their names aren't known yet. */
export function named(
    stack: Stack,
    holder: Subject,
    path: string,
    type: string,
): readonly Subject[] {
    const list = holder.at(path);
    const items: readonly Property[] = list.unknown ? [list] : list.items;
    const texts = items.map(({ text }) => text).filter((text) => text !== undefined);
    const byValue = stack
        .of(type)
        .filter(({ identities }) => texts.some((text) => identities.includes(text)));
    const hidden = items.some(({ unknown }) => unknown);
    return hidden ? [...new Set([...byValue, ...stack.sources(holder, path, type)])] : byValue;
}
