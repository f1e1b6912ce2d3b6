/** One crawl: lists, groups and classifies the objects, and writes what it finds into the catalog. */
import type { Api } from "../../api";
import { partitionInput, tableInput } from "./catalog";
import { classify, sampleLines, type Classified, type Classifier } from "./classify";
import {
    excluded,
    groupObjects,
    parseS3Uri,
    type Folder,
    type Group,
    type S3Object,
    type S3Target,
} from "./group";

/** Bytes read of each file to tell what it is. */
const sampleBytes = 1 << 20;

/** Files read in each folder when the target does not say. */
const defaultSampleSize = 20;

/** A crawler as `CreateCrawler` took it. */
export interface CrawlerDefinition {
    readonly Name: string;
    readonly Role: string;
    readonly DatabaseName?: string;
    readonly Targets: { readonly S3Targets?: readonly S3Target[] };
    readonly Classifiers?: readonly string[];
    readonly TablePrefix?: string;
    readonly RecrawlPolicy?: { readonly RecrawlBehavior?: string };
    readonly SchemaChangePolicy?: { readonly UpdateBehavior?: string };
    readonly Configuration?: string;
    readonly CrawlerSecurityConfiguration?: string;
}

/** What a crawl goes by. */
export interface Crawl {
    readonly definition: CrawlerDefinition;
    /** The crawler's classifiers, in their order. */
    readonly classifiers: readonly Classifier[];
    /** Folders of earlier crawls, `bucket/prefix/`; this one's are added. */
    readonly crawled: Set<string>;
}

/** Crawls. `api` calls as the crawler's role; `say` is told what is found. @throws Error when a service refuses. */
export async function crawl(
    { definition, classifiers, crawled }: Crawl,
    api: Api,
    say: (line: string) => void,
): Promise<void> {
    const isFirst = crawled.size === 0;
    const onlyNew =
        definition.RecrawlPolicy?.RecrawlBehavior === "CRAWL_NEW_FOLDERS_ONLY" && !isFirst;
    for (const target of definition.Targets.S3Targets ?? []) {
        const { bucket, key } = parseS3Uri(target.Path);
        const objects = await list(api, bucket, key, target.Exclusions ?? []);
        for (const group of groupObjects(objects, tableLevel(definition, key))) {
            const id = (folder: Folder) => `${bucket}/${folder.prefix}`;
            const folders = group.folders.filter((folder) => !onlyNew || !crawled.has(id(folder)));
            if (folders.length === 0) continue;
            const catalogued = {
                ...group,
                table: `${definition.TablePrefix ?? ""}${group.table}`,
                folders,
            };
            const read = () => sample(api, bucket, folders, target.SampleSize ?? defaultSampleSize);
            await catalogue(
                catalogued,
                bucket,
                definition,
                onlyNew,
                async () => classify(await read(), classifiers),
                api,
                say,
            );
            for (const folder of folders) crawled.add(id(folder));
        }
    }
}

/** `TableLevelConfiguration` counts from the bucket, which is 1; without it, each folder of the target is a table. */
function tableLevel({ Configuration = "{}" }: CrawlerDefinition, targetKey: string): number {
    const { Grouping } = JSON.parse(Configuration) as {
        Grouping?: { TableLevelConfiguration?: number };
    };
    return (
        Grouping?.TableLevelConfiguration ??
        targetKey.split("/").filter((part) => part !== "").length + 2
    );
}

async function list(
    api: Api,
    Bucket: string,
    Prefix: string,
    exclusions: readonly string[],
): Promise<S3Object[]> {
    const objects: S3Object[] = [];
    let ContinuationToken: string | undefined;
    do {
        const page = await api("s3", "ListObjectsV2", { Bucket, Prefix, ContinuationToken });
        objects.push(...((page.Contents ?? []) as S3Object[]));
        ContinuationToken = page.NextContinuationToken as string | undefined;
    } while (ContinuationToken !== undefined);
    return objects.filter(({ Key }) => !excluded(Key.slice(Prefix.length), exclusions));
}

/** Lines of the first files of every folder, all folders together. */
async function sample(
    api: Api,
    Bucket: string,
    folders: readonly Folder[],
    size: number,
): Promise<string[]> {
    const lines: string[] = [];
    for (const { Key, Size } of folders.flatMap((folder) => folder.objects.slice(0, size))) {
        const { Body } = await api("s3", "GetObject", {
            Bucket,
            Key,
            Range: `bytes=0-${String(sampleBytes - 1)}`,
        });
        const beginning = Buffer.from((await Body.transformToByteArray()) as Uint8Array);
        lines.push(...sampleLines(beginning, Size <= sampleBytes));
    }
    return lines;
}

/** Adds the table, if it is new, and the partitions that are not there yet. */
async function catalogue(
    group: Group,
    bucket: string,
    { Name, DatabaseName, SchemaChangePolicy }: CrawlerDefinition,
    onlyPartitions: boolean,
    classified: () => Promise<Classified>,
    api: Api,
    say: (line: string) => void,
): Promise<void> {
    if (group.misplaced.length > 0) {
        say(
            `${group.table}: ${String(group.misplaced.length)} files lie elsewhere than the others, such as ${group.misplaced[0] ?? ""}`,
        );
    }
    let table = await tableOf(api, DatabaseName, group.table);
    if (table === undefined && onlyPartitions) return; // an incremental crawl adds no tables after its first run
    const updates = SchemaChangePolicy?.UpdateBehavior === "UPDATE_IN_DATABASE";
    if (table === undefined || updates) {
        const found = await classified();
        const TableInput = tableInput(group, bucket, found, Name);
        await api("glue", table === undefined ? "CreateTable" : "UpdateTable", {
            DatabaseName,
            TableInput,
        });
        say(`${group.table}: ${found.classification}, ${String(found.columns.length)} columns`);
        table = TableInput;
    }
    if (group.partitionKeys.length === 0) return;
    const storage = table["StorageDescriptor"] as Record<string, unknown>;
    for (let start = 0; start < group.folders.length; start += 100) {
        const folders = group.folders.slice(start, start + 100);
        const { Partitions = [] } = await api("glue", "BatchGetPartition", {
            DatabaseName,
            TableName: group.table,
            PartitionsToGet: folders.map(({ values }) => ({ Values: values })),
        });
        const there = new Set(
            (Partitions as { Values: string[] }[]).map(({ Values }) => Values.join("/")),
        );
        const missing = folders.filter(({ values }) => !there.has(values.join("/")));
        if (missing.length === 0) continue;
        const PartitionInputList = missing.map((folder) => partitionInput(folder, bucket, storage));
        const { Errors = [] } = await api("glue", "BatchCreatePartition", {
            DatabaseName,
            TableName: group.table,
            PartitionInputList,
        });
        if ((Errors as unknown[]).length > 0)
            throw new Error(`${group.table}: ${JSON.stringify(Errors)}`);
        say(`${group.table}: ${missing.map(({ values }) => values.join("/")).join(" ")}`);
    }
}

async function tableOf(
    api: Api,
    DatabaseName: string | undefined,
    Name: string,
): Promise<Record<string, unknown> | undefined> {
    try {
        return (await api("glue", "GetTable", { DatabaseName, Name })).Table as Record<
            string,
            unknown
        >;
    } catch (error) {
        if ((error as Error).name === "EntityNotFoundException") return undefined;
        throw error;
    }
}
