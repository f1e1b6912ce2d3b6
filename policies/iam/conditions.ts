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

/** True if conditions limit the statement to some resources. */
export const narrowed = (statement: Statement): boolean => boundBy(statement, narrowing);

/** Keys by which a service proves for whom it acts; for KMS also what it encrypts, or whose request it is. */
const source =
    /^(aws:Source(Account|Arn|OrgID|OrgPaths|Owner)|kms:EncryptionContext:.+|kms:CallerAccount)$/i;

/** True if a service is let in only on behalf of named accounts or resources. */
export const boundToSource = (statement: Statement): boolean => boundBy(statement, source);

/** Keys that say who calls, or from where, closely enough that the call isn't public. */
const caller =
    /^(aws:Principal(OrgID|OrgPaths|Account|Arn|ServiceName|IsAWSService|Tag\/.+)|aws:Source(Account|Arn|Owner|OrgID|OrgPaths|Vpc|Vpce)|aws:userid|kms:CallerAccount|s3:DataAccessPointAccount|sns:Endpoint)$/i;

/** True if not everybody gets through. */
export const boundToCaller = (statement: Statement): boolean => boundBy(statement, caller);
