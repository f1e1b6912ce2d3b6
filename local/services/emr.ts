/** EMR: clusters that are checked and remembered, and steps that really run, as a session of their runtime role. */
import { randomBytes } from "node:crypto";
import { createApi } from "../api";
import type { Handlers } from "../gateway";
import type { Credentials } from "../gateway/identities";
import { input, json, ServiceError } from "../gateway/replies";
import { nameOf, type Context } from "./context";
import {
    checkCluster,
    type ClusterParameters,
    type Configuration,
    type StepConfig,
} from "./emrChecks";
import { sparkSubmit, type SparkInstallation } from "./spark";
import { localArguments, localPart } from "./sparkArguments";

interface Step {
    readonly id: string;
    readonly config: StepConfig;
    readonly executionRoleArn: string | undefined;
    state: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";
    failure?: { readonly Reason: string; readonly Message: string; readonly LogFile: string };
    readonly timeline: { CreationDateTime: number; StartDateTime?: number; EndDateTime?: number };
}

interface Cluster {
    readonly id: string;
    readonly parameters: ClusterParameters;
    readonly created: number;
    readonly steps: Step[];
    state:
        | "STARTING"
        | "WAITING"
        | "RUNNING"
        | "TERMINATING"
        | "TERMINATED"
        | "TERMINATED_WITH_ERRORS";
    reason: { readonly Code?: string; readonly Message?: string };
    terminationProtected: boolean;
    ended?: number;
    managedScalingPolicy?: unknown;
    /** The last step's end: steps run one after the other. */
    queue: Promise<void>;
}

