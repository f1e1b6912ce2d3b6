/** What conditions make of a statement. */
import { baseOperator, type Condition, type Statement } from "./document";

/** Operators that hold only for the values given. */
const positive =
    /^(string(equals|like|equalsignorecase)|arn(equals|like)|bool|numericequals|ipaddress)$/;

/** True if the condition must be met, and by a value that isn't any value. */
export function binds({ operator, values }: Condition): boolean {
    const lower = operator.toLowerCase();
    return (
        positive.test(baseOperator(operator)) &&
        !lower.endsWith("ifexists") &&
        !lower.startsWith("forallvalues:") && // holds where the key is missing
        values.length > 0 &&
        values.every((value) => !/^[*?]*$/.test(value) && !/^arn:\*/.test(value))
    );
}

/** True if some binding condition is on a key that `pattern` matches. */
export const boundBy = (statement: Statement, pattern: RegExp): boolean =>
    statement.conditions.some((condition) => binds(condition) && pattern.test(condition.key));

/** Keys that limit an action to some resources although its `Resource` doesn't. */
const narrowing =
    /^(aws:(Resource|Request)Tag\/.+|[\w-]+:(Resource|Request)Tag\/.+|kms:(ResourceAliases|RequestAlias)|ec2:(Vpc|Subnet|CreateAction)|cloudwatch:namespace|secretsmanager:(Name|SecretId)|redshift-data:.+|states:.+|logs:.+)$/i;

/** True if some binding condition is on a key that `keys` matches, and none of its values is `tooWide`. */
export const boundTo = (
    statement: Statement,
    keys: RegExp,
    tooWide: (value: string) => boolean,
): boolean =>
    statement.conditions.some(
        (condition) =>
            binds(condition) && keys.test(condition.key) && !condition.values.some(tooWide),
    );

/** True for a pattern that fits everything of a type: `alias/*`, or an ARN whose whole name is a wildcard. */
export const ofAnyName = (value: string): boolean =>
    /^(alias\/|arn:([^:]*:){4}([\w-]+[:/])?)[*?]+$/.test(value);

/** True if conditions limit the statement to some resources. */
export const narrowed = (statement: Statement): boolean => boundTo(statement, narrowing, ofAnyName);

/** The fixed beginnings of ids and a part of an account's number, before a wildcard that may stand for anybody's. */
const idOfAnybody = /^(o-|vpce?-|AROA|AIDA|\d{0,11})?[*?]/;

/**
 * True for a pattern that fits what other accounts have: all wildcard, an id without anything of its own, or an ARN
 * with a wildcard where the account's number stands, or where the name begins in an ARN without one, as S3's.
 */
export function ofAnyAccount(value: string): boolean {
    const [scheme, , , , account = "", ...rest] = value.split(":");
    if (scheme !== "arn") return idOfAnybody.test(value) && !/@\w/.test(value); // of one domain
    return account === "" ? /^([*?]|$)/.test(rest.join(":")) : /[*?]/.test(account);
}

/** True if some binding condition on a key that `keys` matches holds for none but known accounts. */
export const boundToAccount = (statement: Statement, keys: RegExp): boolean =>
    boundTo(statement, keys, ofAnyAccount);

/** True if a key's grants are limited: to what AWS's services need, or in who gets them and what for. */
export const grantsLimited = (statement: Statement): boolean =>
    boundTo(statement, /^kms:GrantIsForAWSResource$/i, (value) => !/^true$/i.test(value)) ||
    boundBy(statement, /^kms:(GrantOperations|GranteePrincipal|GrantConstraintType)$/i);

/** Keys by which a service proves for whom it acts; for KMS also what it encrypts, or whose request it is. */
const source =
    /^(aws:Source(Account|Arn|OrgID|OrgPaths|Owner)|kms:EncryptionContext:.+|kms:CallerAccount)$/i;

/** True if a service is let in only on behalf of named accounts or resources. */
export const boundToSource = (statement: Statement): boolean => boundToAccount(statement, source);

/** The account whose number `value` is, or that stands in it as an ARN. */
export const accountIn = (value: string): string | undefined =>
    /^\d{12}$/.test(value) ? value : /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(value)?.[1];

const accountsUnder = (statement: Statement, keys: RegExp): readonly string[] =>
    statement.conditions
        .filter((condition) => binds(condition) && keys.test(condition.key))
        .flatMap(({ values }) => values.flatMap((value) => accountIn(value) ?? []));

/** Accounts on whose behalf the statement lets services in; some tell it by sts:ExternalId when they assume a role. */
export const sourceAccounts = (statement: Statement): readonly string[] =>
    accountsUnder(
        statement,
        statement.principals.some(({ kind }) => kind === "Service")
            ? /^(aws:Source(Account|Arn|Owner)|kms:EncryptionContext:.+|sts:ExternalId)$/i
            : /^aws:Source(Account|Arn|Owner)$/i,
    );

/** Accounts whose principals, or whose access points, the statement's conditions let in. */
export const callerAccounts = (statement: Statement): readonly string[] =>
    accountsUnder(
        statement,
        /^(aws:Principal(Account|Arn)|kms:CallerAccount|s3:DataAccessPoint(Account|Arn))$/i,
    );

/**
 * Keys that say who calls, or from where, closely enough that the call isn't public
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html). Not tags of the
 * caller: another account tags its principals as it likes. Not what the caller asks for, such as sns:Endpoint.
 */
const caller =
    /^(aws:Principal(OrgID|OrgPaths|Account|Arn)|aws:Source(Account|Arn|Owner|OrgID|OrgPaths|Vpc|Vpce)|aws:userid|kms:CallerAccount|s3:DataAccessPoint(Account|Arn))$/i;

/** True if not everybody gets through. */
export const boundToCaller = (statement: Statement): boolean =>
    boundToAccount(statement, caller) || boundToAddresses(statement);

/** True if only addresses of ranges narrow enough to be somebody's own get through, as AWS draws the line. */
const boundToAddresses = (statement: Statement): boolean =>
    statement.conditions.some(
        (condition) =>
            /^aws:SourceIp$/i.test(condition.key) &&
            binds(condition) &&
            condition.values.every((range) => {
                const [address = "", bits] = range.split("/");
                return Number(bits ?? 128) >= (address.includes(":") ? 32 : 8);
            }),
    );
