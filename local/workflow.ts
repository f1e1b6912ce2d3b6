/** Runs the state machine that was deployed: its definition as it stands, each Task as real API calls of its role. */
import { randomUUID } from "node:crypto";
import type { Api } from "./api";
import { runTask, type Integration } from "./workflow/integrations";
import { requireTargets } from "./workflow/targets";

/** What a state did. */
export interface StateEvent {
    readonly state: string;
    /** `Task`, `Choice`, `Wait`, ... */
    readonly type: string;
    readonly what: "entered" | "left" | "retried" | "caught" | "failed";
    /** Seconds since it was entered. */
    readonly seconds: number;
    /** Name and cause of the error, when `what` is `retried`, `caught` or `failed`. */
    readonly error?: { readonly name: string; readonly cause: string };
}

/** A state machine as it was deployed. */
export interface Deployed {
    readonly arn: string;
    readonly name: string;
    readonly roleArn: string;
    /** Amazon States Language, as JSON. */
    readonly definition: string;
    /** Key of the execution's data. @default AWS's own */
    readonly keyArn?: string;
}

/** One execution. */
export interface ExecutionOptions {
    readonly input: unknown;
    /** Name of the execution, which the program knows as the run's id. @default a UUID */
    readonly name?: string;
    readonly onState?: (event: StateEvent) => void;
    /** Ends the execution. */
    readonly signal?: AbortSignal;
    /** Longest wait of a Wait state, in milliseconds: the first of each is short, later ones grow. @default 5000 */
    readonly longestWaitMilliseconds?: number;
    /** Wait before a retry, in milliseconds. @default 1000 */
    readonly retryMilliseconds?: number;
    /** Time between two looks of a `.sync` integration, in milliseconds. @default 300 */
    readonly pollMilliseconds?: number;
}

/** How an execution ended. */
export interface Execution {
    readonly name: string;
    readonly arn: string;
    readonly status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
    readonly output: unknown;
    readonly error?: { readonly name: string; readonly cause: string };
    /** Every state that was left, in order, with the seconds it took. */
    readonly states: readonly {
        readonly name: string;
        readonly type: string;
        readonly seconds: number;
    }[];
}

