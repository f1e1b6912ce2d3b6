/** Redshift's SQL: what a statement is, which relations it touches, and how DuckDB says it. */
import { Dialect, generate, init, parse, transpile } from "@polyglot-sql/sdk";
import type { Relation } from "./access";
import { SqlError } from "./errors";

/* eslint-disable @typescript-eslint/no-explicit-any -- the parser's tree has no useful static type */
/** A node of the parser's tree: an object whose only key is the kind of expression. */
export type Node = any;

/** A relation as the statement names it: without a schema it is looked for along the search path. */
export interface RelationName {
    readonly schema: string | undefined;
    readonly name: string;
}

/** A statement that the parser knows. */
export interface Parsed {
    /** Kind of its root, such as `select`, `insert` or `create_table`. */
    readonly kind: string;
    readonly node: Node;
}

/** A privilege that a statement needs on a relation. */
export interface Need {
    readonly privilege: "SELECT" | "INSERT" | "UPDATE" | "DELETE";
    readonly relation: RelationName;
}

/** Loads the parser. */
export const loadDialect = init;

/** @throws SqlError when it is not one statement of Redshift. */
export function parseStatement(sql: string): Parsed {
    const result = parse(sql, Dialect.Redshift) as { success: boolean; ast?: Node; error?: string };
    if (!result.success) throw new SqlError(`syntax error: ${result.error ?? ""}`);
    const statements: Node[] = Array.isArray(result.ast) ? result.ast : [result.ast];
    const root = statements[0];
    const kind = root === undefined ? undefined : Object.keys(root)[0];
    if (kind === undefined || statements.length !== 1) {
        throw new SqlError("there must be one SQL statement");
    }
    return { kind, node: root[kind] };
}

/** Who asks, for functions that tell. */
export interface Context {
    readonly user: string;
    readonly database: string;
}

/** The statement in DuckDB's dialect. */
export function toDuckDb({ kind, node }: Parsed, context: Context): string {
    const prepared = rewrite({ [kind]: node }, (key, value) => replaced(key, value, context));
    const text = only(generate([prepared], Dialect.Redshift));
    return only(transpile(text, Dialect.Redshift, Dialect.DuckDB));
}

/** An expression, such as a column's default, in DuckDB's dialect. */
export function expressionToDuckDb(expression: Node, context: Context): string {
    const query = { select: { expressions: [expression] } };
    const template: Node = parseStatement("select 1").node;
    const sql = toDuckDb({ kind: "select", node: { ...template, ...query.select } }, context);
    return sql.replace(/^SELECT\s+/i, "");
}

function only(result: { success: boolean; sql?: string[]; error?: string }): string {
    const [sql] = result.sql ?? [];
    if (!result.success || sql === undefined)
        throw new SqlError(`syntax error: ${result.error ?? ""}`);
    return sql;
}

const text = (value: string): Node => ({ literal: { literal_type: "string", value } });

/** Functions that would mean something else in DuckDB; `redshift_getdate` is a macro of the database. */
function replaced(key: string, value: Node, { user, database }: Context): Node {
    if (key !== "function") return undefined;
    switch (String(value.name).toLowerCase()) {
        case "getdate":
        case "sysdate":
            return { function: { ...value, name: "redshift_getdate", no_parens: false } };
        case "current_user":
        case "session_user":
        case "user":
            return text(user);
        case "current_database":
            return text(database);
        default:
            return undefined;
    }
}

function rewrite(node: Node, replace: (key: string, value: Node) => Node): Node {
    if (Array.isArray(node)) return node.map((item) => rewrite(item, replace));
    if (node === null || typeof node !== "object") return node;
    for (const [key, value] of Object.entries(node)) {
        const replacement = replace(key, value);
        if (replacement !== undefined) return replacement;
    }
    return Object.fromEntries(
        Object.entries(node).map(([key, value]) => [key, rewrite(value, replace)]),
    );
}

