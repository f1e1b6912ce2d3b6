/** The Redshift Data API over HTTP. @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html */
import type { Call, Handler, Handlers } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import { described, listed, ownerOf, partDescribed, resultPage } from "./answers";
import { Cluster, type ClusterOptions } from "./cluster";
import { loadDialect } from "./dialect";
import { withParameters, type SqlParameter } from "./parameters";
import type { Reach } from "./session";
import { Statement, type SubStatement, type Submission } from "./statements";

/** Limits of the service (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html). */
const maxStatements = 40;
const maxStatementBytes = 100_000;

/** Options of {@link startRedshift}. */
export interface RedshiftOptions extends Reach {
    /** Folder for the databases and for objects fetched from S3. */
    readonly folder: string;
}

/** The service, with the clusters that were made in it. */
export interface Redshift {
    /** Handlers for the gateway. */
    readonly handlers: Handlers;
    /** Makes an empty cluster. */
    createCluster(options: ClusterOptions): Promise<void>;
    /** Breaks off what runs and closes the databases. */
    close(): Promise<void>;
}

/** Starts the service without a cluster. */
export async function startRedshift(options: RedshiftOptions): Promise<Redshift> {
    await loadDialect();
    const clusters = new Map<string, Cluster>();
    const statements = new Map<string, Statement>();
    const handler: Handler = (call) => {
        const operation = operations[call.action];
        if (operation === undefined) {
            const message = `${call.action} is not supported by the local stand-in for the Redshift Data API`;
            throw new ServiceError("ValidationException", message);
        }
        return Promise.resolve(operation({ clusters, statements }, call));
    };
    return {
        handlers: { "redshift-data:*": handler },
        createCluster: async (cluster) => {
            clusters.set(
                cluster.identifier,
                await Cluster.create(cluster, options.folder, options),
            );
        },
        close: async () => {
            await Promise.all([...clusters.values()].map((cluster) => cluster.close()));
        },
    };
}

interface Service {
    readonly clusters: ReadonlyMap<string, Cluster>;
    readonly statements: Map<string, Statement>;
}

type Operation = (service: Service, call: Call) => ReturnType<typeof json>;

const operations: Readonly<Record<string, Operation>> = {
    ExecuteStatement: (service, call) => {
        const { Sql = "", Parameters, ...request } = input<ExecuteRequest>(call);
        let sql = Sql;
        if (Parameters !== undefined) {
            try {
                sql = withParameters(Sql, Parameters);
            } catch (error) {
                throw invalid((error as Error).message);
            }
        }
        return json(submitted(service, call, request, [sql], false));
    },
    BatchExecuteStatement: (service, call) => {
        const { Sqls = [], ...request } = input<ExecuteRequest>(call);
        return json(submitted(service, call, request, Sqls, true));
    },
    DescribeStatement: (service, call) => {
        const { statement, part } = find(service, call);
        return json(
            part === statement.whole ? described(statement) : partDescribed(statement, part),
        );
    },
    GetStatementResult: (service, call) => resultPage(find(service, call).part, call),
    ListStatements: (service, call) => json(listed(service.statements, call)),
    CancelStatement: (service, call) => {
        const { statement } = find(service, call);
        if (statement.ended) {
            throw invalid(
                `Could not cancel a query that is already in ${statement.whole.status} state with ID: ${statement.id}`,
            );
        }
        statement.cancel();
        return json({ Status: true });
    },
};

interface ExecuteRequest {
    readonly ClusterIdentifier?: string;
    readonly WorkgroupName?: string;
    readonly Database?: string;
    readonly DbUser?: string;
    readonly SecretArn?: string;
    readonly Sql?: string;
    readonly Sqls?: readonly string[];
    readonly Parameters?: readonly SqlParameter[];
    readonly StatementName?: string;
    readonly ClientToken?: string;
}

const invalid = (message: string) => new ServiceError("ValidationException", message);

function submitted(
    { clusters, statements }: Service,
    call: Call,
    request: ExecuteRequest,
    sqls: readonly string[],
    isBatch: boolean,
): object {
    if (request.ClusterIdentifier === undefined) throw invalid("ClusterIdentifier must be set");
    const cluster = clusters.get(request.ClusterIdentifier);
    if (cluster === undefined) throw invalid("Redshift endpoint doesn't exist in this region.");
    if (request.Database === undefined) throw invalid("Database must be set");
    checkLimits(sqls);
    const submission: Submission = {
        cluster,
        database: request.Database,
        dbUser: userOf(call, request, cluster),
        secretArn: request.SecretArn,
        caller: call.role,
        sqls,
        isBatch,
        name: request.StatementName,
        clientToken: request.ClientToken,
    };
    const statement = repeated(statements, submission) ?? new Statement(submission);
    if (!statements.has(statement.id)) {
        statements.set(statement.id, statement);
        cluster.enqueue(statement);
    }
    return { Id: statement.id, CreatedAt: statement.createdAt / 1000, ...ownerOf(statement) };
}

function checkLimits(sqls: readonly string[]): void {
    if (sqls.length < 1 || sqls.length > maxStatements) {
        throw invalid(
            `Sqls must have 1 to ${String(maxStatements)} statements, got ${String(sqls.length)}`,
        );
    }
    for (const sql of sqls) {
        const bytes = Buffer.byteLength(sql);
        if (bytes >= 1 && bytes <= maxStatementBytes) continue;
        throw invalid(
            `Sql must have 1 to ${String(maxStatementBytes)} bytes, got ${String(bytes)}`,
        );
    }
}

/** Who a statement runs as: the admin for its secret, else the user of the caller's IAM identity. */
function userOf(call: Call, { SecretArn, DbUser }: ExecuteRequest, cluster: Cluster): string {
    if (SecretArn !== undefined && DbUser !== undefined) {
        throw invalid("SecretArn and DbUser can't both be set");
    }
    if (SecretArn !== undefined) {
        if (SecretArn === cluster.adminSecretArn) return cluster.adminUserName;
        throw invalid(`Secrets Manager can't find the specified secret: ${SecretArn}`);
    }
    if (DbUser !== undefined) return DbUser;
    const role = call.role?.split("/").pop();
    return role === undefined ? "IAM:deployer" : `IAMR:${role}`;
}

/** The statement that the same request began before. */
function repeated(
    statements: ReadonlyMap<string, Statement>,
    { clientToken, ...asked }: Submission,
): Statement | undefined {
    if (clientToken === undefined) return undefined;
    const same = [...statements.values()].find(
        ({ submission }) =>
            submission.clientToken === clientToken && submission.caller === asked.caller,
    );
    if (same === undefined || same.submission.sqls.join("\0") === asked.sqls.join("\0"))
        return same;
    throw invalid("ClientToken was used before with other parameters");
}

/** A statement or a part of one, `<id>:<number>`, for a session of the role that submitted it. */
function find({ statements }: Service, call: Call): { statement: Statement; part: SubStatement } {
    const { Id = "" } = input<{ Id?: string }>(call);
    const statement = statements.get(Id.split(":")[0] ?? "");
    const part = [statement?.whole, ...(statement?.parts ?? [])].find((one) => one?.id === Id);
    if (
        statement === undefined ||
        part === undefined ||
        statement.submission.caller !== call.role
    ) {
        throw new ServiceError("ResourceNotFoundException", "Query does not exist.");
    }
    return { statement, part };
}
