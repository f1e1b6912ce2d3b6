/** Permissions as lines to read. */
import type { Permission, RolePermissions, UnusedPermission } from "./report";
import type { Judged } from "./usage";

/** What each role has used, and what not, with the statement that grants it and what would use it. */
export function describePermissions(permissions: readonly RolePermissions[]): string[] {
    return permissions.flatMap(({ role, used, unused }) => [
        `${role}: ${String(used.length)} permissions used, ${String(unused.length)} not`,
        ...groups(used, ({ statement }) => statement).map(
            (group) => `  used      ${group[0]?.statement ?? ""}: ${actionsOf(group)}`,
        ),
        ...groups(unused, ({ statement, reason }) => `${statement}\n${reason ?? ""}`).flatMap(
            (group) => [
                `  not used  ${group[0]?.statement ?? ""}: ${actionsOf(group)}`,
                `            ${reasonOf(group)}`,
            ],
        ),
    ]);
}

/** Requests that were let through though IAM would refuse them. */
export function describeRefused(judged: readonly Judged[]): string[] {
    return judged
        .filter(({ decision }) => !decision.allowed)
        .map(
            ({ principal, need, decision }) =>
                `${principal.arn}: ${need.action} on ${need.resource} ${decision.because}`,
        );
}

const reasonOf = (group: readonly UnusedPermission[]): string =>
    group[0]?.reason ?? "nothing is known to use this: it can be taken away";

function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
    const found = new Map<string, T[]>();
    for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
    return [...found.values()];
}

/** `s3:GetObject, s3:PutObject on 3 resources` */
function actionsOf(group: readonly Permission[]): string {
    const actions = [...new Set(group.map(({ action }) => action))];
    const resources = [...new Set(group.map(({ resource }) => resource))];
    const [only = ""] = resources;
    return `${actions.join(", ")} on ${resources.length === 1 ? only : `${String(resources.length)} resources`}`;
}
