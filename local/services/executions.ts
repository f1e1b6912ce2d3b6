/** Step Functions' executions: each runs the state machine that was deployed, as its role. */
import { randomUUID } from "node:crypto";
import { createApi } from "../api";
import type { Handlers } from "../gateway/call";
import { deployer } from "../gateway/identities";
import { input, json, ServiceError } from "../gateway/replies";
import { deployedMachine, execute, type Execution, type ExecutionOptions } from "../workflow";
import type { Context } from "./context";

/** An execution that was started, here or over the API. */
interface Started {
    readonly arn: string;
    readonly name: string;
    readonly stateMachineArn: string;
    readonly startDate: number;
    readonly input: unknown;
    readonly abort: AbortController;
    stopDate?: number;
    ended?: Execution;
}

/** Executions of state machines. */
export interface Executions {
    readonly handlers: Handlers;
    /** Runs an execution to its end. @throws Error when there is no such state machine. */
    run(stateMachineArn: string, options: ExecutionOptions): Promise<Execution>;
    /** Breaks off what runs. */
    close(): void;
}

/** Step Functions, as far as executions go; moto keeps the definitions. */
export function executions(context: Context): Executions {
    const { gateway, sessions, region, progress } = context;
    const started = new Map<string, Started>();
    const asDeployer = createApi({ endpoint: gateway.endpoint, region, credentials: deployer });

    const begin = async (stateMachineArn: string, options: ExecutionOptions) => {
        const machine = await deployedMachine(asDeployer, stateMachineArn);
        const api = await sessions.api(machine.roleArn, { service: "states.amazonaws.com" });
        const name = options.name ?? randomUUID();
        const abort = new AbortController();
        options.signal?.addEventListener("abort", () => {
            abort.abort();
        });
        const arn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
        if (started.has(arn))
            throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
        const execution: Started = {
            arn,
            name,
            stateMachineArn,
            startDate: Date.now() / 1000,
            input: options.input,
            abort,
        };
        started.set(arn, execution);
        const ended = execute(machine, api, { ...options, name, signal: abort.signal }).then(
            (result) => {
                execution.ended = result;
                execution.stopDate = Date.now() / 1000;
                return result;
            },
        );
        return { execution, ended };
    };
    const find = (arn: string): Started => {
        const execution = started.get(arn);
        if (execution !== undefined) return execution;
        throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    };
    return {
        run: async (stateMachineArn, options) => (await begin(stateMachineArn, options)).ended,
        close: () => {
            for (const { abort } of started.values()) abort.abort();
        },
        handlers: {
            "states:StartExecution": async (call) => {
                const request = input<{ stateMachineArn: string; name?: string; input?: string }>(
                    call,
                );
                const { execution, ended } = await begin(request.stateMachineArn, {
                    input: JSON.parse(request.input ?? "{}"),
                    ...(request.name === undefined ? {} : { name: request.name }),
                    onState: ({ state, type, what, seconds }) => {
                        if (type === "Task" && what === "left")
                            progress(
                                `run ${request.name ?? ""}`,
                                `${state} ${seconds.toFixed(1)} s`,
                            );
                    },
                });
                ended.catch(() => undefined); // DescribeExecution tells how it ended
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
