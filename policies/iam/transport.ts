/** What resource policies say about how requests must arrive: over TLS, under the right key. */
import { isCustomerKey } from "../core/checks";
import { ofAnyAccount } from "./conditions";
import { baseOperator, isEveryone, matches, type PolicyDocument, type Statement } from "./document";

/** True if everyone is refused `action` on each of `resources` by a statement that `test` accepts. */
export function refuses(
    document: PolicyDocument,
    action: string,
    resources: readonly string[],
    test: (statement: Statement) => boolean,
): boolean {
    const statements = document.statements.filter(
        (statement) =>
            statement.effect === "Deny" &&
            statement.principals.some(isEveryone) &&
            statement.actions.some((pattern) => matches(pattern, action)) &&
            test(statement),
    );
    return resources.every((resource) =>
        statements.some((statement) =>
            statement.resources.some((pattern) => matches(pattern, resource)),
        ),
    );
}

/** A statement that only asks whether the request came without TLS. */
export const whereInsecure = (statement: Statement): boolean =>
    onlyCondition(
        statement,
        ({ operator, key, values }) =>
            baseOperator(operator) === "bool" &&
            /^aws:SecureTransport$/i.test(key) &&
            same(values, ["false"]),
    );

/** A statement that only asks whether the request's TLS is older than `version`. */
export const whereTlsBelow =
    (version: number) =>
    (statement: Statement): boolean =>
        onlyCondition(
            statement,
            ({ operator, key, values }) =>
                baseOperator(operator) === "numericlessthan" &&
                /^s3:TlsVersion$/i.test(key) &&
                values.every((value) => Number(value) >= version),
        );

/** Conditions beside which an upload under another key is still refused to everybody but AWS's services. */
const uploads = /^(s3:x-amz-server-side-encryption.*|aws:(PrincipalIsAWSService|ViaAWSService))$/i;

const keyHeader = /^s3:x-amz-server-side-encryption-aws-kms-key-id$/i;

const isNegated = (operator: string): boolean =>
    /^(string|arn)not(equals|like|equalsignorecase)$/.test(baseOperator(operator));

/** The keys that a statement refuses all others than. */
export const pinnedKeys = (statement: Statement): readonly string[] =>
    statement.conditions.flatMap(({ operator, key, values }) =>
        keyHeader.test(key) && isNegated(operator) ? values : [],
    );

/** A statement that asks whether an upload names another key than a customer's. */
export const whereOtherKey = (statement: Statement): boolean =>
    statement.conditions.every(({ key }) => uploads.test(key)) &&
    statement.conditions.some(
        ({ operator, key, values }) =>
            isNegated(operator) &&
            keyHeader.test(key) &&
            values.every((value) => isCustomerKey(value) && !ofAnyAccount(value)),
    );

function onlyCondition(
    statement: Statement,
    test: (condition: Statement["conditions"][number]) => boolean,
): boolean {
    return statement.conditions.length === 1 && statement.conditions.every(test);
}

const same = (values: readonly string[], expected: readonly string[]) =>
    values.length === expected.length &&
    values.every((value) => expected.includes(value.toLowerCase()));

/** Condition keys of a request, as S3 makes them of its headers. */
export type Headers = Readonly<Record<string, string>>;

/** True if every condition of the statement holds for a request with these headers; unknown operators never do. */
export function applies(statement: Statement, headers: Headers): boolean {
    return statement.conditions.every(({ operator, key, values }) => {
        const name = Object.keys(headers).find(
            (header) => header.toLowerCase() === key.toLowerCase(),
        );
        const value = name === undefined ? undefined : headers[name];
        const base = baseOperator(operator);
        if (base === "null") return values.includes(String(value === undefined));
        // Without the key, operators hold where they say IfExists or are negations.
        if (value === undefined) return /ifexists$/i.test(operator) || base.includes("not");
        const equal = values.some((expected) => matches(expected, value));
        if (/^(string|arn)(equals|like)/.test(base)) return equal;
        return /^(string|arn)not(equals|like)/.test(base) && !equal;
    });
}
