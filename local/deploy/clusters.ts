/** EMR's clusters and their security configurations, the Redshift cluster, and commands. */
import { compact, pascal, tagList, type Creator, type Creators } from "./types";

const emrSecurityConfiguration: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { CreationDateTime } = await api("emr", "CreateSecurityConfiguration", {
        Name,
        SecurityConfiguration: inputs.configuration,
    });
    return { id: Name, outputs: { name: Name, creationDate: String(CreationDateTime) } };
};

const volumes = (configs: any[] | undefined) =>
    configs === undefined
        ? undefined
        : {
              EbsBlockDeviceConfigs: configs.map(
                  ({ size, type, iops, throughput, volumesPerInstance }) => ({
                      VolumeSpecification: compact({
                          SizeInGB: size,
                          VolumeType: type,
                          Iops: iops,
                          Throughput: throughput,
                      }),
                      VolumesPerInstance: volumesPerInstance ?? 1,
                  }),
              ),
          };

function instanceGroup(role: "MASTER" | "CORE", group: any): Record<string, unknown>[] {
    if (group === undefined) return [];
    return [
        compact({
            Name: group.name,
            InstanceRole: role,
            InstanceType: group.instanceType,
            InstanceCount: group.instanceCount ?? 1,
            BidPrice: group.bidPrice,
            EbsConfiguration: volumes(group.ebsConfigs),
        }),
    ];
}

function instanceFleet(role: "MASTER" | "CORE", fleet: any): Record<string, unknown>[] {
    if (fleet === undefined) return [];
    const { onDemandSpecifications, spotSpecifications } = fleet.launchSpecifications ?? {};
    const specifications = compact({
        OnDemandSpecification: pascal(onDemandSpecifications?.[0]),
        SpotSpecification: pascal(spotSpecifications?.[0]),
    });
    return [
        compact({
            Name: fleet.name,
            InstanceFleetType: role,
            TargetOnDemandCapacity: fleet.targetOnDemandCapacity,
            TargetSpotCapacity: fleet.targetSpotCapacity,
            InstanceTypeConfigs: fleet.instanceTypeConfigs?.map(({ ebsConfigs, ...config }: any) =>
                compact({ ...pascal(config), EbsConfiguration: volumes(ebsConfigs) }),
            ),
            LaunchSpecifications:
                fleet.launchSpecifications === undefined ? undefined : specifications,
        }),
    ];
}

const emrCluster: Creator = async (inputs, { api, region, accountId }, name) => {
    const Name = String(inputs.name ?? name);
    const ec2 = inputs.ec2Attributes ?? {};
    const groups = [
        ...instanceGroup("MASTER", inputs.masterInstanceGroup),
        ...instanceGroup("CORE", inputs.coreInstanceGroup),
    ];
    const fleets = [
        ...instanceFleet("MASTER", inputs.masterInstanceFleet),
        ...instanceFleet("CORE", inputs.coreInstanceFleet),
    ];
    const list = (text: unknown) => (typeof text === "string" ? text.split(",") : undefined);
    const { JobFlowId } = await api(
        "emr",
        "RunJobFlow",
        compact({
            Name,
            ReleaseLabel: inputs.releaseLabel,
            OSReleaseLabel: inputs.osReleaseLabel,
            Applications: inputs.applications?.map((application: string) => ({
                Name: application,
            })),
            Configurations:
                inputs.configurationsJson === undefined
                    ? undefined
                    : JSON.parse(inputs.configurationsJson),
            LogUri: inputs.logUri,
            LogEncryptionKmsKeyId: inputs.logEncryptionKmsKeyId,
            SecurityConfiguration: inputs.securityConfiguration,
            ServiceRole: inputs.serviceRole,
            JobFlowRole: ec2.instanceProfile,
            AutoScalingRole: inputs.autoscalingRole,
            ScaleDownBehavior: inputs.scaleDownBehavior,
            EbsRootVolumeSize: inputs.ebsRootVolumeSize,
            StepConcurrencyLevel: inputs.stepConcurrencyLevel,
            VisibleToAllUsers: inputs.visibleToAllUsers ?? true,
            AutoTerminationPolicy: pascal(inputs.autoTerminationPolicy),
            BootstrapActions: inputs.bootstrapActions?.map(
                ({ name: Name, path: Path, args: Args }: any) => ({
                    Name,
                    ScriptBootstrapAction: compact({ Path, Args }),
                }),
            ),
            Steps: pascal(inputs.steps),
            Tags: tagList(inputs.tags),
            Instances: compact({
                KeepJobFlowAliveWhenNoSteps: inputs.keepJobFlowAliveWhenNoSteps ?? true,
                TerminationProtected: inputs.terminationProtection,
                UnhealthyNodeReplacement: inputs.unhealthyNodeReplacement,
                InstanceGroups: groups.length === 0 ? undefined : groups,
                InstanceFleets: fleets.length === 0 ? undefined : fleets,
                Ec2SubnetId: ec2.subnetId,
                Ec2SubnetIds: ec2.subnetIds,
                EmrManagedMasterSecurityGroup: ec2.emrManagedMasterSecurityGroup,
                EmrManagedSlaveSecurityGroup: ec2.emrManagedSlaveSecurityGroup,
                ServiceAccessSecurityGroup: ec2.serviceAccessSecurityGroup,
                AdditionalMasterSecurityGroups: list(ec2.additionalMasterSecurityGroups),
                AdditionalSlaveSecurityGroups: list(ec2.additionalSlaveSecurityGroups),
            }),
        }),
    );
    const arn = `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/${String(JobFlowId)}`;
    return { id: JobFlowId, outputs: { name: Name, arn } };
};

