/** Statements that make, change and drop schemas, tables and views. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { pathOf, type Relation, type Target } from "./access";
import type { Catalog } from "./catalog";
import { nameOf, ofPath, relationsIn, resolved, type Parsed, type RelationName } from "./dialect";
import { SqlError } from "./errors";
import { pathInSql, quoted, textLiteral } from "./names";
import { describe } from "./parquet";
import { tableDefinition, type TableDefinition } from "./tables";
import type { Tree } from "./tree";

/** What a definition changes: the part of a database that it needs. */
export interface Database {
    readonly connection: DuckDBConnection;
    readonly state: Catalog;
    /** Checks that `user` may run the statement, then makes what it reads from outside readable. */
    admit(user: string, parsed: Parsed): Promise<void>;
    /** The statement as DuckDB takes it. */
    translated(user: string, parsed: Parsed): string;
}

type Definition = (database: Database, user: string, parsed: Parsed) => Promise<void>;

/** Whether the kind of statement is one of {@link define}'s. */
export const isDefinition = (kind: string): boolean => kind in definitions;

/** Runs the statement. @throws SqlError when `user` may not. */
export async function define(database: Database, user: string, parsed: Parsed): Promise<void> {
    await definitions[parsed.kind]?.(database, user, parsed);
}

const definitions: Readonly<Record<string, Definition>> = {
    create_schema: createSchema,
    create_table: createTable,
    create_view: createView,
    drop_schema: dropSchema,
    drop_table: (database, user, { node }) =>
        drop(database, user, "TABLE", node.get("names").items, node),
    drop_view: (database, user, { node }) => drop(database, user, "VIEW", [node.get("name")], node),
    alter_table: asOwner(({ node }) => nameOf(node.get("name"))),
    truncate: asOwner(({ node }) => nameOf(node.get("table"))),
    comment,
};

async function createSchema(database: Database, user: string, parsed: Parsed): Promise<void> {
    const { access } = database.state;
    access.checkSuperuser(user, "create schemas");
    const schema = parsed.node.get("name").items[0]?.name ?? "";
    if (database.state.schemas.has(schema)) {
        if (parsed.node.is("if_not_exists")) return;
        throw new SqlError(`Schema "${schema}" already exists`);
    }
    await database.connection.run(`CREATE SCHEMA ${quoted(schema)}`);
    database.state.schemas.add(schema);
    access.own(user, `schema ${schema}`);
}

async function createTable(database: Database, user: string, parsed: Parsed): Promise<void> {
    const { node } = parsed;
    const relation = await freeName(database, user, nameOf(node.get("name")), node);
    if (relation === undefined) return;
    const path = pathInSql(relation);
    if (node.get("as_select").present) {
        await database.admit(user, { ...parsed, node: node.get("as_select") });
        await database.connection.run(database.translated(user, parsed));
        const made = describe(await database.connection.runAndReadAll(`DESCRIBE ${path}`));
        const columns = made.map(({ name, type }) => `${quoted(name)} ${type}`);
        database.state.tables.set(pathOf(relation), columns);
    } else {
        const { before, columns } =
            likeOf(database, node) ?? tableDefinition(node, pathOf(relation), { user });
        for (const sql of before) await database.connection.run(sql);
        const temporary = node.is("temporary") ? "TEMPORARY " : "";
        const name = node.is("temporary") ? quoted(relation.name) : path;
        await database.connection.run(`CREATE ${temporary}TABLE ${name} (${columns.join(", ")})`);
        database.state.tables.set(pathOf(relation), columns);
    }
    database.state.access.own(user, `relation ${pathOf(relation)}`);
}

/** `LIKE other` takes the columns with their types and lengths. */
function likeOf(database: Database, node: Tree): TableDefinition | undefined {
    const like = node
        .get("constraints")
        .items.map((constraint) => constraint.get("Like", "source"))
        .find(({ present }) => present);
    if (like === undefined) return undefined;
    const source = pathOf(resolved(nameOf(like)));
    const columns = database.state.tables.get(source);
    if (columns === undefined) throw new SqlError(`relation "${source}" does not exist`);
    return { before: [], columns };
}

async function createView(database: Database, user: string, parsed: Parsed): Promise<void> {
    const { node } = parsed;
    const relation = await freeName(database, user, nameOf(node.get("name")), node);
    if (relation === undefined) return;
    const { externalSchemas, views, lateViews, access } = database.state;
    const names = relationsIn(node.get("query"));
    const reads = names.map(resolved);
    const late = node.is("no_schema_binding");
    // DuckDB binds a view when it is queried, and has no words for it
    const sql = database
        .translated(user, parsed)
        .replace(/ WITH NO SCHEMA BINDING$/, "")
        .replace(/^CREATE (?:OR REPLACE )?VIEW/, "CREATE OR REPLACE VIEW");
    if (late) {
        const unqualified = names.find(({ schema }) => schema === undefined);
        if (unqualified !== undefined) {
            throw new SqlError(
                "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING",
            );
        }
        lateViews.set(pathOf(relation), { sql, reads });
    } else {
        if (reads.some(({ schema }) => externalSchemas.has(schema))) {
            throw new SqlError("External tables are not supported in views");
        }
        await database.admit(user, { ...parsed, node: node.get("query") });
        await database.connection.run(sql);
        views.set(pathOf(relation), reads);
    }
    access.own(user, `relation ${pathOf(relation)}`);
}

