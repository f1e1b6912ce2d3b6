/** What of their permissions the roles have used, and every request in which they did. */
import type { Decision, Need, UsedGrant } from "./decide";
import type { Principal } from "./principals";

/** A request of a role, as it can be judged again. */
export interface Judged {
    readonly principal: Principal;
    readonly need: Need;
    readonly decision: Decision;
}

/** Keeps each permission and each kind of request once. */
export class Usage {
    private readonly requests = new Map<string, Judged>();
    private readonly grants = new Map<string, Map<string, UsedGrant>>();

    /** Remembers a decision. */
    add(judged: Judged): void {
        const { principal, need, decision } = judged;
        if (principal.kind !== "role") return;
        const role = principal.principalArn;
        const id = [role, need.action, need.resource, decision.allowed, lasting(need)].join("\n");
        if (!this.requests.has(id)) this.requests.set(id, judged);
        const used = this.grants.get(role) ?? new Map<string, UsedGrant>();
        for (const grant of decision.grants) used.set(idOf(grant), grant);
        this.grants.set(role, used);
    }

    /** Requests of roles, each kind once. */
    judged(): readonly Judged[] {
        return [...this.requests.values()];
    }

    /** What a role has used, and how. */
    of(roleArn: string): readonly UsedGrant[] {
        return [...(this.grants.get(roleArn)?.values() ?? [])];
    }
}

const idOf = ({ policy, statement, action, resource }: UsedGrant): string =>
    [policy, statement, action, resource].join("\n");

/** What conditions may ask about, but for what differs with every request. */
function lasting({ context }: Need): string {
    return [...context]
        .filter(([key]) => !/^aws:(currenttime|epochtime|useragent)$/.test(key))
        .map(([key, values]) => `${key}=${values.join()}`)
        .join(";");
}
