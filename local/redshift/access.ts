/** Who may do what in a database: users, roles, owners and grants. */
import { SqlError } from "./errors";

/** A table or view; names in lower case. */
export interface Relation {
    readonly schema: string;
    readonly name: string;
}

/** `schema.name` */
export const pathOf = ({ schema, name }: Relation): string => `${schema}.${name}`;

/** What a grant is on: `schema logs`, `relation logs.fact_request`, `role arn:...` (an IAM role) or `role *`. */
export type Target = `schema ${string}` | `relation ${string}` | `role ${string}`;

/** Who gets a grant: `user x`, `role x`, or everybody. */
export type Grantee = `user ${string}` | `role ${string}` | "public";

/** Privileges on relations. */
export const relationPrivileges = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "REFERENCES",
    "DROP",
    "TRUNCATE",
    "ALTER",
] as const;

/** Users, roles and grants of a database. Copied before a transaction, so that a failed one leaves no trace. */
export class AccessControl {
    private readonly users = new Set<string>();
    private readonly roles = new Set<string>();
    private readonly members = new Set<string>();
    private readonly grants = new Set<string>();
    private readonly owners = new Map<string, string>();

    /** `admin` may do everything, as a superuser. */
    constructor(readonly admin: string) {
        this.users.add(admin);
        // what a new database allows everybody
        this.grant("public", "USAGE", "schema public");
        this.grant("public", "CREATE", "schema public");
        for (const use of ["COPY", "UNLOAD"]) this.grant("public", use, "role *");
    }

    copy(): AccessControl {
        const other = new AccessControl(this.admin);
        other.grants.clear();
        for (const field of ["users", "roles", "members", "grants"] as const) {
            for (const item of this[field]) other[field].add(item);
        }
        for (const [target, owner] of this.owners) other.owners.set(target, owner);
        return other;
    }

    createUser(name: string): void {
        if (this.users.has(name)) throw new SqlError(`user "${name}" already exists`);
        this.users.add(name);
    }

    /** The Data API makes the user of an IAM identity when it first logs on. */
    logOn(name: string): void {
        this.users.add(name);
    }

    dropUser(name: string): void {
        if (!this.users.delete(name)) throw new SqlError(`user "${name}" does not exist`);
        this.forget(`user ${name}`);
    }

    createRole(name: string): void {
        if (this.roles.has(name)) throw new SqlError(`role "${name}" already exists`);
        this.roles.add(name);
    }

    dropRole(name: string): void {
        if (!this.roles.delete(name)) throw new SqlError(`role "${name}" does not exist`);
        this.forget(`role ${name}`);
    }

    hasUser(name: string): boolean {
        return this.users.has(name);
    }

    hasRole(name: string): boolean {
        return this.roles.has(name);
    }

    /** @throws SqlError when there is no such user or role. */
    checkGrantee(grantee: Grantee): void {
        if (grantee === "public") return;
        const name = grantee.slice(5);
        const known = grantee.startsWith("user ") ? this.users.has(name) : this.roles.has(name);
        if (!known) throw new SqlError(`${grantee.slice(0, 4)} "${name}" does not exist`);
    }

    grant(grantee: Grantee, privilege: string, target: Target): void {
        this.grants.add(`${grantee}|${privilege}|${target}`);
    }

    revoke(grantee: Grantee, privilege: string, target: Target): void {
        this.grants.delete(`${grantee}|${privilege}|${target}`);
    }

    addMember(role: string, grantee: Grantee): void {
        this.members.add(`${grantee}|${role}`);
    }

    removeMember(role: string, grantee: Grantee): void {
        this.members.delete(`${grantee}|${role}`);
    }

    own(user: string, target: Target): void {
        this.owners.set(target, user);
    }

    /** Forgets what was granted on something that is gone. */
    drop(target: Target): void {
        this.owners.delete(target);
        for (const entry of this.grants)
            if (entry.endsWith(`|${target}`)) this.grants.delete(entry);
    }

    owns(user: string, target: Target): boolean {
        return user === this.admin || this.owners.get(target) === user;
    }

    /** Whether `user`, by itself, through its roles, or as one of everybody, has `privilege` on `target`. */
    may(user: string, privilege: string, target: Target): boolean {
        if (this.owns(user, target)) return true;
        return this.identitiesOf(user).some((grantee) =>
            this.grants.has(`${grantee}|${privilege}|${target}`),
        );
    }

    /** @throws SqlError unless `user` may use the schema and do this to the relation in it. */
    checkRelation(user: string, privilege: string, relation: Relation): void {
        this.checkSchema(user, "USAGE", relation.schema);
        if (!this.may(user, privilege, `relation ${pathOf(relation)}`)) {
            throw new SqlError(`permission denied for relation ${relation.name}`);
        }
    }

    /** @throws SqlError unless `user` has `privilege` on the schema. */
    checkSchema(user: string, privilege: string, schema: string): void {
        if (!this.may(user, privilege, `schema ${schema}`)) {
            throw new SqlError(`permission denied for schema ${schema}`);
        }
    }

    /** @throws SqlError unless `user` may hand the IAM role to COPY or UNLOAD. */
    checkAssume(user: string, use: string, roleArn: string): void {
        if (this.may(user, use, `role ${roleArn}`) || this.may(user, use, "role *")) return;
        throw new SqlError(
            `User ${user} is not authorized to assume IAM Role ${roleArn} for ${use}`,
        );
    }

    /** @throws SqlError unless `user` is the superuser. */
    checkSuperuser(user: string, what: string): void {
        if (user !== this.admin)
            throw new SqlError(`permission denied: must be superuser to ${what}`);
    }

    private identitiesOf(user: string): Grantee[] {
        const found: Grantee[] = [`user ${user}`, "public"];
        for (const grantee of found) {
            for (const membership of this.members) {
                const role = `role ${membership.slice(grantee.length + 1)}` as const;
                if (membership.startsWith(`${grantee}|`) && !found.includes(role)) found.push(role);
            }
        }
        return found;
    }

    private forget(grantee: Grantee): void {
        for (const set of [this.grants, this.members]) {
            for (const entry of set) if (entry.startsWith(`${grantee}|`)) set.delete(entry);
        }
    }
}
