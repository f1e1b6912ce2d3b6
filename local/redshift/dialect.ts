/** Redshift's SQL: what a statement is, which relations it touches, and how DuckDB says it. */
import { Dialect, generate, init, parse, transpile } from "@polyglot-sql/sdk";
import type { Relation } from "./access";
import { SqlError } from "./errors";
import { quoted, textLiteral } from "./names";
import { tokensOf, type Token } from "./reader";

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
    readonly sql: string;
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
    return { sql, kind, node: root[kind] };
}

/** Who asks, for functions that tell. */
export interface Context {
    readonly user: string;
}

/** A statement in DuckDB's dialect. */
export function toDuckDb(sql: string, context: Context): string {
    return only(transpile(prepared(sql, context), Dialect.Redshift, Dialect.DuckDB));
}

/** An expression, such as a column's default, in DuckDB's dialect. */
export function expressionToDuckDb(expression: Node, context: Context): string {
    const template: Node = parseStatement("select 1").node;
    const query = { select: { ...template, expressions: [expression] } };
    // in PostgreSQL's words, which for an expression are Redshift's: its own generator writes \\' for ''
    const sql = only(generate([query], Dialect.PostgreSQL));
    return toDuckDb(sql, context).replace(/^SELECT\s+/i, "");
}

function only(result: { success: boolean; sql?: string[]; error?: string }): string {
    const [sql] = result.sql ?? [];
    if (!result.success || sql === undefined)
        throw new SqlError(`syntax error: ${result.error ?? ""}`);
    return sql;
}

/** The statement with what would mean something else in DuckDB, or nothing, put in words that both understand. */
function prepared(sql: string, context: Context): string {
    const tokens = tokensOf(sql);
    let text = "";
    let end = 0;
    tokens.forEach((token, index) => {
        const replacement = token.kind === "word" ? replaced(tokens, index, context) : undefined;
        if (replacement === undefined) return;
        text += sql.slice(end, token.start) + replacement;
        end = token.end;
    });
    return text + sql.slice(end);
}

/** Names in Redshift, words of the language in DuckDB. */
const reservedInDuckDb = new Set(
    "anti asof at columns glob lambda map positional semi struct summarize unpack".split(" "),
);

/** `redshift_getdate` is a macro of the database. */
function replaced(tokens: readonly Token[], index: number, { user }: Context): string | undefined {
    const word = tokens[index]?.value.toLowerCase() ?? "";
    const next = tokens[index + 1]?.value.toLowerCase();
    const isPart = tokens[index - 1]?.value === ".";
    if (reservedInDuckDb.has(word) && !(word === "at" && next === "time")) return quoted(word);
    if (isPart) return undefined;
    if (word === "getdate" && next === "(") return "redshift_getdate";
    if (word === "sysdate") return "redshift_getdate()";
    if (["current_user", "session_user", "user"].includes(word)) return textLiteral(user);
    return undefined;
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
