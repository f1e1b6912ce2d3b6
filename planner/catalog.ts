/** The raw database, as the crawler left it. */
import {
    EntityNotFoundException,
    GetPartitionCommand,
    paginateGetTables,
    type GlueClient,
    type Table,
} from "@aws-sdk/client-glue";
import type { CatalogTable } from "./plan";

/** Reads every table of `databaseName`, and where its partition of `dt` lies. */
export async function readCatalog(
    glue: GlueClient,
    databaseName: string,
    dt: string,
): Promise<CatalogTable[]> {
    const tables: CatalogTable[] = [];
    for await (const page of paginateGetTables({ client: glue }, { DatabaseName: databaseName })) {
        for (const table of page.TableList ?? []) {
            tables.push(await readTable(glue, databaseName, dt, table));
        }
    }
    return tables;
}

async function readTable(
    glue: GlueClient,
    databaseName: string,
    dt: string,
    table: Table,
): Promise<CatalogTable> {
    const name = table.Name ?? "";
    const partitioned = (table.PartitionKeys ?? []).some((key) => key.Name === "dt");
    return {
        name,
        location: table.StorageDescriptor?.Location ?? "",
        classification: table.Parameters?.classification,
        dayLocation: partitioned
            ? await partitionLocation(glue, databaseName, name, dt)
            : undefined,
    };
}

async function partitionLocation(
    glue: GlueClient,
    databaseName: string,
    tableName: string,
    dt: string,
): Promise<string | undefined> {
    try {
        const { Partition } = await glue.send(
            new GetPartitionCommand({
                DatabaseName: databaseName,
                TableName: tableName,
                PartitionValues: [dt],
            }),
        );
        return Partition?.StorageDescriptor?.Location;
    } catch (error) {
        if (error instanceof EntityNotFoundException) return undefined;
        throw error;
    }
}
