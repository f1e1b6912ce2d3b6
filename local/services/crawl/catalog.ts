/** What a crawler writes into the catalog. */
import type { Classified } from "./classify";
import type { Folder, Group } from "./group";

const textInput = "org.apache.hadoop.mapred.TextInputFormat";
const textOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

/** `TableInput` of a group of objects. */
export function tableInput(
    group: Group,
    bucket: string,
    classified: Classified,
    crawlerName: string,
): Record<string, unknown> {
    const objects = group.folders.flatMap((folder) => folder.objects);
    const isGzip = objects.some(({ Key }) => Key.endsWith(".gz"));
    return {
        Name: group.table,
        Owner: "owner",
        TableType: "EXTERNAL_TABLE",
        PartitionKeys: group.partitionKeys.map((Name) => ({ Name, Type: "string" })),
        Parameters: {
            ...classification(classified),
            UPDATED_BY_CRAWLER: crawlerName,
            CrawlerSchemaSerializerVersion: "1.0",
            CrawlerSchemaDeserializerVersion: "1.0",
            compressionType: isGzip ? "gzip" : "none",
            objectCount: String(objects.length),
            sizeKey: String(objects.reduce((sum, { Size }) => sum + Size, 0)),
            typeOfData: "file",
        },
        StorageDescriptor: {
            Columns: classified.columns,
            Location: `s3://${bucket}/${group.prefix}`,
            InputFormat: textInput,
            OutputFormat: textOutput,
            Compressed: isGzip,
            SerdeInfo: serde(classified),
            Parameters: classification(classified),
        },
    };
}

/** `PartitionInput` of a folder: its table's storage (`InheritFromTable`), at its own place. */
export function partitionInput(
    folder: Folder,
    bucket: string,
    storage: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
    return {
        Values: folder.values,
        StorageDescriptor: { ...storage, Location: `s3://${bucket}/${folder.prefix}` },
        Parameters: { objectCount: String(folder.objects.length) },
    };
}

function classification({ classification: name, grok }: Classified): Record<string, string> {
    return {
        classification: name,
        ...(grok === undefined ? {} : { grokPattern: grok.GrokPattern }),
    };
}

function serde({ classification: name, columns, grok }: Classified): Record<string, unknown> {
    if (grok !== undefined) {
        return {
            SerializationLibrary: "com.amazonaws.glue.serde.GrokSerDe",
            Parameters: {
                "input.format": grok.GrokPattern,
                ...(grok.CustomPatterns === undefined
                    ? {}
                    : { "input.grokCustomPatterns": grok.CustomPatterns }),
            },
        };
    }
    if (name === "json") {
        return {
            SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe",
            Parameters: { paths: columns.map((column) => column.Name).join(",") },
        };
    }
    return {
        SerializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        Parameters: {},
    };
}