/** Runs an execution of `machine` to its end. `api` calls as a session of its role. */
export async function execute(
    machine: Deployed,
    api: Api,
    options: ExecutionOptions,
): Promise<Execution> {
    polyfillWithResolvers();
    const { StateMachine, ExecutionTimeoutError, ExecutionAbortedError } =
        await import("aws-local-stepfunctions");
    const name = options.name ?? randomUUID();
    const arn = machine.arn.replace(":stateMachine:", ":execution:") + `:${name}`;
    const definition = JSON.parse(machine.definition) as Definition;
    requireTargets(definition);
    const abort = new AbortController();
    const integration: Integration = {
        api,
        pollMilliseconds: options.pollMilliseconds ?? 300,
        signal: abort.signal,
    };
    const states: { name: string; type: string; seconds: number }[] = [];
    // the library's validator refuses what AWS accepts and asl-validator has checked already
    const stateMachine = new StateMachine(definition as never, {
        validationOptions: { noValidate: true },
    });
    const run = stateMachine.run(options.input as never, {
        context: {
            Execution: { Id: arn, Name: name, RoleArn: machine.roleArn, RedriveCount: 0 },
            StateMachine: { Id: machine.arn, Name: machine.name },
        },
        overrides: {
            taskResourceLocalHandlers: taskHandlers(definition, integration) as never,
            waitTimeOverrides: growingWaits(definition, options.longestWaitMilliseconds ?? 5000),
            retryIntervalOverrides: onEveryState(definition, options.retryMilliseconds ?? 1000),
        },
    });
    const onAbort = () => {
        run.abort();
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
    const watched = watch(run.eventLogs as AsyncIterable<LoggedEvent>, (event) => {
        if (event.what === "left")
            states.push({ name: event.state, type: event.type, seconds: event.seconds });
        options.onState?.(event);
    });
    const ended = { name, arn, states };
    try {
        const output = await run.result;
        await watched;
        return { ...ended, status: "SUCCEEDED", output };
    } catch (error) {
        if (error instanceof ExecutionAbortedError)
            return { ...ended, status: "ABORTED", output: undefined };
        if (error instanceof ExecutionTimeoutError)
            return { ...ended, status: "TIMED_OUT", output: undefined };
        await watched;
        const cause = (error as Error).cause ?? error;
        const { name: errorName, message } = cause as Error;
        return {
            ...ended,
            status: "FAILED",
            output: undefined,
            error: { name: errorName, cause: message },
        };
    } finally {
        abort.abort(); // no job is watched on behalf of an execution that has ended
        options.signal?.removeEventListener("abort", onAbort);
    }
}

/** The state machine of a name or ARN, as it was deployed. */
export async function deployedMachine(api: Api, stateMachineArn: string): Promise<Deployed> {
    const found = await api("sfn", "DescribeStateMachine", { stateMachineArn });
    return {
        arn: stateMachineArn,
        name: String(found.name),
        roleArn: String(found.roleArn),
        definition: String(found.definition),
        ...(found.encryptionConfiguration?.kmsKeyId === undefined
            ? {}
            : { keyArn: String(found.encryptionConfiguration.kmsKeyId) }),
    };
}

interface Definition {
    readonly States: Readonly<
        Record<
            string,
            { readonly Type: string; readonly Resource?: string; readonly Seconds?: number }
        >
    >;
}

/** The library calls these by state, with the Task's Parameters. */
function taskHandlers(
    { States }: Definition,
    integration: Integration,
): Record<string, (input: unknown) => Promise<unknown>> {
    return Object.fromEntries(
        Object.entries(States)
            .filter(([, { Type }]) => Type === "Task")
            .map(([name, { Resource = "" }]) => [
                name,
                (input: unknown) => runTask(Resource, input, integration),
            ]),
    );
}

/** Waits of 0.1 s at first, then longer by half each time: never longer than in AWS, nor than `longest`. */
function growingWaits({ States }: Definition, longest: number): Record<string, number> {
    const waits: Record<string, number> = {};
    for (const [name, { Type, Seconds = Infinity }] of Object.entries(States)) {
        if (Type !== "Wait") continue;
        let next = 100 / 1.5;
        Object.defineProperty(waits, name, {
            enumerable: true,
            get: () => (next = Math.min(next * 1.5, longest, Seconds * 1000)), // read once a wait
        });
    }
    return waits;
}

function onEveryState({ States }: Definition, milliseconds: number): Record<string, number> {
    return Object.fromEntries(Object.keys(States).map((name) => [name, milliseconds]));
}

interface LoggedEvent {
    readonly type: string;
    readonly timestamp: number;
    readonly state?: { readonly name: string; readonly type: string };
    readonly Error?: string;
    readonly Cause?: unknown;
}

const kinds: Readonly<Record<string, StateEvent["what"]>> = {
    StateEntered: "entered",
    StateExited: "left",
    StateFailed: "failed",
    StateRetried: "retried",
    StateCaught: "caught",
};

async function watch(
    events: AsyncIterable<LoggedEvent>,
    tell: (event: StateEvent) => void,
): Promise<void> {
    let entered = 0;
    let error: StateEvent["error"];
    for await (const event of events) {
        const what = kinds[event.type];
        if (what === undefined || event.state === undefined) continue;
        if (what === "entered") {
            entered = event.timestamp;
            error = undefined;
        }
        if (what === "failed") error = { name: event.Error ?? "", cause: text(event.Cause) };
        const { name: state, type } = event.state;
        const seconds = (event.timestamp - entered) / 1000;
        tell({
            state,
            type,
            what,
            seconds,
            ...(error === undefined || what === "left" ? {} : { error }),
        });
    }
}

function text(cause: unknown): string {
    return typeof cause === "string" ? cause : JSON.stringify(cause ?? "");
}

/** Node 22 has it; the library needs it on Node 20. */
function polyfillWithResolvers(): void {
    const promise = Promise as unknown as { withResolvers?: () => unknown };
    promise.withResolvers ??= () => {
        let resolve: unknown;
        let reject: unknown;
        const made = new Promise((onResolve, onReject) => {
            resolve = onResolve;
            reject = onReject;
        });
        return { promise: made, resolve, reject };
    };
}
