/** Policy documents as IAM reads them: one value or a list, in one shape. */

/** One operator with one key and its values. */
export interface Condition {
    /** As written, such as `ForAnyValue:StringLikeIfExists`. */
    readonly operator: string;
    /** In lower case: IAM ignores the case of keys. */
    readonly key: string;
    readonly values: readonly string[];
}

/** Who a statement is about. */
export interface NamedPrincipal {
    /** `AWS`, `Service`, `Federated`, `CanonicalUser`. */
    readonly kind: string;
    readonly value: string;
}

/** A statement. What it does not have is undefined: a trust has no resources, an identity's policy no principals. */
export interface Statement {
    /** Its Sid, or its place: `#0`. */
    readonly label: string;
    readonly effect: string;
    readonly actions: readonly string[] | undefined;
    readonly notActions: readonly string[] | undefined;
    readonly resources: readonly string[] | undefined;
    readonly notResources: readonly string[] | undefined;
    readonly principals: readonly NamedPrincipal[] | undefined;
    readonly notPrincipals: readonly NamedPrincipal[] | undefined;
    readonly conditions: readonly Condition[];
}

/** A document and what it is called. */
export interface PolicyDocument {
    readonly name: string;
    readonly statements: readonly Statement[];
}

/** Reads a document's JSON. @throws SyntaxError when it is none. */
export function readDocument(name: string, text: string): PolicyDocument {
    const { Statement: statements = [] } = JSON.parse(text) as { Statement?: unknown };
    return { name, statements: [statements].flat().map(readStatement) };
}

function readStatement(raw: any, index: number): Statement {
    return {
        label: typeof raw.Sid === "string" && raw.Sid !== "" ? raw.Sid : `#${String(index)}`,
        effect: String(raw.Effect),
        actions: list(raw.Action),
        notActions: list(raw.NotAction),
        resources: list(raw.Resource),
        notResources: list(raw.NotResource),
        principals: principals(raw.Principal),
        notPrincipals: principals(raw.NotPrincipal),
        conditions: Object.entries<Record<string, unknown>>(raw.Condition ?? {}).flatMap(
            ([operator, keys]) =>
                Object.entries(keys).map(([key, values]) => ({
                    operator,
                    key: key.toLowerCase(),
                    values: list(values) ?? [],
                })),
        ),
    };
}

function list(value: unknown): string[] | undefined {
    return value === undefined ? undefined : [value].flat().map(String);
}

function principals(value: unknown): NamedPrincipal[] | undefined {
    if (value === undefined) return undefined;
    if (typeof value === "string") return [{ kind: "AWS", value }];
    return Object.entries(value as object).flatMap(([kind, values]) =>
        (list(values) ?? []).map((each) => ({ kind, value: each })),
    );
}
