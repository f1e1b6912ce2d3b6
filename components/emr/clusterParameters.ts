/** Parameters of EMR's `RunJobFlow`, as far as this project sets them, in EMR's own JSON names. */

/** One cluster (https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html). */
export interface RunJobFlowParameters {
    readonly Name: string;
    readonly ReleaseLabel: string;
    readonly Applications: readonly { readonly Name: string }[];
    readonly Configurations: readonly Classification[];
    readonly Instances: Instances;
    readonly ServiceRole: string;
    /** Name of the instance profile. */
    readonly JobFlowRole: string;
    readonly SecurityConfiguration: string;
    readonly LogUri: string;
    readonly LogEncryptionKmsKeyId: string;
    readonly ManagedScalingPolicy: { readonly ComputeLimits: ComputeLimits };
    /** Ends a cluster that has been idle for so many seconds. Absent where it stays. */
    readonly AutoTerminationPolicy?: { readonly IdleTimeout: number };
    readonly ScaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION";
    readonly StepConcurrencyLevel: number;
    readonly Tags: readonly Tag[];
}

/** Settings of one application, such as `spark-defaults`; nested where a file has sections. */
export interface Classification {
    readonly Classification: string;
    readonly Properties: Readonly<Record<string, string>>;
    readonly Configurations?: readonly Classification[];
}

/** Nodes and where they are. */
export interface Instances {
    readonly InstanceFleets: readonly InstanceFleet[];
    /** EMR launches all nodes in the one of them that has the capacity. */
    readonly Ec2SubnetIds: readonly string[];
    readonly EmrManagedMasterSecurityGroup: string;
    readonly EmrManagedSlaveSecurityGroup: string;
    readonly ServiceAccessSecurityGroup: string;
    readonly KeepJobFlowAliveWhenNoSteps: boolean;
    readonly TerminationProtected: boolean;
    readonly UnhealthyNodeReplacement: boolean;
}

/** Nodes of one kind, of whichever of the types there is capacity for. */
export interface InstanceFleet {
    readonly Name: string;
    readonly InstanceFleetType: "MASTER" | "CORE";
    readonly TargetOnDemandCapacity: number;
    readonly InstanceTypeConfigs: readonly InstanceTypeConfig[];
}

/** One type of a fleet and the disks of its nodes. */
export interface InstanceTypeConfig {
    readonly InstanceType: string;
    /** Units that a node of this type counts. */
    readonly WeightedCapacity: number;
    readonly EbsConfiguration: {
        readonly EbsBlockDeviceConfigs: readonly {
            readonly VolumeSpecification: {
                readonly VolumeType: "gp3";
                readonly SizeInGB: number;
            };
            readonly VolumesPerInstance: number;
        }[];
    };
}

/** Bounds of managed scaling; the primary node does not count. */
export interface ComputeLimits {
    readonly UnitType: "InstanceFleetUnits";
    readonly MinimumCapacityUnits: number;
    readonly MaximumCapacityUnits: number;
    readonly MaximumOnDemandCapacityUnits: number;
    readonly MaximumCoreCapacityUnits: number;
}

/** A tag; EMR hands those of a cluster on to its instances and volumes. */
export interface Tag {
    readonly Key: string;
    readonly Value: string;
}
