/** Starts a policy pack in the analyzer process that the Pulumi engine would start, and speaks gRPC with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type * as grpc from "@grpc/grpc-js";
import { AnalyzerClient, AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { configureRequest, type PackConfig } from "./configuration";
import {
    analyzeRequest,
    diagnosticsOf,
    policiesOf,
    pulumiRequire,
    stackResource,
    type AnalyzedResource,
    type Diagnostic,
    type PolicyInfo,
} from "./messages";

export type { PackConfig } from "./configuration";
export type { AnalyzedResource, Diagnostic, Level, PolicyInfo, Severity } from "./messages";

/** Options of {@link startAnalyzer}. */
export interface AnalyzerOptions {
    /** Folder of the pack, with its PulumiPolicy.yaml. */
    readonly pack: string;
    /** @default "loglake" */
    readonly project?: string;
    /** @default "dev" */
    readonly stack?: string;
    /** Whether values may be unknown. @default false */
    readonly preview?: boolean;
    /** @default every policy at its own level, with its own defaults */
    readonly config?: PackConfig;
    /** Time to start, after which it counts as failed. @default 60 */
    readonly startSeconds?: number;
}

/** A pack at work. */
export interface Analyzer {
    readonly policies: readonly PolicyInfo[];
    /** Configures the pack anew. */
    configure(config: PackConfig): Promise<void>;
    /** Judges a resource by its inputs. */
    analyze(resource: AnalyzedResource): Promise<Diagnostic[]>;
    /** Judges a stack by its resources' outputs. */
    analyzeStack(resources: readonly AnalyzedResource[]): Promise<Diagnostic[]>;
    /** Ends the process. */
    close(): Promise<void>;
}

const messageBytes = 400 * 1024 * 1024; // as the server takes

/**
 * Starts the pack's process as the language host does: in the pack's folder, with an engine's address, which the pack
 * never uses; it prints the port on which it listens.
 */
export async function startAnalyzer(options: AnalyzerOptions): Promise<Analyzer> {
    const program = pulumiRequire.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [program, "127.0.0.1:0", options.pack], {
        cwd: options.pack,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
            ...process.env,
            NODE_OPTIONS: "",
            PULUMI_NODEJS_PROJECT: options.project ?? "loglake",
            PULUMI_NODEJS_STACK: options.stack ?? "dev",
            PULUMI_NODEJS_DRY_RUN: String(options.preview ?? false),
            PULUMI_CONFIG: "{}",
        },
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    try {
        const port = await portOf(child, options.startSeconds ?? 60);
        const client = connect(port);
        const policies = policiesOf(await client.getAnalyzerInfo());
        const configure = async (config: PackConfig) => {
            await client.configure(configureRequest(policies, config));
        };
        await configure(options.config ?? {});
        return {
            policies,
            configure,
            analyze: async (resource) => {
                const response = await client.analyze(analyzeRequest(resource));
                return diagnosticsOf(response).map((diagnostic) => ({
                    ...diagnostic,
                    urn: resource.urn,
                }));
            },
            analyzeStack: async (resources) => {
                const request = new proto.AnalyzeStackRequest();
                request.setResourcesList(resources.map(stackResource));
                return diagnosticsOf(await client.analyzeStack(request));
            },
            close: async () => {
                client.close();
                process.off("exit", kill);
                if (child.exitCode !== null || child.signalCode !== null) return;
                const ended = once(child, "exit");
                kill();
                await ended;
            },
        };
    } catch (error) {
        kill();
        throw error;
    }
}

/** The first line of standard output; an error with what was printed if the process ends before. */
async function portOf(child: ChildProcess, seconds: number): Promise<number> {
    const errors: string[] = [];
    child.stderr?.on("data", (data: Buffer) => errors.push(data.toString()));
    if (child.stdout === null) throw new Error("the policy pack has no output");
    const lines = createInterface({ input: child.stdout });
    return new Promise((resolve, reject) => {
        const fail = (why: string) => {
            reject(new Error(`the policy pack did not start: ${why}\n${errors.join("")}`));
        };
        const timer = setTimeout(() => {
            fail(`no answer in ${String(seconds)} s`);
        }, seconds * 1000);
        lines.once("line", (line) => {
            clearTimeout(timer);
            resolve(Number(line));
        });
        child.once("exit", (code) => {
            clearTimeout(timer);
            fail(`exit code ${String(code)}`);
        });
    });
}

/** A method of a gRPC client that takes one message and answers with one. */
type Unary<Q, R> = (request: Q, callback: (error: Error | null, response: R) => void) => unknown;

function connect(port: number) {
    const { credentials } = pulumiRequire("@grpc/grpc-js") as typeof grpc;
    const client = new AnalyzerClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
        "grpc.max_receive_message_length": messageBytes,
        "grpc.max_send_message_length": messageBytes,
    });
    const call =
        <Q, R>(method: Unary<Q, R>) =>
        (request: Q) =>
            new Promise<R>((resolve, reject) => {
                method.call(client, request, (error, response) => {
                    if (error === null) resolve(response);
                    else reject(error);
                });
            });
    // The empty message must be of the class that the service itself was made with.
    const { requestType: Empty } = AnalyzerService.getAnalyzerInfo as unknown as {
        requestType: new () => object;
    };
    /* eslint-disable @typescript-eslint/unbound-method -- `call` binds them */
    const info = call<object, proto.AnalyzerInfo>(
        client.getAnalyzerInfo as unknown as Unary<object, proto.AnalyzerInfo>,
    );
    return {
        getAnalyzerInfo: () => info(new Empty()),
        configure: async (request: proto.ConfigureAnalyzerRequest) => {
            await call<proto.ConfigureAnalyzerRequest, unknown>(client.configure)(request);
        },
        analyze: call<proto.AnalyzeRequest, proto.AnalyzeResponse>(client.analyze),
        analyzeStack: call<proto.AnalyzeStackRequest, proto.AnalyzeResponse>(client.analyzeStack),
        close: () => {
            client.close();
        },
    };
}
