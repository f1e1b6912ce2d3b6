/** A database of the stand-in: DuckDB underneath, Redshift's statements, users and transactions above. */
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { pathOf, type Relation } from "./access";
import { Catalog } from "./catalog";
import { readCopy, runCopy } from "./copy";
import { define, isDefinition } from "./definitions";
import {
    columnLabels,
    needsOf,
    ofPath,
    parseStatement,
    relationsIn,
    resolved,
    toDuckDb,
} from "./dialect";
import type { Parsed, RelationName } from "./dialect";
import { SqlError, sqlError } from "./errors";
import { changeGrants, changePrincipals } from "./grants";
import { Objects } from "./objects";
import { Reader } from "./reader";
import { noRows, resultOf, type Result } from "./results";
import { sessionOf, type Reach, type RoleSession } from "./session";
import { mountTable, readExternalSchema } from "./spectrum";
import { quoted } from "./names";

/** Options of {@link Database.open}. */
export interface DatabaseOptions {
    /** Cluster that the database is in. */
    readonly cluster: string;
    /** Name of the database. */
    readonly name: string;
    /** Superuser. */
    readonly admin: string;
    /** ARNs of the roles attached to the cluster: COPY and external schemas may name these only. */
    readonly iamRoles: readonly string[];
    /** File of the database. */
    readonly file: string;
    /** Folder for objects fetched from S3. */
    readonly objectsFolder: string;
    readonly reach: Reach;
}

/** Runs statements, one at a time. */
export class Database {
    private catalog: Catalog;
    private inTransaction = false;

    private constructor(
        readonly options: DatabaseOptions,
        private readonly instance: DuckDBInstance,
        readonly connection: DuckDBConnection,
    ) {
        this.catalog = new Catalog(options);
    }

    static async open(options: DatabaseOptions): Promise<Database> {
        const instance = await DuckDBInstance.create(options.file, { memory_limit: "1GB" });
        const connection = await instance.connect();
        for (const setting of [
            "SET autoinstall_known_extensions = false", // nothing is fetched behind the user's back
            "SET TimeZone = 'UTC'",
            "SET integer_division = true", // 5 / 2 is 2 in Redshift
            "CREATE SCHEMA IF NOT EXISTS public",
            "CREATE OR REPLACE MACRO public.redshift_getdate() AS date_trunc('second', make_timestamp(epoch_us(now())))",
            "SET search_path = 'public,main'",
        ]) {
            await connection.run(setting);
        }
        return new Database(options, instance, connection);
    }

    close(): void {
        this.connection.closeSync();
        this.instance.closeSync();
    }

    /** Makes the user of an IAM identity known. */
    logOn(user: string): void {
        this.catalog.access.logOn(user);
    }

    get state(): Catalog {
        return this.catalog;
    }

    /** Whether a transaction of several statements is open. */
    get isInTransaction(): boolean {
        return this.inTransaction;
    }

    /**
     * Runs statements as one transaction: all of them take effect, or none.
     *
     * @param told is called after each statement, with its number from 0.
     * @throws SqlError of the first that fails.
     */
    async transaction(
        user: string,
        statements: readonly string[],
        told: (index: number, result: Result) => void,
        before: (index: number) => void = () => undefined,
    ): Promise<void> {
        await this.begin();
        this.inTransaction = statements.length > 1;
        try {
            for (const [index, sql] of statements.entries()) {
                before(index);
                told(index, await this.statement(user, sql));
            }
            await this.connection.run("COMMIT");
        } catch (error) {
            await this.rollBack();
            throw sqlError(error);
        } finally {
            this.inTransaction = false;
        }
    }

    private saved: Catalog | undefined;

    private async begin(): Promise<void> {
        this.saved = new Catalog(this.catalog);
        await this.connection.run("BEGIN TRANSACTION");
    }

    private async rollBack(): Promise<void> {
        if (this.saved !== undefined) this.catalog = this.saved;
        // DuckDB ends a transaction itself when its commit fails
        await this.connection.run("ROLLBACK").catch(() => undefined);
    }

    /** TRUNCATE commits what went before it (https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html). */
    private async commitAndGoOn(): Promise<void> {
        await this.connection.run("COMMIT");
        await this.begin();
    }

    private async statement(user: string, sql: string): Promise<Result> {
        const { access } = this.catalog;
        const reader = new Reader(sql);
        if (reader.take("CREATE", "EXTERNAL", "SCHEMA"))
            return this.createExternalSchema(user, reader);
        if (isPrincipalChange(reader)) {
            access.checkSuperuser(user, "change users and roles");
            if (!changePrincipals(reader, access)) reader.refuse();
            return noRows();
        }
        if (reader.next("GRANT") || reader.next("REVOKE")) {
            access.checkSuperuser(user, "change grants");
            changeGrants(reader, this.catalog, this.inTransaction);
            return noRows();
        }
        if (reader.next("COPY")) return this.copy(user, reader);
        if (reader.next("VACUUM") || reader.next("ANALYZE")) return this.maintain(user, reader);

        const parsed = parseStatement(sql);
        if (isDefinition(parsed.kind)) return this.defineOrChange(user, parsed);
        return this.queryOrChange(user, parsed);
    }

    private async defineOrChange(user: string, parsed: Parsed): Promise<Result> {
        await define(this, user, parsed);
        if (parsed.kind === "truncate") await this.commitAndGoOn();
        return noRows();
    }

