/** Statements as the Data API keeps them: submitted, run one after another, and asked about by their ids. */
import { randomUUID } from "node:crypto";
import type { Cluster } from "./cluster";
import { SqlError } from "./errors";
import type { Result } from "./results";

/** @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html */
export type Status = "SUBMITTED" | "STARTED" | "FINISHED" | "FAILED" | "ABORTED";

/** What a statement is submitted with. */
export interface Submission {
    readonly cluster: Cluster;
    readonly database: string;
    readonly dbUser: string;
    readonly secretArn: string | undefined;
    /** ARN of the caller's role: who may ask about the statement later. */
    readonly caller: string | undefined;
    readonly sqls: readonly string[];
    readonly isBatch: boolean;
    readonly name: string | undefined;
    readonly clientToken: string | undefined;
}

/** One statement of a batch, or the only one. */
export class SubStatement {
    status: Status = "SUBMITTED";
    error: string | undefined;
    result: Result | undefined;
    startedAt = 0;
    updatedAt = Date.now();
    /** Nanoseconds. */
    duration = 0;

    constructor(
        readonly id: string,
        readonly sql: string,
    ) {}

    start(): void {
        this.status = "STARTED";
        this.startedAt = performance.now();
        this.updatedAt = Date.now();
    }

    end(status: Status, error?: string): void {
        this.status = status;
        this.error = error;
        if (this.startedAt > 0) {
            this.duration = Math.round((performance.now() - this.startedAt) * 1e6);
        }
        this.updatedAt = Date.now();
    }
}

const interruptMilliseconds = 20;

/** A submitted statement or batch. */
export class Statement {
    readonly id: string = randomUUID();
    readonly createdAt = Date.now();
    readonly parts: readonly SubStatement[];
    /** The whole of it. */
    readonly whole: SubStatement;
    private cancelled = false;

    constructor(readonly submission: Submission) {
        const { sqls, isBatch } = submission;
        this.whole = new SubStatement(this.id, sqls.join(";\n"));
        this.parts = isBatch
            ? sqls.map((sql, index) => new SubStatement(`${this.id}:${String(index + 1)}`, sql))
            : [this.whole];
    }

    get ended(): boolean {
        return ["FINISHED", "FAILED", "ABORTED"].includes(this.whole.status);
    }

    /** Runs it to its end; what fails is told in the status. */
    async run(): Promise<void> {
        if (this.ended) return; // cancelled while it waited
        const { cluster, database, dbUser, sqls, isBatch } = this.submission;
        this.whole.start();
        let current = 0;
        try {
            if (database !== cluster.databaseName) {
                throw new SqlError(`database "${database}" does not exist`);
            }
            cluster.database.logOn(dbUser);
            await cluster.database.transaction(
                dbUser,
                sqls,
                (index, result) => {
                    const part = this.parts[index];
                    if (part === undefined) return;
                    part.result = result;
                    if (isBatch) part.end("FINISHED");
                },
                (index) => {
                    current = index;
                    if (isBatch) this.parts[index]?.start();
                },
            );
            this.whole.end("FINISHED");
        } catch (error) {
            if (this.cancelled) this.abort();
            else this.fail(current, error instanceof Error ? error.message : String(error));
        }
    }

    /** Ends it before it has run, or breaks it off. */
    cancel(): void {
        if (this.whole.status !== "STARTED") {
            this.abort();
            return;
        }
        this.cancelled = true;
        // again and again: DuckDB forgets an interrupt that comes between two of its queries
        const interrupting = setInterval(() => {
            if (this.ended) clearInterval(interrupting);
            else this.submission.cluster.database.connection.interrupt();
        }, interruptMilliseconds);
    }

    private abort(): void {
        for (const part of new Set([this.whole, ...this.parts])) part.end("ABORTED");
    }

    private fail(at: number, message: string): void {
        if (!this.submission.isBatch) {
            this.whole.end("FAILED", message);
            return;
        }
        this.parts[at]?.end("FAILED", message);
        for (const part of this.parts.slice(at + 1)) part.end("ABORTED");
        this.whole.end("FAILED", `Query #${String(at + 1)} failed with ${message}`);
    }
}
