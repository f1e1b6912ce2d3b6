/** What a database holds beside its rows: schemas, relations, and who may use them. */
import { AccessControl, pathOf, type Relation } from "./access";
import type { ExternalSchema } from "./spectrum";

/** A view that binds when it is queried. */
export interface LateView {
    /** Makes the view in DuckDB. */
    readonly sql: string;
    readonly reads: readonly Relation[];
}

/** Copied before a transaction, so that a failed one leaves no trace. Paths are `schema.name`. */
export class Catalog {
    readonly access: AccessControl;
    readonly schemas: Set<string>;
    readonly externalSchemas: Map<string, ExternalSchema>;
    /** Columns of each table in SQL, by path. */
    readonly tables: Map<string, readonly string[]>;
    /** Relations that each view reads, by path. */
    readonly views: Map<string, readonly Relation[]>;
    readonly lateViews: Map<string, LateView>;

    /** The catalog of a new database, or a copy of another. */
    constructor(from: { readonly admin: string } | Catalog) {
        const other = from instanceof Catalog ? from : undefined;
        this.access = other?.access.copy() ?? new AccessControl((from as { admin: string }).admin);
        this.schemas = new Set(other?.schemas ?? ["public"]);
        this.externalSchemas = new Map(other?.externalSchemas);
        this.tables = new Map(other?.tables);
        this.views = new Map(other?.views);
        this.lateViews = new Map(other?.lateViews);
    }

    /** Tables and views of a schema that is not external. */
    relationsOf(schema: string): Relation[] {
        return [this.tables, this.views, this.lateViews]
            .flatMap((relations) => [...relations.keys()])
            .filter((path) => path.startsWith(`${schema}.`))
            .map((path) => ({ schema, name: path.slice(schema.length + 1) }));
    }

    hasRelation(relation: Relation): boolean {
        const path = pathOf(relation);
        return this.tables.has(path) || this.views.has(path) || this.lateViews.has(path);
    }

    /** Forgets a relation and what was granted on it. */
    drop(relation: Relation): void {
        const path = pathOf(relation);
        for (const relations of [this.tables, this.views, this.lateViews]) relations.delete(path);
        this.access.drop(`relation ${path}`);
    }
}
