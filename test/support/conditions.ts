/** What IAM makes of a statement's conditions, for the operators that bucket policies here use. */

type Context = Readonly<Record<string, string>>;
type Operator = (value: string | undefined, expected: string) => boolean;

/** Negated operators hold for a missing key; the others do not. */
const operators: Readonly<Record<string, Operator>> = {
    Null: (value, expected) => String(value === undefined) === expected,
    Bool: (value, expected) => value === expected,
    StringEquals: (value, expected) => value === expected,
    StringNotEquals: (value, expected) => value !== expected,
    NumericLessThan: (value, expected) => value !== undefined && Number(value) < Number(expected),
};

/** A request for an upload over TLS 1.3. */
const upload: Context = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };

/** Sids of the Deny statements that refuse an upload with these condition keys. */
export function refusals(statements: readonly any[], keys: Context): string[] {
    const context: Context = { ...upload, ...keys };
    return statements
        .filter(
            ({ Effect, Action }) =>
                Effect === "Deny" && (Action.includes("s3:PutObject") || Action.includes("s3:*")),
        )
        .filter(({ Condition }) => holds(Condition, context))
        .map(({ Sid }) => Sid);
}

function holds(conditions: Record<string, Record<string, string>>, context: Context): boolean {
    return Object.entries(conditions).every(([name, tests]) => {
        const operator = operators[name];
        if (operator === undefined) throw new Error(`no model of the operator ${name}`);
        return Object.entries(tests).every(([key, expected]) => operator(context[key], expected));
    });
}
