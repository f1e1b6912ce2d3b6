/** Glue's crawlers: what was deployed of them, applied to the objects in the bucket, as a session of the crawler's role. */
import type { Api } from "../api";
import type { Handlers } from "../gateway";
import { input, json, ServiceError } from "../gateway/replies";
import { nameOf, type Context } from "./context";
import { partitionInput, tableInput } from "./crawl/catalog";
import { classify, sampleLines, type Classified, type Classifier } from "./crawl/classify";
import {
    excluded,
    groupObjects,
    parseS3Uri,
    type Folder,
    type Group,
    type S3Object,
    type S3Target,
} from "./crawl/group";

/** Bytes read of each file to tell what it is. */
const sampleBytes = 1 << 20;

/** Files read in each folder when the target does not say. */
const defaultSampleSize = 20;

/** A crawler as `CreateCrawler` took it. */
interface CrawlerDefinition {
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

interface Crawler {
    readonly definition: CrawlerDefinition;
    readonly created: number;
    state: "READY" | "RUNNING";
    /** Start of the crawl that runs, in milliseconds. */
    started: number;
    lastCrawl: Record<string, unknown> | undefined;
    /** Folders of earlier crawls. */
    readonly crawled: Set<string>;
}

/** Handlers of Glue's operations on classifiers and crawlers. */
export function crawlers(context: Context): Handlers {
    const classifiers = new Map<string, Classifier>();
    const known = new Map<string, Crawler>();
    const find = (name: string): Crawler => {
        const crawler = known.get(name);
        if (crawler !== undefined) return crawler;
        throw new ServiceError(
            "EntityNotFoundException",
            `Crawler with name ${name} does not exist`,
        );
    };
    const run = async (crawler: Crawler): Promise<void> => {
        const { definition, started } = crawler;
        const group = `/aws-glue/crawlers-role/${nameOf(definition.Role)}-${definition.CrawlerSecurityConfiguration ?? ""}`;
        const LogGroup =
            definition.CrawlerSecurityConfiguration === undefined ? "/aws-glue/crawlers" : group;
        const about = {
            StartTime: started / 1000,
            LogGroup,
            LogStream: definition.Name,
            MessagePrefix: String(started),
        };
        try {
            const deployed = (definition.Classifiers ?? []).map((name) => {
                const classifier = classifiers.get(name);
                if (classifier !== undefined) return classifier;
                throw new Error(`classifier ${name} does not exist`);
            });
            await crawl(crawler, deployed, context);
            crawler.lastCrawl = { ...about, Status: "SUCCEEDED" };
        } catch (error) {
            const ErrorMessage = error instanceof Error ? error.message : String(error);
            context.progress(`crawler ${definition.Name}`, `failed: ${ErrorMessage}`);
            crawler.lastCrawl = { ...about, Status: "FAILED", ErrorMessage };
        }
        crawler.state = "READY";
    };
    return {
        "glue:CreateClassifier": (call) => {
            const request = input<Record<string, { Name: string }>>(call);
            const { GrokClassifier, JsonClassifier } = request;
            const classifier = GrokClassifier ?? JsonClassifier;
            if (classifier === undefined) {
                throw new ServiceError(
                    "InvalidInputException",
                    `this machine has no ${Object.keys(request).join()}`,
                );
            }
            if (classifiers.has(classifier.Name)) {
                throw new ServiceError(
                    "AlreadyExistsException",
                    `${classifier.Name} already exists`,
                );
            }
            classifiers.set(classifier.Name, request as unknown as Classifier);
            return Promise.resolve(json({}));
        },
        "glue:GetClassifier": (call) => {
            const { Name } = input<{ Name: string }>(call);
            const Classifier = classifiers.get(Name);
            if (Classifier === undefined)
                throw new ServiceError("EntityNotFoundException", `Classifier ${Name} not found`);
            return Promise.resolve(json({ Classifier }));
        },
        "glue:GetClassifiers": () =>
            Promise.resolve(json({ Classifiers: [...classifiers.values()] })),
        "glue:CreateCrawler": (call) => {
            const definition = input<CrawlerDefinition>(call);
            known.set(definition.Name, {
                definition,
                created: Date.now(),
                state: "READY",
                started: 0,
                lastCrawl: undefined,
                crawled: new Set(),
            });
            return Promise.resolve(undefined); // moto keeps it too, for listings
        },
        "glue:StartCrawler": (call) => {
            const crawler = find(input<{ Name: string }>(call).Name);
            if (crawler.state === "RUNNING") {
                const message = `Crawler with name ${crawler.definition.Name} has already started`;
                throw new ServiceError("CrawlerRunningException", message);
            }
            crawler.state = "RUNNING";
            crawler.started = Date.now();
            void run(crawler);
            return Promise.resolve(json({}));
        },
        "glue:GetCrawler": (call) => {
            const { definition, state, created, started, lastCrawl } = find(
                input<{ Name: string }>(call).Name,
            );
            const Crawler = {
                ...definition,
                State: state,
                CrawlElapsedTime: state === "RUNNING" ? Date.now() - started : 0,
                CreationTime: created / 1000,
                ...(lastCrawl === undefined ? {} : { LastCrawl: lastCrawl }),
            };
            return Promise.resolve(json({ Crawler }));
        },
    };
}

async function crawl(
    crawler: Crawler,
    classifiers: readonly Classifier[],
    context: Context,
): Promise<void> {
    const { definition } = crawler;
    const api = await context.sessions.api(definition.Role, { service: "glue.amazonaws.com" });
    const isFirst = crawler.crawled.size === 0;
    const onlyNew =
        definition.RecrawlPolicy?.RecrawlBehavior === "CRAWL_NEW_FOLDERS_ONLY" && !isFirst;
    for (const target of definition.Targets.S3Targets ?? []) {
        const { bucket, key } = parseS3Uri(target.Path);
        const objects = await list(api, bucket, key, target.Exclusions ?? []);
        for (const group of groupObjects(objects, tableLevel(definition, key))) {
            const id = (folder: Folder) => `${bucket}/${folder.prefix}`;
            const folders = group.folders.filter(
                (folder) => !onlyNew || !crawler.crawled.has(id(folder)),
            );
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
                context,
            );
            for (const folder of folders) crawler.crawled.add(id(folder));
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
    { progress }: Context,
): Promise<void> {
    const say = (line: string) => {
        progress(`crawler ${Name}`, line);
    };
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