/** The name of a new relation, if it may be made; undefined when it is there and the statement says IF NOT EXISTS. */
async function freeName(
    database: Database,
    user: string,
    name: RelationName,
    node: Tree,
): Promise<Relation | undefined> {
    const relation = resolved(name);
    const { access, externalSchemas } = database.state;
    if (externalSchemas.has(relation.schema)) {
        throw new SqlError("Operation not supported on external tables");
    }
    if (!database.state.schemas.has(relation.schema)) {
        throw new SqlError(`schema "${relation.schema}" does not exist`);
    }
    if (!node.is("temporary")) access.checkSchema(user, "CREATE", relation.schema);
    if (!database.state.hasRelation(relation)) return relation;
    if (node.is("if_not_exists")) return undefined;
    if (node.is("or_replace")) {
        checkOwner(database, user, relation);
        await forget(database, "VIEW", relation);
        return relation;
    }
    throw new SqlError(`Relation "${relation.name}" already exists`);
}

async function dropSchema(database: Database, user: string, { node }: Parsed): Promise<void> {
    const { access, schemas, externalSchemas } = database.state;
    const schema = node.get("name").name ?? "";
    if (!schemas.has(schema)) {
        if (node.is("if_exists")) return;
        throw new SqlError(`schema "${schema}" does not exist`);
    }
    if (!access.owns(user, `schema ${schema}`))
        throw new SqlError(`must be owner of schema ${schema}`);
    const relations = database.state.relationsOf(schema);
    const isExternal = externalSchemas.delete(schema);
    if (relations.length > 0 && !node.is("cascade") && !isExternal) {
        throw new SqlError(`cannot drop schema ${schema} because other objects depend on it`);
    }
    await database.connection.run(`DROP SCHEMA ${quoted(schema)} CASCADE`);
    for (const relation of relations) database.state.drop(relation);
    schemas.delete(schema);
    access.drop(`schema ${schema}`);
}

async function drop(
    database: Database,
    user: string,
    what: "TABLE" | "VIEW",
    names: readonly Tree[],
    node: Tree,
): Promise<void> {
    for (const relation of names.map((name) => resolved(nameOf(name)))) {
        if (database.state.hasRelation(relation)) {
            checkOwner(database, user, relation);
            await forget(database, what, relation);
        } else if (!node.is("if_exists")) {
            throw new SqlError(
                `${what === "TABLE" ? "Table" : "View"} "${relation.name}" does not exist`,
            );
        }
    }
}

async function forget(
    database: Database,
    what: "TABLE" | "VIEW",
    relation: Relation,
): Promise<void> {
    const ifExists = database.state.lateViews.has(pathOf(relation)) ? "IF EXISTS " : "";
    await database.connection.run(`DROP ${what} ${ifExists}${pathInSql(relation)}`);
    database.state.drop(relation);
}

async function comment(database: Database, user: string, { node }: Parsed): Promise<void> {
    const kind = node.get("kind").text ?? "";
    if (!["TABLE", "VIEW", "COLUMN"].includes(kind)) {
        throw new SqlError(
            `COMMENT ON ${kind} is not supported by the local stand-in for Redshift`,
        );
    }
    // the parser reads `schema.table` as a column of a table, and `schema.table.column` as one of `"schema.table"`
    const column = node.get("this", "column");
    const qualifier = column.get("table").name?.split(".") ?? [];
    const path = [
        ...qualifier,
        (column.present ? column.get("name") : node.get("this", "identifier")).name ?? "",
    ];
    const relation = ofPath(kind === "COLUMN" ? path.slice(0, -1) : path);
    if (!database.state.hasRelation(relation)) {
        throw new SqlError(`relation "${pathOf(relation)}" does not exist`);
    }
    checkOwner(database, user, relation);
    // DuckDB has no such view until somebody queries it
    if (database.state.lateViews.has(pathOf(relation))) return;
    const place = kind === "COLUMN" ? `.${quoted(path.at(-1) ?? "")}` : "";
    const text = node.get("expression", "literal", "value").text;
    await database.connection.run(
        `COMMENT ON ${kind} ${pathInSql(relation)}${place} IS ` +
            (text === undefined ? "NULL" : textLiteral(text)),
    );
}

/** A statement that only the owner of what it is about may run. */
function asOwner(about: (parsed: Parsed) => RelationName): Definition {
    return async (database, user, parsed) => {
        const relation = resolved(about(parsed));
        if (!database.state.hasRelation(relation)) {
            throw new SqlError(`relation "${pathOf(relation)}" does not exist`);
        }
        checkOwner(database, user, relation);
        await database.connection.run(database.translated(user, parsed));
    };
}

function checkOwner(database: Database, user: string, relation: Relation): void {
    const target: Target = `relation ${pathOf(relation)}`;
    if (!database.state.access.owns(user, target)) {
        throw new SqlError(`must be owner of relation ${relation.name}`);
    }
}
