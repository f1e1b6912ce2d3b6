/** Lambda: the code that was deployed, in a process of its own, as a session of the function's role. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomUUID } from "node:crypto";
import { unzipSync } from "fflate";
import type { Call, Handlers, Reply } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import { awsEnvironment, plainEnvironment, type Context } from "./context";
import { dataKeyOpened } from "./encryption";
import { writeLog } from "./logs";

/** A function as `CreateFunction` took it. */
interface FunctionDefinition {
    readonly FunctionName: string;
    readonly Role: string;
    readonly Runtime: string;
    readonly Handler: string;
    /** Seconds. */
    readonly Timeout?: number;
    /** MB. */
    readonly MemorySize?: number;
    /** Key of the environment's variables. */
    readonly KMSKeyArn?: string;
    readonly LoggingConfig?: { readonly LogGroup?: string };
    readonly Code: { readonly ZipFile?: string };
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** Handlers of Lambda's operations. */
export function lambda(context: Context): Handlers {
    const functions = new Map<string, { definition: FunctionDefinition; folder: string }>();
    return {
        "lambda:CreateFunction": (call) => {
            const definition = input<FunctionDefinition>(call);
            functions.set(definition.FunctionName, {
                definition,
                folder: unpack(definition, context.runFolder),
            });
            return Promise.resolve(undefined); // moto keeps it too, for its configuration
        },
        "lambda:Invoke": async (call) => {
            const name = functionName(call);
            const known = functions.get(name);
            if (known === undefined) {
                throw new ServiceError(
                    "ResourceNotFoundException",
                    `Function not found: ${name}`,
                    404,
                );
            }
            const invocation = invoke(known.definition, known.folder, call.body, context);
            if (call.headers["x-amz-invocation-type"] !== "Event") return invocation;
            void invocation.catch(() => undefined);
            return json({}, 202);
        },
    };
}

/** `planner` of `/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:planner:$LATEST/invocations`. */
function functionName(call: Call): string {
    const [, , , encoded = ""] = call.path.split("?")[0]?.split("/") ?? [];
    const name = decodeURIComponent(encoded);
    return name.startsWith("arn:") ? (name.split(":")[6] ?? "") : (name.split(":")[0] ?? "");
}

/** Lays out the code as Lambda does: the package, and beside it the SDK that the Node runtimes bring. */
function unpack({ FunctionName, Code }: FunctionDefinition, runFolder: string): string {
    const folder = join(runFolder, "functions", FunctionName);
    rmSync(folder, { recursive: true, force: true });
    const files = unzipSync(Buffer.from(Code.ZipFile ?? "", "base64"));
    for (const [name, bytes] of Object.entries(files)) {
        if (name.endsWith("/")) continue;
        mkdirSync(dirname(join(folder, "task", name)), { recursive: true });
        writeFileSync(join(folder, "task", name), bytes);
    }
    const modules = join(folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    for (const scope of ["@aws-sdk", "@smithy"]) {
        symlinkSync(
            join(__dirname, "..", "..", "node_modules", scope),
            join(modules, scope),
            "dir",
        );
    }
    return folder;
}

const defaultTimeoutSeconds = 3;

async function invoke(
    definition: FunctionDefinition,
    folder: string,
    event: Buffer,
    context: Context,
): Promise<Reply> {
    const {
        FunctionName,
        Role,
        Runtime,
        Handler,
        Timeout = defaultTimeoutSeconds,
        MemorySize = 128,
        LoggingConfig,
    } = definition;
    if (!Runtime.startsWith("nodejs"))
        throw new Error(`runtime ${Runtime} of ${FunctionName} is not on this machine`);
    const requestId = randomUUID();
    const [eventFile, resultFile] = [
        join(folder, `${requestId}.in`),
        join(folder, `${requestId}.out`),
    ];
    writeFileSync(eventFile, event.length === 0 ? "{}" : event);
    const asLambda = {
        service: "lambda.amazonaws.com",
        sourceArn: `arn:aws:lambda:${context.region}:${context.accountId}:function:${FunctionName}`,
    };
    const credentials = await context.sessions.assume(Role, asLambda);
    const api = await context.sessions.api(Role, asLambda);
    if (definition.KMSKeyArn !== undefined && definition.Environment !== undefined)
        await dataKeyOpened(context.backend, api, definition.KMSKeyArn, {
            "aws:lambda:FunctionArn": asLambda.sourceArn,
        });
    const lines = [`START RequestId: ${requestId} Version: $LATEST`];
    const exit = await context.processes.run({
        command: process.execPath,
        args: [
            `--max-old-space-size=${String(MemorySize)}`,
            join(__dirname, "lambdaRuntime.cjs"),
            eventFile,
            resultFile,
        ],
        cwd: join(folder, "task"),
        env: {
            ...plainEnvironment(),
            ...awsEnvironment(context, credentials),
            ...definition.Environment?.Variables,
            AWS_LAMBDA_FUNCTION_NAME: FunctionName,
            AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
            AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
            LAMBDA_TASK_ROOT: join(folder, "task"),
            _HANDLER: Handler,
            TZ: ":UTC",
        },
        logFile: join(folder, "log.txt"),
        onLine: (line) => {
            lines.push(line);
            context.progress(`function ${FunctionName}`, line);
        },
        timeoutSeconds: Timeout,
    });
    const answer = exit.timedOut
        ? failed(
              "Sandbox.Timedout",
              `RequestId: ${requestId} Error: Task timed out after ${Timeout.toFixed(2)} seconds`,
          )
        : readAnswer(
              resultFile,
              `RequestId: ${requestId} Error: Runtime exited with error: exit status ${String(exit.code)}`,
          );
    lines.push(`END RequestId: ${requestId}`);
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
    const stream = `${day}/[$LATEST]${requestId.replaceAll("-", "")}`;
    const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
    await writeLog(api, { group, stream, lines });
    rmSync(eventFile, { force: true });
    rmSync(resultFile, { force: true });
    const headers: Record<string, string> = { "x-amz-executed-version": "$LATEST" };
    if ("error" in answer) headers["x-amz-function-error"] = "Unhandled";
    return json("error" in answer ? answer.error : (answer.result ?? null), 200, headers);
}

type Answer =
    { readonly result?: unknown } | { readonly error: { errorType: string; errorMessage: string } };

function failed(errorType: string, errorMessage: string): Answer {
    return { error: { errorType, errorMessage } };
}

function readAnswer(file: string, otherwise: string): Answer {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Answer;
    } catch {
        return failed("Runtime.ExitError", otherwise);
    }
}
