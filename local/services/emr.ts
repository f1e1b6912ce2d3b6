/** EMR: clusters that are checked and remembered, and steps that really run, as a session of their runtime role. */
import type { Handlers } from "../gateway/call";
import { input, json, ServiceError } from "../gateway/replies";
import type { Context } from "./context";
import { checkCluster, type ClusterParameters, type StepConfig } from "./emr/checks";
import { arnOf, described, describedStep, newId, type Cluster, type Step } from "./emr/cluster";
import { startNodes } from "./emr/nodes";
import { runStep, settle, terminate } from "./emr/steps";
import type { SparkInstallation } from "./spark";

/** Handlers of EMR's operations. */
export function emr(
    context: Context,
    installation: SparkInstallation,
    /** Gets the tags of each cluster, by its ARN. */
    clusterTags: Map<string, Readonly<Record<string, string>>>,
): Handlers {
    const clusters = new Map<string, Cluster>();
    const securityConfigurations = new Map<string, string>();
    const find = (id: string): Cluster => {
        const cluster = clusters.get(id);
        if (cluster !== undefined) return cluster;
        throw new ServiceError("InvalidRequestException", `Cluster id '${id}' is not valid.`);
    };
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
    const start = (cluster: Cluster): Promise<void> =>
        startNodes(
            cluster,
            securityConfigurations.get(cluster.parameters.SecurityConfiguration ?? "") ?? "{}",
            context,
        ).catch((error: unknown) => {
            const Message = error instanceof Error ? error.message : String(error);
            context.progress(`cluster ${cluster.parameters.Name}`, `failed to start: ${Message}`);
            terminate(cluster, { Code: "BOOTSTRAP_FAILURE", Message });
        });
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
            await checkCluster(parameters, new Set(securityConfigurations.keys()), context);
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
            clusterTags.set(
                arnOf(cluster, context),
                Object.fromEntries(
                    (parameters.Tags ?? []).map(({ Key, Value = "" }) => [Key, Value]),
                ),
            );
            cluster.queue = start(cluster);
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
        // moto, behind the endpoint, knows none of these clusters
        "elasticmapreduce:*": (call) => {
            throw new ServiceError(
                "InvalidRequestException",
                `${call.action} is not on this machine`,
            );
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
