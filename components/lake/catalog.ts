/** The Glue catalog of processed data. The tables of raw data are the crawler's to make. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Table } from "../../formats";
import { databaseName, type Layer } from "../names";

const parquet = "org.apache.hadoop.hive.ql.io.parquet";

/** Creates the database of one layer as a child of `lake` and returns its name. */
export function database(
    lake: pulumi.Resource,
    deployment: string,
    layer: Layer,
    protect: boolean,
): pulumi.Output<string> {
    const descriptions: Record<Layer, string> = {
        raw: "Logs as uploaded, one table a source, made by the crawler",
        processed: "Typed events and their analyses, as Spark writes them",
    };
    return new aws.glue.CatalogDatabase(
        `${deployment}-${layer}`,
        { name: databaseName(deployment, layer), description: descriptions[layer] },
        { parent: lake, protect },
    ).name;
}

/** Arguments of {@link processedTable}. */
export interface ProcessedTableArgs {
    readonly databaseName: pulumi.Input<string>;
    readonly bucketName: pulumi.Input<string>;
    readonly protect: boolean;
}

/**
 * Declares `table` in the catalog as Parquet below `<bucket>/<table>/`.
 *
 * It has no partitions to begin with: each is added, pointing at one run's folder, once that run is complete. They go with the
 * table, hence its protection. Partition projection would need none of it, but Redshift Spectrum does not read it.
 */
export function processedTable(
    parent: pulumi.Resource,
    name: string,
    table: Table,
    args: ProcessedTableArgs,
): aws.glue.CatalogTable {
    return new aws.glue.CatalogTable(
        name,
        {
            name: table.name,
            description: table.comment,
            databaseName: args.databaseName,
            tableType: "EXTERNAL_TABLE",
            parameters: {
                EXTERNAL: "TRUE",
                classification: "parquet",
                "parquet.compression": "ZSTD",
            },
            partitionKeys: [
                { name: "dt", type: "string", comment: "day of the raw folder, as YYYY-MM-DD" },
            ],
            storageDescriptor: {
                location: pulumi.interpolate`s3://${args.bucketName}/${table.name}/`,
                inputFormat: `${parquet}.MapredParquetInputFormat`,
                outputFormat: `${parquet}.MapredParquetOutputFormat`,
                serDeInfo: {
                    name: "parquet",
                    serializationLibrary: `${parquet}.serde.ParquetHiveSerDe`,
                    parameters: { "serialization.format": "1" },
                },
                columns: table.columns.map(({ name, type, comment }) => ({ name, type, comment })),
            },
        },
        { parent, protect: args.protect },
    );
}