/** Handlers of EMR's operations. */
export function emr(context: Context, installation: SparkInstallation): Handlers {
    const clusters = new Map<string, Cluster>();
    const securityConfigurations = new Map<string, string>();
    const find = (id: string): Cluster => {
        const cluster = clusters.get(id);
        if (cluster !== undefined) return cluster;
        throw new ServiceError("InvalidRequestException", `Cluster id '${id}' is not valid.`);
    };
    const asEmr = createApi({
        endpoint: context.gateway.endpoint,
        region: context.region,
        credentials: context.gateway.identities.ofService("elasticmapreduce.amazonaws.com"),
    });
    const hasRuntimeRoles = ({ parameters }: Cluster): boolean => {
        const configuration =
            securityConfigurations.get(parameters.SecurityConfiguration ?? "") ?? "{}";
        const { AuthorizationConfiguration } = JSON.parse(configuration) as {
            AuthorizationConfiguration?: {
                IAMConfiguration?: { EnableApplicationScopedIAMRole?: boolean };
            };
        };
        return (
            AuthorizationConfiguration?.IAMConfiguration?.EnableApplicationScopedIAMRole === true
        );
    };
    const addSteps = (
        cluster: Cluster,
        configs: readonly StepConfig[],
        executionRoleArn?: string,
    ): string[] => {
        if (cluster.state.startsWith("TERMINAT")) {
            throw new ServiceError(
                "InvalidRequestException",
                "A job flow that is shutting down, terminated, or finished may not be modified.",
            );
        }
        const steps = configs.map((config): Step => {
            const timeline = { CreationDateTime: Date.now() / 1000 };
            return { id: newId("s"), config, executionRoleArn, state: "PENDING", timeline };
        });
        for (const step of steps) {
            cluster.steps.push(step);
            cluster.queue = cluster.queue.then(() => runStep(cluster, step, context, installation));
        }
        return steps.map((step) => step.id);
    };
    return {
        "elasticmapreduce:CreateSecurityConfiguration": (call) => {
            const { Name, SecurityConfiguration } = input<Record<string, string>>(call);
            securityConfigurations.set(Name ?? "", SecurityConfiguration ?? "");
            return Promise.resolve(json({ Name, CreationDateTime: Date.now() / 1000 }));
        },
        "elasticmapreduce:DescribeSecurityConfiguration": (call) => {
            const { Name = "" } = input<Record<string, string>>(call);
            const SecurityConfiguration = securityConfigurations.get(Name);
            if (SecurityConfiguration !== undefined)
                return Promise.resolve(json({ Name, SecurityConfiguration }));
            throw new ServiceError(
                "InvalidRequestException",
                `Security configuration with name '${Name}' does not exist.`,
            );
        },
        "elasticmapreduce:RunJobFlow": async (call) => {
            const parameters = input<ClusterParameters>(call);
            await checkCluster(parameters, new Set(securityConfigurations.keys()), asEmr);
            const cluster: Cluster = {
                id: newId("j"),
                parameters,
                created: Date.now() / 1000,
                steps: [],
                state: "STARTING",
                reason: {},
                terminationProtected: parameters.Instances?.TerminationProtected ?? false,
                queue: Promise.resolve(),
            };
            clusters.set(cluster.id, cluster);
            addSteps(cluster, parameters.Steps ?? []);
            cluster.queue = cluster.queue.then(() => {
                if (cluster.state === "STARTING") settle(cluster);
            });
            return json({ JobFlowId: cluster.id, ClusterArn: arnOf(cluster, context) });
        },
        "elasticmapreduce:DescribeCluster": (call) => {
            const cluster = find(input<{ ClusterId: string }>(call).ClusterId);
            return Promise.resolve(json({ Cluster: described(cluster, context) }));
        },
        "elasticmapreduce:ListClusters": () =>
            Promise.resolve(
                json({
                    Clusters: [...clusters.values()].map((cluster) => described(cluster, context)),
                }),
            ),
        "elasticmapreduce:PutManagedScalingPolicy": (call) => {
            const { ClusterId, ManagedScalingPolicy } = input<{
                ClusterId: string;
                ManagedScalingPolicy: unknown;
            }>(call);
            find(ClusterId).managedScalingPolicy = ManagedScalingPolicy;
            return Promise.resolve(json({}));
        },
        "elasticmapreduce:AddJobFlowSteps": (call) => {
            const request = input<{
                JobFlowId: string;
                Steps: StepConfig[];
                ExecutionRoleArn?: string;
            }>(call);
            const cluster = find(request.JobFlowId);
            if (hasRuntimeRoles(cluster) !== (request.ExecutionRoleArn !== undefined)) {
                const message = hasRuntimeRoles(cluster)
                    ? "Runtime roles are required for this cluster. Please specify the role using the ExecutionRoleArn parameter."
                    : "Runtime roles is not enabled for this cluster.";
                throw new ServiceError("ValidationException", message);
            }
            return Promise.resolve(
                json({ StepIds: addSteps(cluster, request.Steps, request.ExecutionRoleArn) }),
            );
        },
        "elasticmapreduce:DescribeStep": (call) => {
            const { ClusterId, StepId } = input<{ ClusterId: string; StepId: string }>(call);
            const step = find(ClusterId).steps.find(({ id }) => id === StepId);
            if (step === undefined)
                throw new ServiceError(
                    "InvalidRequestException",
                    `Step id '${StepId}' is not valid.`,
                );
            return Promise.resolve(json({ Step: describedStep(step) }));
        },
        "elasticmapreduce:ListSteps": (call) => {
            const { steps } = find(input<{ ClusterId: string }>(call).ClusterId);
            return Promise.resolve(json({ Steps: steps.map(describedStep).reverse() }));
        },
        "elasticmapreduce:SetTerminationProtection": (call) => {
            const request = input<{ JobFlowIds: string[]; TerminationProtected: boolean }>(call);
            for (const id of request.JobFlowIds)
                find(id).terminationProtected = request.TerminationProtected;
            return Promise.resolve(json({}));
        },
        "elasticmapreduce:TerminateJobFlows": (call) => {
            const found = input<{ JobFlowIds: string[] }>(call).JobFlowIds.map(find);
            const locked = found.find((cluster) => cluster.terminationProtected);
            if (locked !== undefined) {
                const message =
                    "Could not shut down one or more job flows since they are termination protected.";
                throw new ServiceError("ValidationException", message);
            }
            for (const cluster of found)
                terminate(cluster, { Code: "USER_REQUEST", Message: "Terminated by user request" });
            return Promise.resolve(json({}));
        },
    };
}

