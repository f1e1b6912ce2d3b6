/**
 * Makes the sample logs: the same bytes every time, on every machine.
 *
 * Two sources over three days: `web`, access logs in Combined Log Format (one file of a day gzipped), and `shop`, JSON lines.
 * Visitors come back in visits, traffic follows the hour of the day, three in ten requests are a crawler's, errors come in a burst on
 * the second evening, and some lines are cut off, garbled, blank or headers, as in real logs. {@link sampleTruth} holds what went in.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** The days the samples cover; the last one is what the run takes by default. */
export const sampleDays = ["2026-03-02", "2026-03-03", "2026-03-04"] as const;

/** What was written for one source and day. */
export interface SampleTruth {
    readonly source: string;
    readonly dt: string;
    readonly lines: number;
    readonly events: number;
    readonly malformed: number;
    readonly skipped: number;
}

interface Request {
    readonly at: Date;
    readonly client: string;
    readonly agent: string;
    readonly user: string;
    readonly method: string;
    readonly target: string;
    readonly status: number;
    readonly bytes: number;
    readonly referer: string;
}

const requestsADay = { web: 6000, shop: 2500 };

const pages = [
    "/",
    "/about",
    "/blog/",
    "/blog/parquet-or-not",
    "/blog/one-switch",
    "/docs/setup",
    "/docs/api",
    "/search?q=spark",
    "/static/site.css",
    "/static/app.js",
    "/img/logo%20small.png",
    "/feed.xml",
    "/robots.txt",
];
const endpoints = [
    "/v1/products",
    "/v1/products/17",
    "/v1/cart",
    "/v1/checkout",
    "/v1/login",
    "/v1/search?q=lake&page=2",
];
const browsers = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
];
const crawlers = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.5.0",
];

/** Writes `<folder>/<source>/dt=<day>/*` and returns what each holds. */
export function writeSamples(folder: string): SampleTruth[] {
    return sampleDays.flatMap((dt, day) => [writeWeb(folder, dt, day), writeShop(folder, dt, day)]);
}

/** Lines of an access log of one day, {@link AccessLog.malformed} and {@link AccessLog.skipped} ones among them. */
export interface AccessLog {
    readonly lines: readonly string[];
    readonly events: number;
    readonly malformed: number;
    readonly skipped: number;
}

/** `count` requests of the day `dt` in Combined Log Format, and five lines that are none. Each `seed` makes other ones. */
export function accessLog(seed: number, dt: string, count: number, burst = false): AccessLog {
    const random = generator(seed);
    const lines = requests(random, dt, count, pages, burst).map(combinedLine);
    const events = lines.length;
    const malformed = [
        lines[40]?.slice(0, 60) ?? "", // cut off by a full disk
        '203.0.113.9 - - [not a time] "GET / HTTP/1.1" 200 12 "-" "-"',
        "segfault at 0 ip 00007f sp 00007ffd error 4 in libc.so.6",
    ];
    const skipped = ["", "# rotated"];
    insert(random, lines, [...malformed, ...skipped]);
    return { lines, events, malformed: malformed.length, skipped: skipped.length };
}

function writeWeb(folder: string, dt: string, day: number): SampleTruth {
    const log = accessLog(100 + day, dt, requestsADay.web, day === 1);
    const { lines } = log;
    const half = Math.floor(lines.length / 2);
    const target = join(folder, "web", `dt=${dt}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "access-1.log"), `${lines.slice(0, half).join("\n")}\n`);
    writeFileSync(join(target, "access-2.log.gz"), gzipSync(`${lines.slice(half).join("\n")}\n`));
    return { ...log, source: "web", dt, lines: lines.length };
}

function writeShop(folder: string, dt: string, day: number): SampleTruth {
    const random = generator(200 + day);
    const lines = requests(random, dt, requestsADay.shop, endpoints, day === 1).map(jsonLine);
    const good = lines.length;
    const malformed = [
        lines[7]?.slice(0, 80) ?? "", // a writer that was killed
        '{"http.request.method":"GET","url.path":"/v1/cart","http.response.status_code":200}', // no time
    ];
    insert(random, lines, malformed);
    const target = join(folder, "shop", `dt=${dt}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "requests.json"), `${lines.join("\n")}\n`);
    return {
        source: "shop",
        dt,
        lines: lines.length,
        events: good,
        malformed: malformed.length,
        skipped: 0,
    };
}

