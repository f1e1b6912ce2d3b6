/** The one definition of the cluster, and its two forms: parameters of `RunJobFlow`, and arguments of a resource. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Classification, ComputeLimits, RunJobFlowParameters } from "./clusterParameters";
import type { EmrSecurityGroups } from "./securityGroups";

/** A cluster, whatever its lifecycle. */
export interface ClusterDefinition {
    readonly name: string;
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
    readonly groups: EmrSecurityGroups;
    readonly serviceRoleName: pulumi.Input<string>;
    readonly instanceProfileName: pulumi.Input<string>;
    readonly securityConfigurationName: pulumi.Input<string>;
    readonly artifactsBucketName: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    /** Types that count one unit each. */
    readonly instanceTypes: readonly string[];
    readonly volumeSizeGib: number;
    readonly minimumCapacityUnits: number;
    readonly maximumCapacityUnits: number;
    /** Seconds of idleness that end the cluster. Absent where it stays. */
    readonly idleTimeoutSeconds?: number;
    readonly terminationProtected: boolean;
    readonly tags: Readonly<Record<string, string>>;
}

/** Spark 3.5.6, Python 3.11 (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Spark-release-history.html). */
export const releaseLabel = "emr-7.13.0";

/** Spark runs on YARN, which comes with Hadoop. */
const applications = ["Hadoop", "Spark"];

/** Below which EMR puts logs in the artifacts bucket. */
export const logPrefix = "emr-logs/";

/** EMR's own default is 3.9 (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-7130-release.html). */
const python = "/usr/bin/python3.11";

/** What Spark runs with. Written down where it is EMR's default too, so that a release's default does not decide it. */
export const configurations: readonly Classification[] = [
    {
        Classification: "spark-defaults",
        Properties: {
            "spark.sql.adaptive.enabled": "true",
            "spark.sql.parquet.compression.codec": "zstd",
            "spark.sql.session.timeZone": "UTC",
            "spark.dynamicAllocation.enabled": "true",
            // two attempts of a task at once would write its files twice
            "spark.speculation": "false",
            "spark.yarn.appMasterEnv.PYSPARK_PYTHON": python,
            "spark.executorEnv.PYSPARK_PYTHON": python,
        },
    },
    {
        Classification: "spark-env",
        Properties: {},
        Configurations: [{ Classification: "export", Properties: { PYSPARK_PYTHON: python } }],
    },
];

/** As parameters of `RunJobFlow`, known once every id in them is. */
export function runJobFlowParameters(
    cluster: ClusterDefinition,
): pulumi.Output<RunJobFlowParameters> {
    const { groups } = cluster;
    return pulumi
        .output({
            subnetIds: cluster.subnetIds,
            primaryGroupId: groups.primary.id,
            workersGroupId: groups.workers.id,
            serviceAccessGroupId: groups.serviceAccess.id,
            serviceRole: cluster.serviceRoleName,
            instanceProfile: cluster.instanceProfileName,
            securityConfiguration: cluster.securityConfigurationName,
            artifactsBucket: cluster.artifactsBucketName,
            keyArn: cluster.keyArn,
        })
        .apply((ids): RunJobFlowParameters => ({
            Name: cluster.name,
            ReleaseLabel: releaseLabel,
            Applications: applications.map((Name) => ({ Name })),
            Configurations: configurations,
            Instances: {
                InstanceFleets: fleets(cluster).map(({ name, kind, units }) => ({
                    Name: name,
                    InstanceFleetType: kind,
                    TargetOnDemandCapacity: units,
                    InstanceTypeConfigs: cluster.instanceTypes.map((InstanceType) => ({
                        InstanceType,
                        WeightedCapacity: 1,
                        EbsConfiguration: {
                            EbsBlockDeviceConfigs: [
                                {
                                    VolumeSpecification: {
                                        VolumeType: "gp3",
                                        SizeInGB: cluster.volumeSizeGib,
                                    },
                                    VolumesPerInstance: 1,
                                },
                            ],
                        },
                    })),
                })),
                Ec2SubnetIds: ids.subnetIds,
                EmrManagedMasterSecurityGroup: ids.primaryGroupId,
                EmrManagedSlaveSecurityGroup: ids.workersGroupId,
                ServiceAccessSecurityGroup: ids.serviceAccessGroupId,
                // steps are added once the cluster is there
                KeepJobFlowAliveWhenNoSteps: true,
                TerminationProtected: cluster.terminationProtected,
                UnhealthyNodeReplacement: true,
            },
            ServiceRole: ids.serviceRole,
            JobFlowRole: ids.instanceProfile,
            SecurityConfiguration: ids.securityConfiguration,
            LogUri: `s3://${ids.artifactsBucket}/${logPrefix}`,
            LogEncryptionKmsKeyId: ids.keyArn,
            ManagedScalingPolicy: { ComputeLimits: computeLimits(cluster) },
            ...(cluster.idleTimeoutSeconds === undefined
                ? {}
                : { AutoTerminationPolicy: { IdleTimeout: cluster.idleTimeoutSeconds } }),
            ScaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION",
            StepConcurrencyLevel: 1,
            Tags: Object.entries(cluster.tags).map(([Key, Value]) => ({ Key, Value })),
        }));
}

