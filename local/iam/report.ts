/** What each role was granted, and what of it a run has used. */
import type { UsedGrant } from "./decide";
import type { PolicyDocument } from "./document";
import type { Gate } from "./gate";
import { matchesText } from "./patterns";
import { unexercised } from "./unexercised";

/** A permission, and the statement that grants it. */
export interface Permission {
    readonly action: string;
    /** ARN or pattern, as the statement has it. */
    readonly resource: string;
    /** Name of the policy, and the statement's Sid or place in it. */
    readonly statement: string;
}

/** A permission that the run did not use. */
export interface UnusedPermission extends Permission {
    /** What uses it, where the run does not; undefined where nothing is known to. */
    readonly reason: string | undefined;
}

/** What a role may do, used and unused. */
export interface RolePermissions {
    /** Name of the role. */
    readonly role: string;
    readonly used: readonly Permission[];
    readonly unused: readonly UnusedPermission[];
}

/** Permissions of every role that is deployed, in order of its name. */
export async function permissionsOf({ policies, usage }: Gate): Promise<RolePermissions[]> {
    const arns = await policies.roleArns();
    const roles = arns.map(async (arn): Promise<RolePermissions> => {
        const role = arn.slice(arn.lastIndexOf("/") + 1);
        const { identity = [] } = (await policies.role(arn)) ?? {};
        const used = new Set(usage.of(arn).map((grant) => keyOf(permission(grant))));
        const granted = identity.flatMap(grantedBy);
        return {
            role,
            used: granted.filter((each) => used.has(keyOf(each))),
            unused: granted
                .filter((each) => !used.has(keyOf(each)))
                .map((each) => ({ ...each, reason: reasonFor(role, each) })),
        };
    });
    return (await Promise.all(roles)).sort((one, other) => one.role.localeCompare(other.role));
}

/** Every action of a document on every resource of its statement. */
function grantedBy({ name, statements }: PolicyDocument): Permission[] {
    return statements
        .filter(({ effect }) => effect === "Allow")
        .flatMap(({ label, actions = [], resources = [] }) =>
            actions.flatMap((action) =>
                resources.map((resource) =>
                    permission({ policy: name, statement: label, action, resource }),
                ),
            ),
        );
}

const permission = ({ policy, statement, action, resource }: UsedGrant): Permission => ({
    action,
    resource,
    statement: `${policy} ${statement}`,
});

const keyOf = ({ statement, action, resource }: Permission): string =>
    [statement, action, resource].join("\n");

function reasonFor(role: string, { action, resource }: Permission): string | undefined {
    return unexercised.find(
        (entry) =>
            (entry.role === "*" || role.endsWith(`-${entry.role}`)) &&
            entry.actions.some((pattern) => matchesText(pattern, action, "i")) &&
            matchesText(entry.resource ?? "*", resource),
    )?.reason;
}