/** The provider spells one of them otherwise than the API. */
function computeLimits({ maximumOndemandCapacityUnits, ...limits }: any): Record<string, unknown> {
    return compact({
        ...pascal(limits),
        MaximumOnDemandCapacityUnits: maximumOndemandCapacityUnits,
    });
}

const managedScaling: Creator = async (inputs, { api }) => {
    await api("emr", "PutManagedScalingPolicy", {
        ClusterId: inputs.clusterId,
        ManagedScalingPolicy: compact({
            ComputeLimits: computeLimits(inputs.computeLimits[0]),
            ScalingStrategy: inputs.scalingStrategy,
            UtilizationPerformanceIndex: inputs.utilizationPerformanceIndex,
        }),
    });
    return { id: String(inputs.clusterId) };
};

/** Makes the warehouse in its stand-in, and the secret that Redshift would make and manage. */
const redshiftCluster: Creator = async (inputs, { api, createWarehouse }) => {
    const identifier = String(inputs.clusterIdentifier);
    const adminUserName = String(inputs.masterUsername ?? "awsuser");
    if (inputs.manageMasterPassword !== true) {
        throw new Error("manageMasterPassword must be true: nobody has a password on this machine");
    }
    const { ARN } = await api(
        "secrets-manager",
        "CreateSecret",
        compact({
            Name: `redshift!${identifier}-${adminUserName}`,
            KmsKeyId: inputs.masterPasswordSecretKmsKeyId,
            SecretString: JSON.stringify({
                username: adminUserName,
                password: "managed by Redshift",
            }),
        }),
    );
    await createWarehouse({
        identifier,
        databaseName: String(inputs.databaseName ?? "dev"),
        adminUserName,
        adminSecretArn: ARN,
        iamRoleArns: (inputs.iamRoles ?? []) as string[],
    });
    return { id: identifier, outputs: { masterPasswordSecretArn: ARN } };
};

const secret: Creator = async (inputs, { api }, name) => {
    const Name = String(inputs.name ?? name);
    const { ARN } = await api(
        "secrets-manager",
        "CreateSecret",
        compact({
            Name,
            Description: inputs.description,
            KmsKeyId: inputs.kmsKeyId,
            Tags: tagList(inputs.tags),
        }),
    );
    return { id: ARN, outputs: { arn: ARN, name: Name } };
};

/** Runs what the program registered, as `pulumi up` would. */
const command: Creator = async (inputs, { runCommand }, name) => {
    const { create, dir, environment } = inputs;
    if (typeof create !== "string") return { id: name };
    const stdout = await runCommand(create, dir, environment ?? {});
    return { id: name, outputs: { stdout, stderr: "" } };
};

export const clusters: Creators = {
    "aws:emr/securityConfiguration:SecurityConfiguration": emrSecurityConfiguration,
    "aws:emr/cluster:Cluster": emrCluster,
    "aws:emr/managedScalingPolicy:ManagedScalingPolicy": managedScaling,
    "aws:redshift/cluster:Cluster": redshiftCluster,
    "aws:secretsmanager/secret:Secret": secret,
    "command:local:Command": command,
};
