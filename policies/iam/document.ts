/** Policy documents: read leniently, as IAM does, into one shape. */
import type { Property } from "../core/property";

/** Who a statement is about. */
export interface Principal {
    /** `AWS`, `Service`, `Federated`, `CanonicalUser`. */
    readonly kind: string;
    readonly value: string;
}

/** One operator, key and its values of a `Condition`. */
export interface Condition {
    /** As written, such as `ForAnyValue:StringLikeIfExists`. */
    readonly operator: string;
    /** As written; IAM ignores case in keys. */
    readonly key: string;
    readonly values: readonly string[];
}

/** A statement with every list a list. */
export interface Statement {
    readonly index: number;
    readonly sid: string | undefined;
    readonly effect: string;
    readonly actions: readonly string[];
    readonly notActions: readonly string[] | undefined;
    readonly resources: readonly string[];
    readonly notResources: readonly string[] | undefined;
    readonly principals: readonly Principal[];
    readonly notPrincipals: readonly Principal[] | undefined;
    readonly conditions: readonly Condition[];
}

/** A document that could be read. */
export interface PolicyDocument {
    readonly version: string | undefined;
    readonly statements: readonly Statement[];
    /** Characters that count against IAM's quotas: all but white space. */
    readonly size: number;
}

/** What stands where a document should. */
export type Reading =
    | { readonly kind: "document"; readonly document: PolicyDocument }
    | { readonly kind: "unknown" }
    | { readonly kind: "absent" }
    | { readonly kind: "malformed"; readonly why: string };

/** Reads the document at `property`: JSON text, or the object itself. */
export function readDocument(property: Property): Reading {
    if (property.holdsUnknown) return { kind: "unknown" };
    if (property.absent || property.value === "") return { kind: "absent" };
    try {
        return { kind: "document", document: parseDocument(property.value) };
    } catch (error) {
        return { kind: "malformed", why: error instanceof Error ? error.message : String(error) };
    }
}

const read = new Map<string, PolicyDocument>();

/** @throws Error where the value isn't a policy document. */
export function parseDocument(value: unknown): PolicyDocument {
    if (typeof value !== "string") return toDocument(value, JSON.stringify(value));
    let document = read.get(value);
    if (document === undefined) {
        document = toDocument(JSON.parse(value), value);
        if (read.size > 500) read.clear();
        read.set(value, document);
    }
    return document;
}

function toDocument(parsed: unknown, text: string): PolicyDocument {
    const root = object(parsed, "document");
    const raw = root.Statement;
    const statements = raw === undefined ? [] : Array.isArray(raw) ? (raw as unknown[]) : [raw];
    return {
        version: typeof root.Version === "string" ? root.Version : undefined,
        statements: statements.map(toStatement),
        size: text.replace(/\s/g, "").length,
    };
}

function toStatement(raw: unknown, index: number): Statement {
    const statement = object(raw, `Statement[${String(index)}]`);
    const optional = (key: string) =>
        statement[key] === undefined ? undefined : texts(statement[key]);
    return {
        index,
        sid: typeof statement.Sid === "string" ? statement.Sid : undefined,
        effect: String(statement.Effect),
        actions: optional("Action") ?? [],
        notActions: optional("NotAction"),
        resources: optional("Resource") ?? [],
        notResources: optional("NotResource"),
        principals: principals(statement.Principal),
        notPrincipals:
            statement.NotPrincipal === undefined ? undefined : principals(statement.NotPrincipal),
        conditions: conditions(statement.Condition),
    };
}

function principals(raw: unknown): Principal[] {
    if (raw === undefined) return [];
    if (typeof raw === "string") return [{ kind: "AWS", value: raw }];
    return Object.entries(object(raw, "Principal")).flatMap(([kind, values]) =>
        texts(values).map((value) => ({ kind, value })),
    );
}

function conditions(raw: unknown): Condition[] {
    if (raw === undefined) return [];
    return Object.entries(object(raw, "Condition")).flatMap(([operator, keys]) =>
        Object.entries(object(keys, `Condition.${operator}`)).map(([key, values]) => ({
            operator,
            key,
            values: texts(values),
        })),
    );
}

function texts(value: unknown): string[] {
    return (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);
}

function object(value: unknown, where: string): Record<string, unknown> {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
        return value as Record<string, unknown>;
    }
    throw new Error(`${where} is ${Array.isArray(value) ? "a list" : typeof value}, not an object`);
}

/** How a statement is called in a finding: its Sid, else its place. */
export const labelOf = (statement: Statement): string =>
    statement.sid ?? `#${String(statement.index)}`;

/** The operator without set prefix and `IfExists`, in lower case. */
export const baseOperator = (operator: string): string =>
    operator
        .toLowerCase()
        .replace(/^for(any|all)values?:/, "")
        .replace(/ifexists$/, "");

/** True if a value matches an IAM pattern with `*` and `?`. */
export function matches(pattern: string, value: string): boolean {
    let expression = patterns.get(pattern);
    if (expression === undefined) {
        const source = pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replace(/\*/g, ".*")
            .replace(/\?/g, ".");
        expression = new RegExp(`^${source}$`, "is");
        patterns.set(pattern, expression);
    }
    return expression.test(value);
}

const patterns = new Map<string, RegExp>();

/** True for a principal that is everyone. */
export const isEveryone = ({ kind, value }: Principal): boolean =>
    kind === "AWS" && /^\*+$/.test(value);

/** The account that an `AWS` principal names by its root or number, or by one of its users or roles. */
export function accountOf({ kind, value }: Principal): string | undefined {
    if (kind !== "AWS") return undefined;
    return /^\d{12}$/.test(value) ? value : /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(value)?.[1];
}

/** True for a principal that is a whole account. */
export const isWholeAccount = ({ kind, value }: Principal): boolean =>
    kind === "AWS" && (/^\d{12}$/.test(value) || /^arn:[\w-]+:iam::[\d*]+:root$/.test(value));

/** True for one role or user, by name. */
export const isSingle = (principal: Principal): boolean =>
    principal.kind === "AWS" && !isWholeAccount(principal) && !/[*?]/.test(principal.value);
