/** A provisioned cluster: its database, and the order in which statements reach it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Database } from "./database";
import type { Reach } from "./session";

/** What the stand-in has to know of a cluster that was deployed. */
export interface ClusterOptions {
    readonly identifier: string;
    readonly databaseName: string;
    readonly adminUserName: string;
    /** ARN of the secret with the admin's password: who presents it is the admin. */
    readonly adminSecretArn: string;
    /** ARNs of the roles that are attached. */
    readonly iamRoleArns: readonly string[];
}

/** What a cluster runs. It never fails: what goes wrong is the statement's to tell. */
export interface Runnable {
    run(): Promise<void>;
    cancel(): void;
}

/** A cluster that takes statements. */
export class Cluster {
    private last: Promise<void> = Promise.resolve();
    private readonly open = new Set<Runnable>();

    private constructor(
        private readonly options: ClusterOptions,
        readonly database: Database,
    ) {}

    /** Makes an empty cluster, whose files lie below `folder`. */
    static async create(options: ClusterOptions, folder: string, reach: Reach): Promise<Cluster> {
        const own = join(folder, options.identifier);
        mkdirSync(own, { recursive: true });
        const database = await Database.open({
            cluster: options.identifier,
            name: options.databaseName,
            admin: options.adminUserName,
            iamRoles: options.iamRoleArns,
            // DuckDB names the catalog after the file, and no schema may have that name
            file: join(own, "redshift_storage.duckdb"),
            objectsFolder: join(own, "objects"),
            reach,
        });
        return new Cluster(options, database);
    }

    get identifier(): string {
        return this.options.identifier;
    }

    get databaseName(): string {
        return this.options.databaseName;
    }

    get adminUserName(): string {
        return this.options.adminUserName;
    }

    get adminSecretArn(): string {
        return this.options.adminSecretArn;
    }

    /** Runs the statement after everything that was handed in before. */
    enqueue(statement: Runnable): void {
        this.open.add(statement);
        this.last = this.last.then(async () => {
            await statement.run();
            this.open.delete(statement);
        });
    }

    /** Breaks off what runs and what waits, then closes the database. */
    async close(): Promise<void> {
        for (const statement of this.open) statement.cancel();
        await this.last;
        this.database.close();
    }
}
