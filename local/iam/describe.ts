/** Permissions as lines to read. */
import type { Permission, RolePermissions, UnusedPermission } from "./report";
import type { Judged } from "./usage";

/** What each role has used, and what not: each statement that grants something, and what would use the rest. */
export function describePermissions(permissions: readonly RolePermissions[]): string[] {
    return permissions.flatMap(({ role, used, unused }) => [
        `${role}: ${String(used.length)} permissions used, ${String(unused.length)} not`,
        ...statements(used).map((line) => `  used      ${line}`),
        ...groups(unused, ({ reason = "" }) => reason).flatMap((group) => [
            `  not used  ${reasonOf(group)}:`,
            ...statements(group).map((line) => `            ${line}`),
        ]),
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

/** A line a statement: `loader-objects Read: s3:GetObject on 3 resources`. */
function statements(permissions: readonly Permission[]): string[] {
    return groups(permissions, ({ statement }) => statement).map((group) => {
        const actions = [...new Set(group.map(({ action }) => action))];
        const resources = [...new Set(group.map(({ resource }) => resource))];
        const what = actions.length > 6 ? `${String(actions.length)} actions` : actions.join(", ");
        const [only = ""] = resources;
        const where = resources.length === 1 ? only : `${String(resources.length)} resources`;
        return `${group[0]?.statement ?? ""}: ${what} on ${where}`;
    });
}
