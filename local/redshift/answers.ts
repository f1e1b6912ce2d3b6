/** Answers of the Data API about statements. @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html */
import type { Call, Reply } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import type { Statement, SubStatement } from "./statements";

const rowsOfPage = 1000;

/** Where and as whom a statement runs. */
export function ownerOf({ submission }: Statement): object {
    const { cluster, database, dbUser, secretArn } = submission;
    return {
        ClusterIdentifier: cluster.identifier,
        Database: database,
        DbUser: dbUser,
        ...(secretArn === undefined ? {} : { SecretArn: secretArn }),
    };
}

/** The answer to DescribeStatement. */
export function described(statement: Statement): object {
    const { parts, whole, submission } = statement;
    const own = partDescribed(statement, whole);
    const common = {
        ...own,
        ...ownerOf(statement),
        ...(submission.name === undefined ? {} : { StatementName: submission.name }),
    };
    if (!submission.isBatch) return common;
    return {
        ...common,
        HasResultSet: parts.some(({ result }) => result?.table !== undefined),
        SubStatements: parts.map((part) => partDescribed(statement, part)),
    };
}

/** One statement of a batch, as DescribeStatement has it. */
export function partDescribed(statement: Statement, part: SubStatement): object {
    return {
        Id: part.id,
        Status: part.status,
        QueryString: part.sql,
        CreatedAt: statement.createdAt / 1000,
        UpdatedAt: part.updatedAt / 1000,
        Duration: part.duration,
        HasResultSet: part.result?.table !== undefined,
        ResultRows: part.result?.rowCount ?? -1,
        ...(part.error === undefined ? {} : { Error: part.error }),
    };
}

/** The answer to GetStatementResult. */
export function resultPage({ status, result }: SubStatement, call: Call): Reply {
    const table = result?.table;
    if (status !== "FINISHED" || table === undefined) {
        throw new ServiceError(
            "ResourceNotFoundException",
            "Query does not have result. Please check query status with DescribeStatement.",
        );
    }
    const { NextToken = "0" } = input<{ NextToken?: string }>(call);
    const first = Number(NextToken);
    const rows = table.rows.slice(first, first + rowsOfPage);
    const next = first + rows.length;
    const head = JSON.stringify({
        ColumnMetadata: table.columns,
        TotalNumRows: table.rows.length,
        ...(next < table.rows.length ? { NextToken: String(next) } : {}),
    });
    // the fields are JSON already, with integers that JavaScript would round
    const records = rows.map((row) => `[${row.join(",")}]`).join(",");
    return { ...json({}), body: `${head.slice(0, -1)},"Records":[${records}]}` };
}

/** The answer to ListStatements. */
export function listed(statements: ReadonlyMap<string, Statement>, call: Call): object {
    const { StatementName, Status } = input<{ StatementName?: string; Status?: string }>(call);
    const own = [...statements.values()].filter(
        ({ submission, whole }) =>
            submission.caller === call.role &&
            (StatementName === undefined || submission.name?.startsWith(StatementName) === true) &&
            (Status === undefined || Status === "ALL" || whole.status === Status),
    );
    return {
        Statements: own.reverse().map((statement) => ({
            Id: statement.id,
            Status: statement.whole.status,
            StatementName: statement.submission.name,
            QueryString: statement.whole.sql,
            QueryStrings: statement.submission.sqls,
            IsBatchStatement: statement.submission.isBatch,
            CreatedAt: statement.createdAt / 1000,
            UpdatedAt: statement.whole.updatedAt / 1000,
            SecretArn: statement.submission.secretArn,
        })),
    };
}
