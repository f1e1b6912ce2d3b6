/** The state machine: one run of one day, from the raw files to the verified warehouse. */
import { crawlStates, planStates } from "./crawl";
import { failureStates } from "./failure";
import { gateStates } from "./gate";
import { loadStates, verifyStates } from "./load";
import { endStates, launchStates, sparkStates } from "./spark";
import type { WorkflowSpec } from "./spec";
import type { PassState, States } from "./states";

/** A definition in the Amazon States Language, JSONPath (https://states-language.net/spec.html). */
export interface StateMachineDefinition {
    readonly Comment: string;
    readonly StartAt: string;
    readonly TimeoutSeconds: number;
    readonly States: States;
}

/**
 * The definition of the workflow.
 *
 * Input: `{"dt": "YYYY-MM-DD"}`, or `{"scheduledTime": "<ISO 8601>"}` for the day before. Output, besides what the states
 * found: `run` (`dt`, `runId`), `manifest.content` and `counts` (`redshift`, `spectrum`).
 */
export function stateMachine(spec: WorkflowSpec): StateMachineDefinition {
    const { cluster } = spec;
    return {
        Comment: `One day of ${spec.name}: crawl, plan, Spark, quality gate, load, verify`,
        StartAt: "Start",
        TimeoutSeconds: runTimeoutSeconds(spec),
        States: {
            Start: start(spec),
            ...crawlStates(spec),
            ...planStates(spec),
            ...(cluster.mode === "transient" ? launchStates(spec, cluster.parameters) : {}),
            ...sparkStates(spec),
            ...(cluster.mode === "transient" ? endStates(spec) : {}),
            ...gateStates(spec),
            ...loadStates(spec),
            ...verifyStates(spec),
            Succeeded: { Type: "Succeed" },
            ...failureStates(spec),
        },
    };
}

/**
 * Longer than all the parts' limits together: one that ends the execution itself leaves no time to tell anybody or to end
 * the cluster. Crawl and load count twice, for another run's that has to end first; an hour is for calls and their retries.
 */
function runTimeoutSeconds({ limits }: WorkflowSpec): number {
    const { crawlMinutes, launchMinutes, sparkMinutes, loadMinutes, verifyMinutes } = limits;
    const minutes =
        2 * crawlMinutes + launchMinutes + sparkMinutes + 2 * loadMinutes + verifyMinutes + 60;
    return minutes * 60;
}

/** Sets up what later states read, so that no path of theirs leads nowhere. */
function start({ cluster }: WorkflowSpec): PassState {
    return {
        Type: "Pass",
        Parameters: {
            "input.$": "$$.Execution.Input",
            identity: { "runId.$": "$$.Execution.Name" },
            run: {
                "dt.$": "States.JsonToString($$.Execution.Input)",
                "runId.$": "$$.Execution.Name",
            },
            cluster:
                cluster.mode === "persistent"
                    ? { ClusterId: cluster.clusterId, note: "the cluster stays" }
                    : { note: "the run launched none" },
            polls: {
                Crawler: { count: 0 },
                Crawl: { count: 0 },
                Cluster: { count: 0 },
                Rows: { count: 0 },
            },
            unexplained: { Cause: "no cause was given" },
        },
        Next: "CheckCrawler",
    };
}