/** Names of the relations below `node`, except those that a WITH in it defines. */
export function relationsIn(node: Node): RelationName[] {
    const found: RelationName[] = [];
    const defined = new Set<string>();
    visit(node, (key, value) => {
        if (key === "ctes")
            for (const cte of value) defined.add(String(cte.alias.name).toLowerCase());
        const relation = key === "table" ? relationName(value) : undefined;
        if (relation !== undefined) found.push(relation);
    });
    return found.filter(({ schema, name }) => schema !== undefined || !defined.has(name));
}

/** The relation that a reference of the tree names; undefined when it is no reference but a column's qualifier. */
export function relationName(reference: Node): RelationName | undefined {
    const name = reference?.name?.name;
    if (typeof name !== "string") return undefined;
    const schema = reference.schema?.name as string | undefined;
    return { schema: schema?.toLowerCase(), name: name.toLowerCase() };
}

/** As {@link relationName}, of a reference that must be one. */
export function nameOf(reference: Node): RelationName {
    const name = relationName(reference);
    if (name === undefined) throw new SqlError("syntax error: a relation's name is missing");
    return name;
}

function visit(node: Node, see: (key: string, value: Node) => void): void {
    if (node === null || typeof node !== "object") return;
    for (const [key, value] of Object.entries(node)) {
        if (value === null || value === undefined) continue;
        if (!Array.isArray(node)) see(key, value);
        visit(value, see);
    }
}

/** What a query or a change of rows needs. @see https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html */
export function needsOf({ kind, node }: Parsed): Need[] {
    const select = (part: Node): Need[] =>
        relationsIn(part).map((relation) => ({ privilege: "SELECT", relation }));
    const change = (privilege: Need["privilege"], target: Node): Need => ({
        privilege,
        relation: nameOf(target),
    });
    switch (kind) {
        case "insert": {
            const { table, ...rest } = node;
            return [change("INSERT", table), ...select(rest)];
        }
        case "delete":
        case "update": {
            const { table, ...rest } = node;
            const reads = node.where_clause === null ? [] : [change("SELECT", table)];
            const privilege = kind === "delete" ? "DELETE" : "UPDATE";
            return [change(privilege, table), ...reads, ...select(rest)];
        }
        case "merge": {
            const target = node.this.table;
            const changes = new Set<string>();
            visit(node.whens, (key, value) => {
                if (key === "var") changes.add(String(value.this).toUpperCase());
            });
            const privileges = (["INSERT", "UPDATE", "DELETE"] as const).filter((p) =>
                changes.has(p),
            );
            return [...privileges.map((p) => change(p, target)), ...select(node)];
        }
        default:
            return select(node);
    }
}

/** Names of a query's columns, as Redshift makes them up where the query gives none; undefined for `*`. */
export function columnLabels({ kind, node }: Parsed): string[] | undefined {
    if (kind !== "select") return undefined;
    const labels = (node.expressions as Node[]).map(labelOf);
    return labels.includes(undefined) ? undefined : (labels as string[]);
}

function labelOf(expression: Node): string | undefined {
    const kind = Object.keys(expression)[0] ?? "";
    const value = expression[kind];
    switch (kind) {
        case "star":
            return undefined;
        case "alias":
            return String(value.alias.name).toLowerCase();
        case "column":
            return value.name.name === "*" ? undefined : String(value.name.name).toLowerCase();
        case "cast":
            return labelOf(value.this);
        case "function":
        case "aggregate_function":
            return String(value.name).toLowerCase();
        case "count":
        case "sum":
        case "avg":
        case "min":
        case "max":
        case "coalesce":
            return kind;
        default:
            return "?column?";
    }
}

/** The relation that `name` stands for: `public` is the only schema of the search path that has tables. */
export function resolved({ schema, name }: RelationName): Relation {
    return { schema: schema ?? "public", name };
}

/** The relation of a dotted name. */
export function ofPath(path: readonly string[]): Relation {
    const [name = "", schema] = [...path].reverse();
    return resolved({ schema, name });
}
