import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { createApi, type Api } from "../../local/api";
import { deployer } from "../../local/gateway/identities";
import { ServiceError } from "../../local/gateway/replies";
import { crawlers } from "../../local/services/crawler";
import { classify, sampleLines, type Classifier } from "../../local/services/crawl/classify";
import { excluded, groupObjects } from "../../local/services/crawl/group";
import { parseGrok } from "../../local/services/grok";
import { answering, fakeAws, type FakeAws } from "./support/fakeAws";

const grok = (Name: string, GrokPattern: string, CustomPatterns: string): Classifier => ({
    GrokClassifier: { Name, Classification: Name, GrokPattern, CustomPatterns },
});
const pair = grok("pair", "^%{LL_WORD:first} %{LL_WORD:second}$", "LL_WORD [a-z]+");
const single = grok("single", "^%{LL_WORD:only}$", "LL_WORD [a-z]+");

describe("grok", () => {
    it("names groups by the order in which fields open, nested ones too", () => {
        const { expression, fields } = parseGrok(
            "%{LL_BOTH:both}",
            "LL_BOTH %{LL_A:a}-%{LL_A:b}\nLL_A \\d++",
        );
        expect(fields).to.deep.equal(["both", "a", "b"]);
        expect(expression.exec("x 12-3")?.slice(1)).to.deep.equal(["12-3", "12", "3"]);
    });

    it("keeps a plus in a set of characters, and drops what only Java has", () => {
        const { expression } = parseGrok("^%{LL_X:x}$", "LL_X (?>[*+]+)a*+");
        expect(expression.source).to.equal("^((?:[*+]+)a*)$");
    });

    it("refuses a pattern that is not defined, and one that contains itself", () => {
        expect(() => parseGrok("%{LL_NO:x}")).to.throw("LL_NO is not defined");
        expect(() => parseGrok("%{LL_A:x}", "LL_A a%{LL_A}")).to.throw("LL_A contains itself");
    });
});

describe("classification", () => {
    it("goes to the first classifier that recognises every line", () => {
        const found = classify(["a b", "c d"], [single, pair]);
        expect(found.classification).to.equal("pair");
        expect(found.columns).to.deep.equal([
            { Name: "first", Type: "string" },
            { Name: "second", Type: "string" },
        ]);
    });

    it("goes to the most certain one where none recognises every line", () => {
        expect(classify(["a", "b", "c d", "7"], [pair, single]).classification).to.equal("single");
    });

    it("is UNKNOWN, without columns, where no classifier recognises a line", () => {
        expect(classify(["7", "8"], [pair])).to.deep.equal({
            classification: "UNKNOWN",
            columns: [],
        });
    });

    it("finds JSON without a classifier, with a type for each key that holds all its values", () => {
        const lines = [
            '{"Id":1,"ratio":1,"name":"a","tags":["x"]}',
            '{"id":3000000000,"ratio":0.5,"at":{"x":1},"none":null}',
        ];
        expect(classify(lines, []).columns).to.deep.equal([
            { Name: "id", Type: "bigint" },
            { Name: "ratio", Type: "double" },
            { Name: "name", Type: "string" },
            { Name: "tags", Type: "array<string>" },
            { Name: "at", Type: "struct<x:int>" },
        ]);
    });

    it("reads what it can of a gzip file that is damaged", () => {
        const whole = Array.from({ length: 2000 }, (_, index) => `line ${String(index * 7919)}`);
        const packed = gzipSync(whole.join("\n"));
        packed.fill(0, 4000, 4100);
        const lines = sampleLines(packed, true);
        expect(lines.length).to.be.within(100, 1000);
        expect(lines.slice(0, 100)).to.deep.equal(whole.slice(0, 100));
    });

    it("reads the beginning of a gzip file, which is torn", () => {
        const whole = Array.from({ length: 20_000 }, (_, index) => `line ${String(index * 7919)}`);
        const lines = sampleLines(gzipSync(whole.join("\n")).subarray(0, 4000), false);
        expect(lines.length).to.be.greaterThan(500);
        expect(lines).to.deep.equal(whole.slice(0, lines.length));
    });

    it("leaves out the last line of a beginning, and no line of a whole file", () => {
        expect(sampleLines(Buffer.from("a\r\n\nb"), false)).to.deep.equal(["a"]);
        expect(sampleLines(Buffer.from("a\r\n\nb"), true)).to.deep.equal(["a", "b"]);
    });
});

