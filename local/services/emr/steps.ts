/** Steps: run one after the other on their cluster, each as a session of its runtime role. */
import type { Credentials } from "../../gateway/identities";
import type { Context } from "../context";
import { sparkSubmit, type SparkInstallation } from "../spark";
import { localArguments, localPart } from "../sparkArguments";
import type { Configuration } from "./checks";
import type { Cluster, Step } from "./cluster";
import { instanceCredentials, keepStepLog } from "./nodes";

/** Where a cluster goes that has nothing to do. */
export function settle(cluster: Cluster): void {
    if (cluster.parameters.Instances?.KeepJobFlowAliveWhenNoSteps === true)
        cluster.state = "WAITING";
    else terminate(cluster, { Code: "ALL_STEPS_COMPLETED", Message: "Steps completed" });
}

/** Ends a cluster, and with it the steps that have not begun. */
export function terminate(cluster: Cluster, reason: Cluster["reason"]): void {
    if (cluster.ended !== undefined) return;
    cluster.state = /_FAILURE$/.test(reason.Code ?? "") ? "TERMINATED_WITH_ERRORS" : "TERMINATED";
    cluster.reason = reason;
    cluster.ended = Date.now() / 1000;
    for (const step of cluster.steps) if (step.state === "PENDING") step.state = "CANCELLED";
}

/** Runs a step to its end, whatever that is, and leaves the cluster in the state that follows from it. */
export async function runStep(
    cluster: Cluster,
    step: Step,
    context: Context,
    installation: SparkInstallation,
): Promise<void> {
    if (step.state !== "PENDING") return;
    step.state = "RUNNING";
    cluster.state = "RUNNING";
    step.timeline.StartDateTime = Date.now() / 1000;
    const failure = await submit(cluster, step, context, installation).catch((error: unknown) => ({
        Reason: "Unknown Error.",
        Message: error instanceof Error ? error.message : String(error),
        LogFile: "",
    }));
    step.timeline.EndDateTime = Date.now() / 1000;
    if (failure !== undefined) {
        step.failure = failure;
        context.progress(`step ${step.config.Name}`, `failed: ${failure.Message}`);
    }
    step.state = failure === undefined ? "COMPLETED" : "FAILED";
    const action = step.config.ActionOnFailure ?? "CONTINUE";
    if (failure !== undefined && action.startsWith("TERMINATE")) {
        terminate(cluster, { Code: "STEP_FAILURE", Message: "Shut down as step failed" });
    } else if (
        !cluster.steps.some(({ state }) => state === "PENDING") &&
        cluster.ended === undefined
    ) {
        settle(cluster);
    }
}

async function submit(
    cluster: Cluster,
    step: Step,
    context: Context,
    installation: SparkInstallation,
): Promise<Step["failure"] | undefined> {
    const { Jar, Args = [] } = step.config.HadoopJarStep;
    if (Jar !== "command-runner.jar" || Args[0] !== "spark-submit") {
        throw new Error(
            `only spark-submit by command-runner.jar runs here, not ${[Jar, ...Args].join(" ")}`,
        );
    }
    const submitted = await sparkSubmit(installation, context, {
        id: `emr-${step.id}`,
        args: ["--name", step.config.Name, ...localArguments(Args.slice(1))],
        properties: localPart(sparkDefaults(cluster.parameters.Configurations ?? [])),
        credentials: await stepCredentials(cluster, step, context),
        onLine: (line) => {
            context.progress(`step ${step.config.Name}`, line);
        },
    });
    await keepStepLog(cluster, step.id, submitted.logFile, context);
    if (submitted.code === 0) return undefined;
    return { Reason: "Unknown Error.", Message: submitted.error, LogFile: submitted.logFile };
}

/** The instances assume the runtime role of a step with their own role; without one, a step works as the instances. */
async function stepCredentials(
    { parameters }: Cluster,
    step: Step,
    context: Context,
): Promise<Credentials> {
    const credentials = await instanceCredentials(parameters, context);
    return step.executionRoleArn === undefined
        ? credentials
        : context.sessions.assume(
              step.executionRoleArn,
              { credentials },
              { tags: { LakeFormationAuthorizedCaller: "Amazon EMR" } },
          );
}

function sparkDefaults(configurations: readonly Configuration[]): Record<string, string> {
    const found = configurations.filter(
        ({ Classification }) => Classification === "spark-defaults",
    );
    return Object.assign({}, ...found.map(({ Properties }) => Properties)) as Record<
        string,
        string
    >;
}