/** Where a cluster goes that has nothing to do. */
function settle(cluster: Cluster): void {
    if (cluster.parameters.Instances?.KeepJobFlowAliveWhenNoSteps === true)
        cluster.state = "WAITING";
    else terminate(cluster, { Code: "ALL_STEPS_COMPLETED", Message: "Steps completed" });
}

function terminate(cluster: Cluster, reason: Cluster["reason"]): void {
    if (cluster.ended !== undefined) return;
    cluster.state = reason.Code === "STEP_FAILURE" ? "TERMINATED_WITH_ERRORS" : "TERMINATED";
    cluster.reason = reason;
    cluster.ended = Date.now() / 1000;
    for (const step of cluster.steps) if (step.state === "PENDING") step.state = "CANCELLED";
}

async function runStep(
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
    if (submitted.code === 0) return undefined;
    return { Reason: "Unknown Error.", Message: submitted.error, LogFile: submitted.logFile };
}

/** The instances assume the runtime role of a step with their own role; without one, a step works as the instances. */
async function stepCredentials(
    { parameters }: Cluster,
    step: Step,
    { sessions, gateway, region }: Context,
): Promise<Credentials> {
    const credentials = gateway.identities.ofService("elasticmapreduce.amazonaws.com");
    const asEmr = createApi({ endpoint: gateway.endpoint, region, credentials });
    const profile = await asEmr("iam", "GetInstanceProfile", {
        InstanceProfileName: nameOf(parameters.JobFlowRole ?? ""),
    });
    const roleArn = String(profile.InstanceProfile.Roles[0]?.Arn);
    const instance = await sessions.assume(roleArn, { service: "ec2.amazonaws.com" });
    return step.executionRoleArn === undefined
        ? instance
        : sessions.assume(step.executionRoleArn, { credentials: instance });
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

function described(cluster: Cluster, context: Context): Record<string, unknown> {
    const { id, parameters, state, reason, created, ended, terminationProtected } = cluster;
    const {
        Name,
        ReleaseLabel,
        Applications,
        Configurations,
        LogUri,
        SecurityConfiguration,
        ServiceRole,
        Tags,
    } = parameters;
    return {
        Id: id,
        ClusterArn: arnOf(cluster, context),
        Name,
        Status: {
            State: state,
            StateChangeReason: reason,
            Timeline: {
                CreationDateTime: created,
                ReadyDateTime: created,
                ...(ended && { EndDateTime: ended }),
            },
        },
        ReleaseLabel,
        Applications,
        Configurations,
        LogUri,
        SecurityConfiguration,
        ServiceRole,
        Tags,
        TerminationProtected: terminationProtected,
        AutoTerminate: parameters.Instances?.KeepJobFlowAliveWhenNoSteps !== true,
        Ec2InstanceAttributes: {
            IamInstanceProfile: parameters.JobFlowRole,
            Ec2SubnetId: parameters.Instances?.Ec2SubnetId,
        },
    };
}

function describedStep({
    id,
    config,
    executionRoleArn,
    state,
    failure,
    timeline,
}: Step): Record<string, unknown> {
    const { Jar, Args = [] } = config.HadoopJarStep;
    return {
        Id: id,
        Name: config.Name,
        Config: { Jar, Args, Properties: {} },
        ActionOnFailure: config.ActionOnFailure ?? "CONTINUE",
        ExecutionRoleArn: executionRoleArn,
        Status: {
            State: state,
            StateChangeReason: {},
            ...(failure && { FailureDetails: failure }),
            Timeline: timeline,
        },
    };
}

function arnOf({ id }: Cluster, { region, accountId }: Context): string {
    return `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/${id}`;
}

/** `j-2AXXXXXXGAPLF`, `s-2AXXXXXXGAPLF` */
function newId(kind: "j" | "s"): string {
    return `${kind}-${randomBytes(7).toString("hex").toUpperCase().slice(0, 13)}`;
}
