/** Step Functions' executions: each runs the state machine that was deployed, as its role. */
import { randomUUID } from "node:crypto";
import { createApi, type Api } from "../api";
import type { Handlers } from "../gateway/call";
import { deployer } from "../gateway/identities";
import { input, json, ServiceError } from "../gateway/replies";
import {
    deployedMachine,
    execute,
    type Deployed,
    type Execution,
    type ExecutionOptions,
} from "../workflow";
import type { Context } from "./context";
import { dataKeyOpened } from "./encryption";
import { scheduledCaller } from "./schedule";

/** An execution that was started, here or over the API. */
interface Started {
    readonly arn: string;
    readonly name: string;
    readonly stateMachineArn: string;
    readonly startDate: number;
    readonly input: unknown;
    readonly abort: AbortController;
    readonly end: Promise<Execution>;
    stopDate?: number;
    ended?: Execution;
}

/** Executions of state machines. */
export interface Executions {
    readonly handlers: Handlers;
    /**
     * Runs an execution to its end, started as the schedule would start it, or by the deployer where there is no schedule.
     *
     * @throws Error when there is no such state machine.
     */
    run(stateMachineArn: string, options: ExecutionOptions): Promise<Execution>;
    /** Breaks off what runs. */
    close(): void;
}

/** Step Functions, as far as executions go; moto keeps the definitions. */
export function executions(context: Context): Executions {
    const { backend, gateway, sessions, region, progress } = context;
    const asDeployer = createApi({ endpoint: gateway.endpoint, region, credentials: deployer });
    const started = new Map<string, Started>();
    const awaited = new Map<string, ExecutionOptions>();

    const begin = async (
        stateMachineArn: string,
        options: ExecutionOptions & { readonly name: string },
    ): Promise<Started> => {
        const machine = await deployedMachine(backend, stateMachineArn);
        const api = await sessions.api(machine.roleArn, {
            service: "states.amazonaws.com",
            sourceArn: stateMachineArn,
        });
        const { name } = options;
        const abort = new AbortController();
        options.signal?.addEventListener("abort", () => {
            abort.abort();
        });
        const arn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
        if (started.has(arn))
            throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
        await useKey(machine, api);
        const execution: Started = {
            arn,
            name,
            stateMachineArn,
            startDate: Date.now() / 1000,
            input: options.input,
            abort,
            end: execute(machine, api, { ...options, signal: abort.signal }).then((result) => {
                execution.ended = result;
                execution.stopDate = Date.now() / 1000;
                return result;
            }),
        };
        started.set(arn, execution);
        return execution;
    };
    const find = (arn: string): Started => {
        const execution = started.get(arn);
        if (execution !== undefined) return execution;
        throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    };
    return {
        run: async (stateMachineArn, options) => {
            const name = options.name ?? randomUUID();
            awaited.set(name, options);
            const caller = await scheduledCaller(stateMachineArn, context);
            const { executionArn } = await (caller ?? asDeployer)("sfn", "StartExecution", {
                stateMachineArn,
                name,
                input: JSON.stringify(options.input),
            });
            return find(String(executionArn)).end;
        },
        close: () => {
            for (const { abort } of started.values()) abort.abort();
        },
        handlers: {
            "states:StartExecution": async (call) => {
                const request = input<{ stateMachineArn: string; name?: string; input?: string }>(
                    call,
                );
                const { name = randomUUID() } = request;
                const execution = await begin(request.stateMachineArn, {
                    onState: ({ state, type, what, seconds }) => {
                        if (type === "Task" && what === "left")
                            progress(`run ${name}`, `${state} ${seconds.toFixed(1)} s`);
                    },
                    ...awaited.get(name),
                    input: JSON.parse(request.input ?? "{}"),
                    name,
                });
                execution.end.catch(() => undefined); // DescribeExecution tells how it ended
                return json({ executionArn: execution.arn, startDate: execution.startDate });
            },
            "states:DescribeExecution": (call) => {
                return Promise.resolve(
                    json(described(find(input<{ executionArn: string }>(call).executionArn))),
                );
            },
            "states:ListExecutions": (call) => {
                const { stateMachineArn } = input<{ stateMachineArn: string }>(call);
                const own = [...started.values()].filter(
                    (execution) => execution.stateMachineArn === stateMachineArn,
                );
                return Promise.resolve(json({ executions: own.map(described).reverse() }));
            },
            "states:StopExecution": (call) => {
                find(input<{ executionArn: string }>(call).executionArn).abort.abort();
                return Promise.resolve(json({ stopDate: Date.now() / 1000 }));
            },
        },
    };
}

function described({
    arn,
    name,
    stateMachineArn,
    startDate,
    stopDate,
    input: given,
    ended,
}: Started) {
    return {
        executionArn: arn,
        stateMachineArn,
        name,
        status: ended?.status ?? "RUNNING",
        startDate,
        ...(stopDate === undefined ? {} : { stopDate }),
        input: JSON.stringify(given),
        ...(ended?.status === "SUCCEEDED" ? { output: JSON.stringify(ended.output) } : {}),
        ...(ended?.error === undefined
            ? {}
            : { error: ended.error.name, cause: ended.error.cause }),
    };
}

/**
 * Data of the execution and its log lie under the machine's key, which Step Functions uses as the machine's role.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
async function useKey({ arn, keyArn }: Deployed, api: Api): Promise<void> {
    if (keyArn === undefined) return;
    await dataKeyOpened(api, api, keyArn, { "aws:states:stateMachineArn": arn });
    const [, , , region = "", accountId = ""] = arn.split(":");
    await api("kms", "GenerateDataKey", {
        KeyId: keyArn,
        KeySpec: "AES_256",
        EncryptionContext: { SourceArn: `arn:aws:logs:${region}:${accountId}:*` },
    });
}