    private async queryOrChange(user: string, parsed: Parsed): Promise<Result> {
        const isQuery = queries.includes(parsed.kind);
        if (!isQuery && !changes.includes(parsed.kind)) {
            throw new SqlError(
                `${parsed.kind.replaceAll("_", " ")} is not supported by the local stand-in for Redshift`,
            );
        }
        await this.admit(user, parsed);
        const sql = this.translated(user, parsed);
        if (isQuery)
            return resultOf(await this.connection.runAndReadAll(sql), columnLabels(parsed));
        return noRows((await this.connection.run(sql)).rowsChanged);
    }

    /** The statement as DuckDB takes it. */
    translated(user: string, { sql }: Parsed): string {
        return toDuckDb(sql, { user });
    }

    /** Checks that `user` may run the statement, then makes what it reads from outside readable. */
    async admit(user: string, parsed: Parsed): Promise<void> {
        for (const { privilege, relation } of needsOf(parsed)) {
            if (isSystem(relation)) continue;
            const target = resolved(relation);
            const { schemas, externalSchemas, access } = this.catalog;
            if (!schemas.has(target.schema))
                throw new SqlError(`schema "${target.schema}" does not exist`);
            access.checkSchema(user, "USAGE", target.schema);
            // USAGE of its schema opens an external table
            if (externalSchemas.has(target.schema)) continue;
            if (!this.catalog.hasRelation(target)) {
                const name = relation.schema === undefined ? target.name : pathOf(target);
                throw new SqlError(`relation "${name}" does not exist`);
            }
            access.checkRelation(user, privilege, target);
        }
        await this.mount(user, relationsIn(parsed.node).map(resolved));
    }

    /** Makes external tables, and views that bind late, readable by DuckDB. */
    private async mount(user: string, relations: readonly Relation[]): Promise<void> {
        const done = new Set<string>();
        const visit = async (relation: Relation): Promise<void> => {
            const path = pathOf(relation);
            if (done.has(path)) return;
            done.add(path);
            const external = this.catalog.externalSchemas.get(relation.schema);
            if (external !== undefined) {
                const session = this.session(user, external.roleArn);
                const { objectsFolder } = this.options;
                await mountTable(this.connection, relation, external, session, objectsFolder);
                return;
            }
            const late = this.catalog.lateViews.get(path);
            for (const read of late?.reads ?? this.catalog.views.get(path) ?? []) await visit(read);
            if (late !== undefined) await this.connection.run(late.sql);
        };
        for (const relation of relations) await visit(relation);
    }

    private async createExternalSchema(user: string, reader: Reader): Promise<Result> {
        const { access, externalSchemas } = this.catalog;
        access.checkSuperuser(user, "create external schemas");
        if (this.inTransaction) {
            throw new SqlError("CREATE EXTERNAL SCHEMA cannot run inside a transaction block");
        }
        const schema = readExternalSchema(reader);
        if (this.catalog.schemas.has(schema.name)) {
            if (schema.ifNotExists) return noRows();
            throw new SqlError(`Schema "${schema.name}" already exists`);
        }
        this.checkAttached(schema.roleArn);
        await this.connection.run(`CREATE SCHEMA ${quoted(schema.name)}`);
        this.catalog.schemas.add(schema.name);
        externalSchemas.set(schema.name, schema);
        access.own(user, `schema ${schema.name}`);
        return noRows();
    }

    private async copy(user: string, reader: Reader): Promise<Result> {
        const { access } = this.catalog;
        const copy = readCopy(reader);
        const target = ofPath(copy.target);
        access.checkRelation(user, "INSERT", target);
        access.checkAssume(user, "COPY", copy.roleArn);
        this.checkAttached(copy.roleArn);
        const session = this.session(user, copy.roleArn);
        const objects = new Objects(session, copy.roleArn, this.options.objectsFolder);
        try {
            return noRows(await runCopy(this.connection, copy, target, objects));
        } finally {
            objects.close();
        }
    }

    /** VACUUM and ANALYZE: nothing to do here, but not for everybody and not everywhere. */
    private maintain(user: string, reader: Reader): Result {
        const isVacuum = reader.word() === "VACUUM";
        if (isVacuum && this.inTransaction)
            throw new SqlError("VACUUM cannot run inside a transaction block");
        this.catalog.access.checkSuperuser(user, isVacuum ? "vacuum" : "analyze");
        return noRows();
    }

    private session(user: string, roleArn: string): RoleSession {
        return sessionOf(this.options.reach, roleArn, this.options.cluster, user);
    }

    private checkAttached(roleArn: string): void {
        if (this.options.iamRoles.includes(roleArn)) return;
        throw new SqlError(`The requested role ${roleArn} is not associated to cluster`);
    }
}

const queries = ["select", "union", "except", "intersect", "values"];
const changes = ["insert", "update", "delete", "merge"];

function isPrincipalChange(reader: Reader): boolean {
    return ["CREATE", "DROP"].some((verb) =>
        ["USER", "ROLE"].some((what) => reader.next(verb, what)),
    );
}

/** Catalogs that everybody may read. */
function isSystem({ schema, name }: RelationName): boolean {
    if (schema !== undefined) return ["information_schema", "pg_catalog"].includes(schema);
    return /^(pg_|duckdb_)/.test(name);
}