describe("grouping of objects", () => {
    const objects = (...keys: string[]) => keys.map((Key) => ({ Key, Size: 1 }));

    it("makes a table of each folder at the level, and a partition of each folder in it", () => {
        const groups = groupObjects(
            objects("Web-1/dt=2026-01-01/a", "Web-1/dt=2026-01-02/b", "api/dt=2026-01-01/c"),
            2,
        );
        expect(groups.map(({ table, partitionKeys }) => ({ table, partitionKeys }))).to.deep.equal([
            { table: "web_1", partitionKeys: ["dt"] },
            { table: "api", partitionKeys: ["dt"] },
        ]);
        expect(groups[0]?.folders.map(({ values, prefix }) => [values, prefix])).to.deep.equal([
            [["2026-01-01"], "Web-1/dt=2026-01-01/"],
            [["2026-01-02"], "Web-1/dt=2026-01-02/"],
        ]);
    });

    it("numbers partition keys that have no name", () => {
        expect(groupObjects(objects("web/2026/01/a"), 2)[0]?.partitionKeys).to.deep.equal([
            "partition_0",
            "partition_1",
        ]);
    });

    it("passes over empty objects and those above the level, and tells those that lie elsewhere", () => {
        const found = groupObjects(
            [...objects("top", "web/dt=1/a", "web/stray"), { Key: "web/dt=2/", Size: 0 }],
            2,
        );
        expect(found).to.have.length(1);
        expect(found[0]?.folders.map(({ prefix }) => prefix)).to.deep.equal(["web/dt=1/"]);
        expect(found[0]?.misplaced).to.deep.equal(["web/stray"]);
    });

    it("leaves out what an exclusion matches: * within a folder, ** across", () => {
        expect(excluded("web/_tmp/a", ["**/_**"])).to.equal(true);
        expect(excluded("web/a.tmp", ["*.tmp"])).to.equal(false);
        expect(excluded("a.tmp", ["*.tmp"])).to.equal(true);
        expect(excluded("a.log", ["*.{tmp,bak}", "[!a]*"])).to.equal(false);
        expect(excluded("b.bak", ["*.{tmp,bak}"])).to.equal(true);
    });
});

