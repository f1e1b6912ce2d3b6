/** Which users are in which groups. */
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";

export const groupType = "aws:iam/group:Group";
const userType = "aws:iam/user:User";

/** The groups of the stack that `user` is in; none for what isn't a user. */
export function groupsOf(stack: Stack, user: Subject): readonly Subject[] {
    if (user.type !== userType) return [];
    const byUser = stack
        .joined(user, "user", "aws:iam/userGroupMembership:UserGroupMembership")
        .found.flatMap((membership) => stack.named(membership, "groups", groupType));
    const byGroup = stack
        .of("aws:iam/groupMembership:GroupMembership")
        .filter((membership) => stack.named(membership, "users", userType).includes(user))
        .flatMap((membership) => stack.referred(membership, "group", groupType) ?? []);
    return [...new Set([...byUser, ...byGroup])];
}
