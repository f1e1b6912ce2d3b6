/** Glue's crawlers: what was deployed of them, applied to the objects in the bucket, as a session of the crawler's role. */
import type { Handlers } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import { nameOf, type Context } from "./context";
import type { Classifier } from "./crawl/classify";
import { crawl, type CrawlerDefinition } from "./crawl/run";
import { writeLog } from "./logs";
import { logKeyOf } from "./securityConfiguration";

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
        const lines: string[] = [];
        const say = (line: string) => {
            lines.push(line);
            context.progress(`crawler ${definition.Name}`, line);
        };
        try {
            const api = await context.sessions.api(definition.Role, {
                service: "glue.amazonaws.com",
                sourceArn: `arn:aws:glue:${context.region}:${context.accountId}:crawler/${definition.Name}`,
            });
            const keyArn = await logKeyOf(definition.CrawlerSecurityConfiguration, api);
            const deployed = (definition.Classifiers ?? []).map((name) => {
                const classifier = classifiers.get(name);
                if (classifier !== undefined) return classifier;
                throw new Error(`classifier ${name} does not exist`);
            });
            await crawl({ ...crawler, classifiers: deployed }, api, say);
            await writeLog(api, {
                group: LogGroup,
                stream: definition.Name,
                lines,
                ownGroup: { keyArn },
            });
            crawler.lastCrawl = { ...about, Status: "SUCCEEDED" };
        } catch (error) {
            const ErrorMessage = error instanceof Error ? error.message : String(error);
            say(`failed: ${ErrorMessage}`);
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
