/** The warehouse, as its admin, through the Redshift Data API: no connection, and no password in sight. */
import {
    BatchExecuteStatementCommand,
    DescribeStatementCommand,
    ExecuteStatementCommand,
    GetStatementResultCommand,
    type DescribeStatementCommandOutput,
    type RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the statements go. */
export interface Target {
    readonly clusterIdentifier: string;
    readonly database: string;
    readonly adminSecretArn: string;
}

/** How long to wait for what. */
export interface Patience {
    /** Seconds in which a new cluster must take its first statement. */
    readonly reachSeconds: number;
    /** Seconds in which a new role's permissions must be known everywhere. */
    readonly settleSeconds: number;
    /** Seconds between two tries of it. */
    readonly reachIntervalSeconds: number;
    /** Seconds that a statement or a batch may take. */
    readonly statementSeconds: number;
}

const defaultPatience: Patience = {
    reachSeconds: 600,
    settleSeconds: 60,
    reachIntervalSeconds: 10,
    statementSeconds: 1800,
};

const firstPollSeconds = 0.1;
const longestPollSeconds = 5;

/** Answers of a cluster that is on its way: it has no endpoint yet, or restarts to take new parameters. */
const notReachable =
    /endpoint doesn't exist|not available|connection (refused|attempt|timed out|to .* failed)|could not connect|cannot connect|is paused|starting up/i;
const notAuthorized = /not authorized to perform/i;
const notReachableNames = ["DatabaseConnectionException", "InternalServerException"];

/** A statement that the warehouse refused. */
export class StatementError extends Error {
    constructor(
        message: string,
        /** Which of a batch, from 0. */
        readonly index: number,
    ) {
        super(message);
    }
}

/** Runs statements and waits for each. */
export class Warehouse {
    private readonly patience: Patience;

    constructor(
        private readonly client: RedshiftDataClient,
        private readonly target: Target,
        patience: Partial<Patience> = {},
    ) {
        this.patience = { ...defaultPatience, ...patience };
    }

    /**
     * Runs one statement, and tries again for as long as the cluster can't be reached, or the role that is new may not
     * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency).
     */
    async runWhenReachable(sql: string): Promise<void> {
        const deadline = Date.now() + this.patience.reachSeconds * 1000;
        const settled = Date.now() + this.patience.settleSeconds * 1000;
        for (;;) {
            try {
                await this.run(sql);
                return;
            } catch (error) {
                const { name, message } = error as Error;
                const mayPass = notReachableNames.includes(name) || notReachable.test(message);
                const mayBeNew = notAuthorized.test(message) && Date.now() < settled;
                if (!mayBeNew && (!mayPass || Date.now() >= deadline)) throw error;
            }
            await sleep(this.patience.reachIntervalSeconds * 1000);
        }
    }

    /** Runs one statement and returns its id. */
    async run(sql: string): Promise<string> {
        const { Id = "" } = await this.client.send(
            new ExecuteStatementCommand({ ...this.where(), Sql: sql }),
        );
        await this.finished(Id);
        return Id;
    }

    /** Runs statements as one transaction. */
    async runTogether(sqls: readonly string[]): Promise<void> {
        const [only] = sqls;
        if (only !== undefined && sqls.length === 1) {
            await this.run(only);
            return;
        }
        const { Id = "" } = await this.client.send(
            new BatchExecuteStatementCommand({ ...this.where(), Sqls: [...sqls] }),
        );
        await this.finished(Id);
    }

    /** The rows of a query, every value as text. */
    async query(sql: string): Promise<string[][]> {
        const id = await this.run(sql);
        const rows: string[][] = [];
        let token: string | undefined;
        do {
            const page = await this.client.send(
                new GetStatementResultCommand({ Id: id, NextToken: token }),
            );
            for (const record of page.Records ?? []) {
                rows.push(record.map((field) => field.stringValue ?? String(field.longValue ?? "")));
            }
            token = page.NextToken;
        } while (token !== undefined);
        return rows;
    }

    private where() {
        return {
            ClusterIdentifier: this.target.clusterIdentifier,
            Database: this.target.database,
            SecretArn: this.target.adminSecretArn,
        };
    }

    private async finished(id: string): Promise<void> {
        const deadline = Date.now() + this.patience.statementSeconds * 1000;
        let wait = firstPollSeconds;
        for (;;) {
            const answer = await this.client.send(new DescribeStatementCommand({ Id: id }));
            if (answer.Status === "FINISHED") return;
            if (answer.Status === "FAILED" || answer.Status === "ABORTED") throw failureOf(answer);
            if (Date.now() >= deadline) {
                throw new Error(
                    `statement ${id} was ${String(answer.Status)} after ${String(this.patience.statementSeconds)} s`,
                );
            }
            await sleep(wait * 1000);
            wait = Math.min(wait * 1.5, longestPollSeconds);
        }
    }
}

function failureOf({ Error: message, Status, SubStatements }: DescribeStatementCommandOutput): Error {
    const at = SubStatements?.findIndex((part) => part.Status === "FAILED") ?? -1;
    const reason = SubStatements?.[at]?.Error ?? message ?? `statement was ${String(Status)}`;
    return new StatementError(reason, Math.max(at, 0));
}