/** A day's requests in order of time. */
function requests(
    random: () => number,
    dt: string,
    count: number,
    targets: readonly string[],
    burst: boolean,
): Request[] {
    const made: Request[] = [];
    while (made.length < count) {
        const visit = visitor(random);
        let seconds = Math.floor(86_400 * busyHour(random));
        const length = 1 + Math.floor(random() * (visit.crawler ? 20 : 8));
        for (let step = 0; step < length && made.length < count && seconds < 86_400; step++) {
            made.push(request(random, dt, seconds, visit, targets, burst));
            seconds += 1 + Math.floor(random() * (visit.crawler ? 30 : 300));
        }
    }
    return made.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function request(
    random: () => number,
    dt: string,
    seconds: number,
    visit: { client: string; agent: string; user: string; crawler: boolean },
    targets: readonly string[],
    burst: boolean,
): Request {
    const failing = burst && seconds > 18 * 3600 && seconds < 19 * 3600 && random() < 0.5;
    const target =
        random() < 0.03 ? `/missing/${String(Math.floor(random() * 900))}` : pick(random, targets);
    return {
        at: new Date(Date.parse(`${dt}T00:00:00Z`) + seconds * 1000),
        client: visit.client,
        agent: visit.agent,
        user: visit.user,
        method: visit.crawler ? "GET" : pick(random, ["GET", "GET", "GET", "GET", "POST", "HEAD"]),
        target,
        status: failing
            ? 503
            : target.startsWith("/missing/")
              ? 404
              : pick(random, [200, 200, 200, 200, 200, 304, 301]),
        bytes: Math.floor(200 + random() * random() * 60_000),
        referer: visit.crawler || random() < 0.4 ? "" : "https://example.com/",
    };
}

function visitor(random: () => number): {
    client: string;
    agent: string;
    user: string;
    crawler: boolean;
} {
    const crawler = random() < 0.1;
    const host = Math.floor(random() * random() * 400);
    // the documentation ranges of RFC 5737 and RFC 3849 belong to nobody
    const client =
        host % 9 === 0
            ? `2001:db8::${host.toString(16)}`
            : `198.51.${String(100 + (host >> 8))}.${String(host & 255)}`;
    return {
        client,
        agent: pick(random, crawler ? crawlers : browsers),
        user: random() < 0.05 ? "ada" : "",
        crawler,
    };
}

/** A share of the day, likelier around the middle of it. */
function busyHour(random: () => number): number {
    return (random() + random() + random()) / 3;
}

function combinedLine(r: Request): string {
    const size = r.status === 304 || r.method === "HEAD" ? "-" : String(r.bytes);
    const request = `${r.method} ${r.target} HTTP/1.1`;
    return `${r.client} - ${r.user || "-"} [${clfTime(r.at)}] "${request}" ${String(r.status)} ${size} "${r.referer || "-"}" "${r.agent}"`;
}

/** `02/Mar/2026:09:05:01 +0000`, from `Mon, 02 Mar 2026 09:05:01 GMT`. */
function clfTime(at: Date): string {
    const [, date = "", month = "", year = "", time = ""] = at.toUTCString().split(" ");
    return `${date}/${month}/${year}:${time} +0000`;
}

function jsonLine(r: Request): string {
    const [path = "", query] = r.target.split("?");
    return JSON.stringify({
        timestamp: r.at.toISOString(),
        "client.address": r.client,
        "http.request.method": r.method,
        "url.path": path,
        ...(query === undefined ? {} : { "url.query": query }),
        "http.response.status_code": r.status,
        "http.response.body.size": r.bytes,
        "user_agent.original": r.agent,
        ...(r.user === "" ? {} : { "user.name": r.user }),
    });
}

/** Puts each of `extra` at a place of its own among `lines`. */
function insert(random: () => number, lines: string[], extra: readonly string[]): void {
    for (const line of extra) lines.splice(Math.floor(random() * lines.length), 0, line);
}

function pick<T>(random: () => number, from: readonly T[]): T {
    return from[Math.floor(random() * from.length)] as T;
}

/** mulberry32: a small generator of numbers in [0, 1) that gives the same ones for the same seed everywhere. */
function generator(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
}
