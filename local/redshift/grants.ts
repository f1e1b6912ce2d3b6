/** GRANT, REVOKE, and what makes and drops users and roles. */
import {
    pathOf,
    relationPrivileges,
    type AccessControl,
    type Grantee,
    type Target,
} from "./access";
import type { Catalog } from "./catalog";
import { ofPath } from "./dialect";
import { SqlError } from "./errors";
import type { Reader } from "./reader";

/** Runs `CREATE ROLE`, `CREATE USER`, `DROP ROLE` or `DROP USER`; false when the statement is none of them. */
export function changePrincipals(reader: Reader, access: AccessControl): boolean {
    if (reader.take("CREATE", "ROLE")) {
        access.createRole(reader.name());
    } else if (reader.take("DROP", "ROLE")) {
        access.dropRole(reader.name());
        reader.take("FORCE");
    } else if (reader.take("CREATE", "USER")) {
        const user = reader.name();
        reader.take("WITH");
        reader.expect("PASSWORD");
        // a password that somebody knows has no place in a migration: users here log on through IAM
        reader.expect("DISABLE");
        access.createUser(user);
    } else if (reader.take("DROP", "USER")) {
        const ifExists = reader.take("IF", "EXISTS");
        const user = reader.name();
        if (!ifExists || access.hasUser(user)) access.dropUser(user);
    } else return false;
    reader.end();
    return true;
}

/** Runs a GRANT or a REVOKE. */
export function changeGrants(reader: Reader, catalog: Catalog, inTransaction: boolean): void {
    const giving = reader.take("GRANT");
    if (!giving) reader.expect("REVOKE");
    const { access } = catalog;
    const direction = giving ? "TO" : "FROM";
    const change = (grantee: Grantee, privilege: string, target: Target) => {
        if (giving) access.grant(grantee, privilege, target);
        else access.revoke(grantee, privilege, target);
    };

    if (reader.take("ROLE")) {
        const roles = reader.list(() => reader.name());
        for (const role of roles) access.checkGrantee(`role ${role}`);
        for (const grantee of granteesAfter(reader, direction, access)) {
            for (const role of roles) {
                if (giving) access.addMember(role, grantee);
                else access.removeMember(role, grantee);
            }
        }
    } else if (reader.take("ASSUMEROLE")) {
        reader.expect("ON");
        const arns = reader.take("ALL") ? ["*"] : reader.list(() => reader.text());
        const grantees = granteesAfter(reader, direction, access);
        reader.expect("FOR");
        const uses = reader.take("ALL") ? ["COPY", "UNLOAD"] : reader.list(() => reader.word());
        for (const grantee of grantees) {
            for (const use of uses) for (const arn of arns) change(grantee, use, `role ${arn}`);
        }
    } else {
        const privileges = privilegesOf(reader);
        const targets = targetsAfterOn(reader, catalog, privileges, inTransaction);
        const grantees = granteesAfter(reader, direction, access);
        if (reader.take("WITH", "GRANT", "OPTION")) refuse("WITH GRANT OPTION");
        for (const grantee of grantees) {
            for (const target of targets) {
                const names = privileges === "ALL" ? allOn(target) : privileges;
                for (const privilege of names) change(grantee, privilege, target);
            }
        }
    }
    reader.end();
}

function privilegesOf(reader: Reader): "ALL" | string[] {
    if (!reader.take("ALL")) return reader.list(() => reader.word());
    reader.take("PRIVILEGES");
    return "ALL";
}

const schemaPrivileges = ["CREATE", "USAGE", "ALTER", "DROP"];

function allOn(target: Target): readonly string[] {
    return target.startsWith("schema ") ? schemaPrivileges : relationPrivileges;
}

function targetsAfterOn(
    reader: Reader,
    catalog: Catalog,
    privileges: "ALL" | readonly string[],
    inTransaction: boolean,
): Target[] {
    reader.expect("ON");
    const check = (known: readonly string[]) => {
        const unknown =
            privileges === "ALL" ? undefined : privileges.find((p) => !known.includes(p));
        if (unknown !== undefined) throw new SqlError(`unrecognized privilege type ${unknown}`);
    };
    if (reader.take("SCHEMA")) {
        check(schemaPrivileges);
        const schemas = reader.list(() => reader.name());
        for (const schema of schemas) {
            checkSchema(schema, catalog);
            // https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
            if (catalog.externalSchemas.has(schema) && inTransaction) {
                throw new SqlError(
                    "GRANT on an external schema cannot run inside a transaction block",
                );
            }
        }
        return schemas.map((schema) => `schema ${schema}` as const);
    }
    check(relationPrivileges);
    if (reader.take("ALL", "TABLES", "IN", "SCHEMA")) {
        const found: Target[] = [];
        for (const schema of reader.list(() => reader.name())) {
            checkSchema(schema, catalog);
            refuseExternal(schema, catalog);
            const relations = catalog.relationsOf(schema);
            found.push(...relations.map((relation) => `relation ${pathOf(relation)}` as const));
        }
        return found;
    }
    reader.take("TABLE");
    const relations = reader.list(() => ofPath(reader.path()));
    for (const relation of relations) {
        refuseExternal(relation.schema, catalog);
        if (!catalog.hasRelation(relation)) {
            throw new SqlError(`relation "${pathOf(relation)}" does not exist`);
        }
    }
    return relations.map((relation) => `relation ${pathOf(relation)}` as const);
}

function checkSchema(schema: string, catalog: Catalog): void {
    if (!catalog.schemas.has(schema)) throw new SqlError(`schema "${schema}" does not exist`);
}

/** Only the schema of external tables can be granted, https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html */
function refuseExternal(schema: string, { externalSchemas }: Catalog): void {
    if (externalSchemas.has(schema))
        throw new SqlError("Operation not supported on external tables");
}

function granteesAfter(reader: Reader, direction: string, access: AccessControl): Grantee[] {
    reader.expect(direction);
    const grantees = reader.list((): Grantee => {
        if (reader.take("PUBLIC")) return "public";
        if (reader.take("ROLE")) return `role ${reader.name()}`;
        if (reader.take("GROUP")) return refuse("GROUP");
        return `user ${reader.name()}`;
    });
    for (const grantee of grantees) access.checkGrantee(grantee);
    return grantees;
}

function refuse(what: string): never {
    throw new SqlError(`${what} is not supported by the local stand-in for Redshift`);
}
