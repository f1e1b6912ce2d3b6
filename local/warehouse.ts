/** Questions to the warehouse through its Data API. */
import type { Field } from "@aws-sdk/client-redshift-data";
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api";
import type { Ask } from "./answers";

/** Who asks, and whom. */
export interface Warehouse {
    readonly clusterIdentifier: string;
    readonly databaseName: string;
    /** Secret of the admin. */
    readonly adminSecretArn: string;
}

/** Asks as the warehouse's admin. @throws Error with the warehouse's own message when it refuses a statement. */
export function askThrough(
    api: Api,
    { clusterIdentifier, databaseName, adminSecretArn }: Warehouse,
): Ask {
    return async (sql) => {
        const { Id } = await api("redshift-data", "ExecuteStatement", {
            ClusterIdentifier: clusterIdentifier,
            Database: databaseName,
            SecretArn: adminSecretArn,
            Sql: sql,
        });
        let statement = await api("redshift-data", "DescribeStatement", { Id });
        while (["SUBMITTED", "PICKED", "STARTED"].includes(String(statement.Status))) {
            await sleep(50);
            statement = await api("redshift-data", "DescribeStatement", { Id });
        }
        if (statement.Status !== "FINISHED")
            throw new Error(String(statement.Error ?? statement.Status));
        if (statement.HasResultSet !== true) return { columns: [], rows: [] };
        return rowsOf(api, String(Id));
    };
}

async function rowsOf(api: Api, Id: string): Promise<{ columns: string[]; rows: string[][] }> {
    let columns: string[] = [];
    const rows: string[][] = [];
    let NextToken: string | undefined;
    do {
        const page = await api("redshift-data", "GetStatementResult", { Id, NextToken });
        columns = (page.ColumnMetadata as { name?: string }[]).map(({ name }) => name ?? "");
        rows.push(...(page.Records as Field[][]).map((record) => record.map(text)));
        NextToken = page.NextToken as string | undefined;
    } while (NextToken !== undefined);
    return { columns, rows };
}

function text(field: Field): string {
    if (field.isNull === true) return "";
    return String(
        field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? "",
    );
}