/** As arguments of `aws.emr.Cluster`. Managed scaling is a resource of its own: {@link scalingLimits}. */
export function clusterArgs(cluster: ClusterDefinition): aws.emr.ClusterArgs {
    const [masterInstanceFleet, coreInstanceFleet] = fleets(cluster).map(({ name, units }) => ({
        name,
        targetOnDemandCapacity: units,
        instanceTypeConfigs: cluster.instanceTypes.map((instanceType) => ({
            instanceType,
            weightedCapacity: 1,
            ebsConfigs: [{ type: "gp3", size: cluster.volumeSizeGib, volumesPerInstance: 1 }],
        })),
    }));
    const { groups } = cluster;
    return {
        name: cluster.name,
        releaseLabel,
        applications,
        configurationsJson: JSON.stringify(configurations),
        masterInstanceFleet,
        coreInstanceFleet,
        ec2Attributes: {
            subnetIds: cluster.subnetIds,
            emrManagedMasterSecurityGroup: groups.primary.id,
            emrManagedSlaveSecurityGroup: groups.workers.id,
            serviceAccessSecurityGroup: groups.serviceAccess.id,
            instanceProfile: cluster.instanceProfileName,
        },
        keepJobFlowAliveWhenNoSteps: true,
        terminationProtection: cluster.terminationProtected,
        unhealthyNodeReplacement: true,
        serviceRole: cluster.serviceRoleName,
        securityConfiguration: cluster.securityConfigurationName,
        logUri: pulumi.interpolate`s3://${cluster.artifactsBucketName}/${logPrefix}`,
        logEncryptionKmsKeyId: cluster.keyArn,
        ...(cluster.idleTimeoutSeconds === undefined
            ? {}
            : { autoTerminationPolicy: { idleTimeout: cluster.idleTimeoutSeconds } }),
        scaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION",
        stepConcurrencyLevel: 1,
        tags: cluster.tags,
    };
}

/** Bounds of managed scaling, in the provider's names. */
export function scalingLimits(
    cluster: ClusterDefinition,
): aws.types.input.emr.ManagedScalingPolicyComputeLimit {
    const limits = computeLimits(cluster);
    return {
        unitType: limits.UnitType,
        minimumCapacityUnits: limits.MinimumCapacityUnits,
        maximumCapacityUnits: limits.MaximumCapacityUnits,
        maximumOndemandCapacityUnits: limits.MaximumOnDemandCapacityUnits,
        maximumCoreCapacityUnits: limits.MaximumCoreCapacityUnits,
    };
}

/**
 * One primary node, and core nodes that managed scaling adds to and takes from. No allocation strategy: it would make an
 * EC2 Fleet of them, whose service-linked role may need the key of the disks as well
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html).
 */
function fleets({ minimumCapacityUnits }: ClusterDefinition) {
    return [
        { name: "primary", kind: "MASTER", units: 1 },
        { name: "core", kind: "CORE", units: minimumCapacityUnits },
    ] as const;
}

/** All of it on-demand core nodes: a run that loses a spot node repeats hours of work to save minutes of price. */
function computeLimits(cluster: ClusterDefinition): ComputeLimits {
    return {
        UnitType: "InstanceFleetUnits",
        MinimumCapacityUnits: cluster.minimumCapacityUnits,
        MaximumCapacityUnits: cluster.maximumCapacityUnits,
        MaximumOnDemandCapacityUnits: cluster.maximumCapacityUnits,
        MaximumCoreCapacityUnits: cluster.maximumCapacityUnits,
    };
}