describe("crawler stand-in", () => {
    let aws: FakeAws;
    let api: Api;
    let files: Record<string, string>;
    let tables: Record<string, any>;
    let partitions: Partial<Record<string, any[]>>;

    beforeEach(async () => {
        files = {};
        tables = {};
        partitions = {};
        aws = await fakeAws({
            "s3:ListObjectsV2": () => {
                const contents = Object.entries(files)
                    .map(
                        ([key, body]) =>
                            `<Contents><Key>${key}</Key><Size>${String(body.length)}</Size></Contents>`,
                    )
                    .join("");
                const body = `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${contents}</ListBucketResult>`;
                return Promise.resolve({
                    status: 200,
                    headers: { "content-type": "application/xml" },
                    body,
                });
            },
            "s3:GetObject": (call) => {
                const key = decodeURIComponent(
                    call.path.split("?")[0]?.slice("/raw/".length) ?? "",
                );
                return Promise.resolve({ status: 206, headers: {}, body: files[key] ?? "" });
            },
            "glue:GetTable": answering(({ Name }) => {
                if (tables[Name] === undefined)
                    throw new ServiceError("EntityNotFoundException", Name);
                return { Table: tables[Name] };
            }),
            "glue:CreateTable": answering(
                ({ TableInput }) => ((tables[TableInput.Name] = TableInput), {}),
            ),
            "glue:BatchGetPartition": answering(({ TableName, PartitionsToGet }) => ({
                Partitions: (partitions[TableName] ?? []).filter(({ Values }) =>
                    PartitionsToGet.some((wanted: any) => wanted.Values.join() === Values.join()),
                ),
            })),
            "glue:BatchCreatePartition": answering(({ TableName, PartitionInputList }) => {
                (partitions[TableName] ??= []).push(...PartitionInputList);
                return {};
            }),
        });
        const own = crawlers(aws.context);
        const create = own["glue:CreateCrawler"];
        aws.gateway.handle({
            ...own,
            // what moto would answer
            "glue:CreateCrawler": async (call) =>
                (await create?.(call)) ?? { status: 200, headers: {}, body: "{}" },
        });
        const { endpoint } = aws.gateway;
        api = createApi({ endpoint, region: "eu-west-1", credentials: deployer });
        await api("glue", "CreateClassifier", pair);
    });
    afterEach(() => aws.close());

    const deploy = (more: object = {}) =>
        api("glue", "CreateCrawler", {
            Name: "raw",
            Role: "arn:aws:iam::123456789012:role/crawler",
            DatabaseName: "lake_raw",
            Targets: { S3Targets: [{ Path: "s3://raw/", Exclusions: ["**/_**"] }] },
            Classifiers: ["pair"],
            Configuration: JSON.stringify({ Grouping: { TableLevelConfiguration: 2 } }),
            ...more,
        });
    const crawl = async (): Promise<any> => {
        await api("glue", "StartCrawler", { Name: "raw" });
        for (;;) {
            const { Crawler } = await api("glue", "GetCrawler", { Name: "raw" });
            if (Crawler.State === "READY") return Crawler;
        }
    };

    it("catalogues each source with its classification, its columns and its days", async () => {
        files = {
            "web/dt=2026-01-01/a.log": "a b\n",
            "web/dt=2026-01-02/b.log": "c d\n",
            "web/dt=2026-01-02/_part": "7\n",
        };
        await deploy();
        const { LastCrawl } = await crawl();

        expect(LastCrawl).to.include({ Status: "SUCCEEDED" });
        expect(LastCrawl.StartTime).to.be.instanceOf(Date);
        expect(tables["web"].Parameters).to.include({
            classification: "pair",
            UPDATED_BY_CRAWLER: "raw",
            objectCount: "2",
        });
        expect(tables["web"].StorageDescriptor.Location).to.equal("s3://raw/web/");
        expect(
            partitions["web"]?.map(({ Values, StorageDescriptor }) => [
                Values[0],
                StorageDescriptor.Location,
            ]),
        ).to.deep.equal([
            ["2026-01-01", "s3://raw/web/dt=2026-01-01/"],
            ["2026-01-02", "s3://raw/web/dt=2026-01-02/"],
        ]);
    });

    it("works as a session of its role", async () => {
        files = { "web/dt=1/a": "a b\n" };
        await deploy();
        await crawl();
        const asRole = aws.gateway.calls.filter(
            ({ role }) => role === "arn:aws:iam::123456789012:role/crawler",
        );
        expect(asRole.map(({ action }) => action)).to.deep.equal([
            "ListObjectsV2",
            "GetTable",
            "GetObject",
            "CreateTable",
            "BatchGetPartition",
            "BatchCreatePartition",
            "CreateLogGroup",
            "CreateLogStream",
            "PutLogEvents",
        ]);
    });

    it("adds only what is new when it runs again", async () => {
        files = { "web/dt=1/a": "a b\n" };
        await deploy();
        await crawl();
        files["web/dt=2/a"] = "a b\n";
        files["api/dt=2/a"] = "{}\n";
        await crawl();
        expect(partitions["web"]?.map(({ Values }) => Values[0])).to.deep.equal(["1", "2"]);
        expect(tables["api"].Parameters.classification).to.equal("json");
    });

    it("adds no table after the first run when it crawls new folders only", async () => {
        files = { "web/dt=1/a": "a b\n" };
        await deploy({ RecrawlPolicy: { RecrawlBehavior: "CRAWL_NEW_FOLDERS_ONLY" } });
        await crawl();
        files["api/dt=1/a"] = "{}\n";
        files["web/dt=2/a"] = "a b\n";
        await crawl();
        expect(Object.keys(tables)).to.deep.equal(["web"]);
        expect(partitions["web"]).to.have.length(2);
    });

    it("refuses to start twice at once", async () => {
        await deploy();
        await api("glue", "StartCrawler", { Name: "raw" });
        const again = await api("glue", "StartCrawler", { Name: "raw" }).catch(
            (error: unknown) => error,
        );
        expect(again).to.include({ name: "CrawlerRunningException" });
    });

    it("fails, and says why, where a classifier is missing", async () => {
        await deploy({ Classifiers: ["gone"] });
        const { LastCrawl } = await crawl();
        expect(LastCrawl).to.include({
            Status: "FAILED",
            ErrorMessage: "classifier gone does not exist",
        });
    });

    it("knows no crawler that was not deployed", async () => {
        const refusal = await api("glue", "StartCrawler", { Name: "other" }).catch(
            (error: unknown) => error,
        );
        expect(refusal).to.include({ name: "EntityNotFoundException" });
    });
});
