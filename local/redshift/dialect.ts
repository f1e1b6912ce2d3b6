/** Redshift's SQL: what a statement is, which relations it touches, and how DuckDB says it. */
import { Dialect, generate, init, parse, transpile } from "@polyglot-sql/sdk";
import type { Relation } from "./access";
import { SqlError } from "./errors";
import { quoted, textLiteral } from "./names";
import { tokensOf, type Token } from "./reader";
import { Tree } from "./tree";

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
    readonly node: Tree;
}

/** A privilege that a statement needs on a relation. */
export interface Need {
    readonly privilege: "SELECT" | "INSERT" | "UPDATE" | "DELETE";
    readonly relation: RelationName;
}

/** Loads the parser. */
export const loadDialect = init;

/** What the parser answers. */
interface Outcome {
    readonly success: boolean;
    readonly error?: string | null;
}

/** @throws SqlError when it is not one statement of Redshift. */
export function parseStatement(sql: string): Parsed {
    const result = parse(sql, Dialect.Redshift) as Outcome & { ast?: unknown };
    if (!result.success) throw new SqlError(`syntax error: ${result.error ?? ""}`);
    const [root, ...others] = new Tree(result.ast).items;
    if (root === undefined || others.length > 0) {
        throw new SqlError("there must be one SQL statement");
    }
    const [kind, node] = root.expression;
    return { sql, kind, node };
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
export function expressionToDuckDb(expression: Tree, context: Context): string {
    const template = parseStatement("select 1").node.value as object;
    const query = { select: { ...template, expressions: [expression.value] } };
    // in PostgreSQL's words, which for an expression are Redshift's: its own generator writes \' for ''
    const sql = only(generate([query], Dialect.PostgreSQL));
    return toDuckDb(sql, context).replace(/^SELECT\s+/i, "");
}

function only(result: Outcome & { sql?: string[] }): string {
    const [sql] = result.sql ?? [];
    if (!result.success || sql === undefined) {
        throw new SqlError(`syntax error: ${result.error ?? ""}`);
    }
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
    if (reservedInDuckDb.has(word) && !(word === "at" && next === "time")) return quoted(word);
    if (tokens[index - 1]?.value === ".") return undefined; // a column's name
    if (word === "getdate" && next === "(") return "redshift_getdate";
    if (word === "sysdate") return "redshift_getdate()";
    if (["current_user", "session_user", "user"].includes(word)) return textLiteral(user);
    return undefined;
}

/** Names of the relations below `node`, except those that a WITH in it defines. */
export function relationsIn(node: Tree): RelationName[] {
    const found: RelationName[] = [];
    const defined = new Set<string | undefined>();
    node.visit((key, value) => {
        if (key === "ctes") for (const cte of value.items) defined.add(cte.get("alias").name);
        const relation = key === "table" ? relationName(value) : undefined;
        if (relation !== undefined) found.push(relation);
    });
    return found.filter(({ schema, name }) => schema !== undefined || !defined.has(name));
}

/** The relation that a reference of the tree names; undefined when it is no reference but a column's qualifier. */
function relationName(reference: Tree): RelationName | undefined {
    const name = reference.get("name").name;
    return name === undefined ? undefined : { schema: reference.get("schema").name, name };
}

/** The relation of a reference that must be one. */
export function nameOf(reference: Tree): RelationName {
    const name = relationName(reference);
    if (name === undefined) throw new SqlError("syntax error: a relation's name is missing");
    return name;
}

/** What a query or a change of rows needs. @see https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html */
export function needsOf({ kind, node }: Parsed): Need[] {
    const select = (part: Tree): Need[] =>
        relationsIn(part).map((relation) => ({ privilege: "SELECT", relation }));
    const change = (privilege: Need["privilege"], target: Tree): Need => ({
        privilege,
        relation: nameOf(target),
    });
    const table = node.get("table");
    switch (kind) {
        case "insert":
            return [change("INSERT", table), ...select(node.without("table"))];
        case "delete":
        case "update": {
            const reads = node.get("where_clause").present ? [change("SELECT", table)] : [];
            const privilege = kind === "delete" ? "DELETE" : "UPDATE";
            return [change(privilege, table), ...reads, ...select(node.without("table"))];
        }
        case "merge": {
            const changes = new Set<string | undefined>();
            node.get("whens").visit((key, value) => {
                if (key === "var") changes.add(value.get("this").text?.toUpperCase());
            });
            const target = node.get("this", "table");
            const privileges = (["INSERT", "UPDATE", "DELETE"] as const).filter((privilege) =>
                changes.has(privilege),
            );
            return [...privileges.map((each) => change(each, target)), ...select(node)];
        }
        default:
            return select(node);
    }
}

/** Names of a query's columns, as Redshift makes them up where the query gives none; undefined for `*`. */
export function columnLabels({ kind, node }: Parsed): string[] | undefined {
    if (kind !== "select") return undefined;
    const labels = node.get("expressions").items.map(labelOf);
    return labels.every((label) => label !== undefined) ? labels : undefined;
}

function labelOf(expression: Tree): string | undefined {
    const [kind, value] = expression.expression;
    switch (kind) {
        case "star":
            return undefined;
        case "alias":
            return value.get("alias").name;
        case "column":
            return value.get("name").name;
        case "cast":
            return labelOf(value.get("this"));
        case "function":
        case "aggregate_function":
            return value.name;
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
