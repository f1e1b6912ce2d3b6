/**
 * The one endpoint on loopback that takes all AWS traffic of a run: S3A, boto3, the AWS SDK, the workflow's tasks.
 * Each request passes the middlewares, then goes to the handler of its operation, or to moto as it came.
 */
import { appendFileSync } from "node:fs";
import { createServer, Agent, request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Call, Handler, Handlers, Middleware, Reply } from "./gateway/call";
import { Identities } from "./gateway/identities";
import { failure, ServiceError } from "./gateway/replies";
import { routeOf } from "./gateway/route";

/** A call as the record keeps it. */
export interface RecordedCall {
    readonly service: string;
    readonly action: string;
    /** ARN of the caller's role; undefined for the deployer. */
    readonly role: string | undefined;
    readonly status: number;
    readonly ms: number;
    /** Where a stand-in failed by a mistake of its own: the stack trace. */
    readonly trace?: string;
}

/** Options of {@link startGateway}. */
export interface GatewayOptions {
    /** Base URL of moto, or a promise of it: requests wait until it is ready. */
    readonly backend: string | Promise<string>;
    /** Port on 127.0.0.1. @default 0, a free one */
    readonly port?: number;
    /** File that gets a JSON line a call. @default none */
    readonly recordFile?: string;
    /** In the order in which a call passes them. @default none */
    readonly middlewares?: readonly Middleware[];
}

/** A running gateway. */
export interface Gateway {
    /** `http://127.0.0.1:<port>` */
    readonly endpoint: string;
    readonly identities: Identities;
    /** Every call so far, in the order in which they ended. */
    readonly calls: readonly RecordedCall[];
    /** Adds handlers; a later one for the same operation replaces the earlier. */
    handle(handlers: Handlers): void;
    /** Puts a middleware after those that are there. */
    use(middleware: Middleware): void;
    close(): Promise<void>;
}

/** Starts the endpoint. @throws the error of `listen`, such as EADDRINUSE. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
    const identities = new Identities();
    const calls: RecordedCall[] = [];
    const handlers = new Map<string, Handler>();
    const middlewares: Middleware[] = [...(options.middlewares ?? [])];
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const backend = Promise.resolve(options.backend);
    backend.catch(() => undefined); // whoever starts moto reports it; requests get it as their answer

    const answer = async (request: IncomingMessage, body: Buffer, call: Call): Promise<Reply> => {
        const own =
            handlers.get(`${call.service}:${call.action}`) ?? handlers.get(`${call.service}:*`);
        const last = async () =>
            (await own?.(call)) ??
            (await learning(call, identities, forward(await backend, agent, request, body)));
        const chain = middlewares.reduceRight<() => Promise<Reply>>(
            (next, middleware) => () => middleware(call, next),
            last,
        );
        try {
            return await chain();
        } catch (error) {
            if (error instanceof ServiceError) return failure(call, error);
            const message = error instanceof Error ? error.message : String(error);
            const trace = error instanceof Error ? error.stack : undefined;
            const reply = failure(call, new ServiceError("InternalFailure", message, 500));
            return { ...reply, ...(trace === undefined ? {} : { trace }) };
        }
    };

    const server = createServer((request, response) => {
        void serve(request, response);
    });
    const serve = async (request: IncomingMessage, response: ServerResponse) => {
        const started = performance.now();
        try {
            const upload = isUpload(request);
            const body = upload ? Buffer.alloc(0) : await read(request);
            const head = {
                method: request.method ?? "",
                path: request.url ?? "/",
                headers: request.headers,
            };
            const route = routeOf(head, body);
            const identity = identities.of(route.accessKeyId);
            const call: Call = {
                ...route,
                ...head,
                body,
                isUpload: upload,
                identity,
                role: identity?.roleArn,
            };
            const reply = await answer(request, body, call);
            const { service, action, role } = call;
            const { status, trace } = reply;
            const ms = Math.round(performance.now() - started);
            const failed = trace === undefined ? {} : { trace };
            const recorded = { service, action, role, status, ms, ...failed };
            calls.push(recorded);
            if (options.recordFile !== undefined) {
                appendFileSync(options.recordFile, `${JSON.stringify(recorded)}\n`);
            }
            await send(response, reply);
        } catch {
            response.destroy(); // the client is gone, or moto broke off in the middle of an answer
        }
    };
    server.keepAliveTimeout = 60_000; // S3A and boto3 keep connections for a minute; closing earlier makes them retry
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return {
        endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        identities,
        calls,
        handle: (more) => {
            for (const [operation, handler] of Object.entries(more))
                handlers.set(operation, handler);
        },
        use: (middleware) => middlewares.push(middleware),
        close: () =>
            new Promise((resolve) => {
                agent.destroy();
                server.close(() => {
                    resolve();
                });
                server.closeAllConnections();
            }),
    };
}

/** An object's bytes, which no handler looks at and which may be many. */
function isUpload({ method, headers, url = "/" }: IncomingMessage): boolean {
    if (method !== "PUT" || !(headers.authorization ?? url).includes("/s3/aws4_request"))
        return false;
    return (url.split("?")[0] ?? "").split("/").length > 2;
}

async function read(stream: Readable): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
}

/** Sends the request on as it came, with its own Host header: moto makes URLs from it. */
async function forward(
    backend: string,
    agent: Agent,
    request: IncomingMessage,
    body: Buffer,
    attempt = 1,
): Promise<Reply> {
    const upload = isUpload(request);
    try {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
            const onward = httpRequest(
                new URL(backend),
                {
                    method: request.method ?? "GET",
                    path: request.url ?? "/",
                    headers: request.headers,
                    agent,
                },
                resolve,
            );
            onward.on("error", reject);
            if (upload) request.pipe(onward);
            else onward.end(body);
        });
        return { status: response.statusCode ?? 502, headers: passedOn(response), body: response };
    } catch (error) {
        // moto may close a kept connection in the moment in which it is used again
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ECONNRESET" && !upload && attempt < 3) {
            return forward(backend, agent, request, body, attempt + 1);
        }
        throw error;
    }
}

function passedOn({ headers }: IncomingMessage): Record<string, string | string[]> {
    const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding"]);
    return Object.fromEntries(
        Object.entries(headers).filter(
            ([name, value]) => value !== undefined && !hopByHop.has(name),
        ),
    ) as Record<string, string | string[]>;
}

/** Reads who got a session out of STS's answer. */
async function learning(call: Call, identities: Identities, reply: Promise<Reply>): Promise<Reply> {
    const answered = await reply;
    if (call.service !== "sts" || !call.action.startsWith("AssumeRole")) return answered;
    const body =
        answered.body instanceof Readable ? await read(answered.body) : Buffer.from(answered.body);
    if (answered.status === 200) identities.learn(call.body, body);
    return { ...answered, body };
}

async function send(response: ServerResponse, { status, headers, body }: Reply): Promise<void> {
    const own =
        body instanceof Readable ? {} : { "content-length": String(Buffer.byteLength(body)) };
    response.writeHead(status, { ...headers, ...own } as Record<string, string | string[]>);
    if (body instanceof Readable) await pipeline(body, response);
    else response.end(body);
}
