/** Clusters and steps as they are remembered, and as EMR describes them. */
import { randomBytes } from "node:crypto";
import type { Context } from "../context";
import type { ClusterParameters, StepConfig } from "./checks";

/** A step and how far it is. */
export interface Step {
    readonly id: string;
    readonly config: StepConfig;
    readonly executionRoleArn: string | undefined;
    state: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";
    failure?: { readonly Reason: string; readonly Message: string; readonly LogFile: string };
    readonly timeline: { CreationDateTime: number; StartDateTime?: number; EndDateTime?: number };
}

/** A cluster and how far it is. */
export interface Cluster {
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

/** `Cluster` of DescribeCluster. */
export function described(cluster: Cluster, context: Context): Record<string, unknown> {
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

/** `Step` of DescribeStep. */
export function describedStep({
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

/** ARN of a cluster. */
export function arnOf({ id }: Cluster, { region, accountId }: Context): string {
    return `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/${id}`;
}

/** `j-2AXXXXXXGAPLF`, `s-2AXXXXXXGAPLF` */
export function newId(kind: "j" | "s"): string {
    return `${kind}-${randomBytes(7).toString("hex").toUpperCase().slice(0, 13)}`;
}
