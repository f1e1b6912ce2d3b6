import { EMRClient, RunJobFlowCommand, type RunJobFlowCommandInput } from "@aws-sdk/client-emr";
import { expect } from "chai";
import type { RunJobFlowParameters } from "../../components/emr/clusterParameters";
import type { SparkProcessorArgs } from "../../components/sparkProcessor";
import { clusters } from "../../local/deploy/clusters";
import { all, only, parsed } from "../support/deploy";
import { account, keyArn, name, region, up } from "../support/spark";

const clusterType = "aws:emr/cluster:Cluster";
const python = "/usr/bin/python3.11";

/** What a transient cluster is launched from. */
async function parameters(changes?: Partial<SparkProcessorArgs>): Promise<RunJobFlowParameters> {
    const { workflowTarget } = (await up({ ...changes, mode: "transient" })).result;
    if (workflowTarget.mode !== "transient") throw new Error(workflowTarget.mode);
    const { clusterParameters } = workflowTarget;
    return new Promise((resolve) =>
        clusterParameters.apply((it) => {
            resolve(it);
        }),
    );
}

/** The resource of a persistent cluster. */
async function persistent(changes?: Partial<SparkProcessorArgs>) {
    const { resources } = await up({ ...changes, mode: "persistent" });
    return { resources, cluster: only(resources, clusterType) };
}

/** What EMR's client sends: it leaves out what its model does not know. */
async function sent(input: RunJobFlowParameters): Promise<unknown> {
    let body = "";
    const client = new EMRClient({
        region,
        credentials: { accessKeyId: "id", secretAccessKey: "secret" },
        maxAttempts: 1,
        requestHandler: {
            handle: (request: { body: Uint8Array }) => {
                body = new TextDecoder().decode(request.body);
                return Promise.reject(new Error("sent"));
            },
        } as never,
    });
    await client
        .send(new RunJobFlowCommand(input as unknown as RunJobFlowCommandInput))
        .catch(() => undefined);
    return JSON.parse(body);
}

describe("EMR cluster", () => {
    it("runs Spark on emr-7.13.0, its nodes in the private subnets and the three groups", async () => {
        const { Instances, ...cluster } = await parameters();

        expect(cluster).to.deep.include({
            Name: name,
            ReleaseLabel: "emr-7.13.0",
            Applications: [{ Name: "Hadoop" }, { Name: "Spark" }],
            ServiceRole: `${name}-emr-service`,
            JobFlowRole: `${name}-emr-instance`,
            SecurityConfiguration: name,
            StepConcurrencyLevel: 1,
            ScaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION",
        });
        const { InstanceFleets, ...place } = Instances;
        expect(InstanceFleets).to.have.length(2);
        expect(place).to.deep.equal({
            Ec2SubnetIds: ["subnet-a", "subnet-b"],
            EmrManagedMasterSecurityGroup: `${name}-emr-primary`,
            EmrManagedSlaveSecurityGroup: `${name}-emr-workers`,
            ServiceAccessSecurityGroup: `${name}-emr-service-access`,
            KeepJobFlowAliveWhenNoSteps: true,
            TerminationProtected: false,
            UnhealthyNodeReplacement: true,
        });
    });

    it("starts with one primary node and the fewest core nodes, on Graviton, with encrypted gp3 disks", async () => {
        const { Instances } = await parameters({ minimumCapacityUnits: 2 });

        const type = (InstanceType: string) => ({
            InstanceType,
            WeightedCapacity: 1,
            EbsConfiguration: {
                EbsBlockDeviceConfigs: [
                    {
                        VolumeSpecification: { VolumeType: "gp3", SizeInGB: 64 },
                        VolumesPerInstance: 1,
                    },
                ],
            },
        });
        const InstanceTypeConfigs = [type("m7g.xlarge"), type("m6g.xlarge")];
        expect(Instances.InstanceFleets).to.deep.equal([
            {
                Name: "primary",
                InstanceFleetType: "MASTER",
                TargetOnDemandCapacity: 1,
                InstanceTypeConfigs,
            },
            {
                Name: "core",
                InstanceFleetType: "CORE",
                TargetOnDemandCapacity: 2,
                InstanceTypeConfigs,
            },
        ]);
    });

    it("scales between its bounds, on demand", async () => {
        const { ManagedScalingPolicy } = await parameters({
            minimumCapacityUnits: 2,
            maximumCapacityUnits: 7,
        });
        expect(ManagedScalingPolicy.ComputeLimits).to.deep.equal({
            UnitType: "InstanceFleetUnits",
            MinimumCapacityUnits: 2,
            MaximumCapacityUnits: 7,
            MaximumOnDemandCapacityUnits: 7,
            MaximumCoreCapacityUnits: 7,
        });
    });

    it("never has a default maximum below the minimum", async () => {
        const { ManagedScalingPolicy } = await parameters({ minimumCapacityUnits: 9 });
        expect(ManagedScalingPolicy.ComputeLimits.MaximumCapacityUnits).to.equal(9);
    });

    it("writes its logs below emr-logs/ of the artifacts, under the key", async () => {
        expect(await parameters()).to.include({
            LogUri: "s3://artifacts/emr-logs/",
            LogEncryptionKmsKeyId: keyArn,
        });
    });

    it("carries the tags that EMR's role and the workflow's go by", async () => {
        expect((await parameters()).Tags).to.deep.equal([
            { Key: "for-use-with-amazon-emr-managed-policies", Value: "true" },
            { Key: "Environment", Value: name },
        ]);
    });

    it("runs Spark with adaptive queries, zstd, UTC and Python 3.11 on every node", async () => {
        expect((await parameters()).Configurations).to.deep.equal([
            {
                Classification: "spark-defaults",
                Properties: {
                    "spark.sql.adaptive.enabled": "true",
                    "spark.sql.parquet.compression.codec": "zstd",
                    "spark.sql.session.timeZone": "UTC",
                    "spark.dynamicAllocation.enabled": "true",
                    "spark.speculation": "false",
                    "spark.yarn.appMasterEnv.PYSPARK_PYTHON": python,
                    "spark.executorEnv.PYSPARK_PYTHON": python,
                },
            },
            {
                Classification: "spark-env",
                Properties: {},
                Configurations: [
                    { Classification: "export", Properties: { PYSPARK_PYTHON: python } },
                ],
            },
        ]);
    });

    it("is launched with parameters that EMR's model knows, every one", async () => {
        const cluster = await parameters();
        expect(await sent(cluster)).to.deep.equal(JSON.parse(JSON.stringify(cluster)));
        expect(await sent({ ...cluster, Nonsense: 1 } as never)).to.not.have.property("Nonsense");
    });

    describe("that is transient", () => {
        it("is no resource of the stack", async () => {
            const { resources } = await up({ mode: "transient" });
            expect(all(resources, clusterType)).to.have.length(0);
            expect(all(resources, "aws:emr/managedScalingPolicy:ManagedScalingPolicy")).to.be.empty;
        });

        it("ends itself when it has been idle for half an hour, or as long as it is told", async () => {
            expect((await parameters()).AutoTerminationPolicy).to.deep.equal({ IdleTimeout: 1800 });
            const { AutoTerminationPolicy } = await parameters({ idleTimeoutSeconds: 60 });
            expect(AutoTerminationPolicy).to.deep.equal({ IdleTimeout: 60 });
        });
    });

    describe("that is persistent", () => {
        it("is the same cluster but for its lifecycle", async () => {
            const changes = {
                instanceTypes: ["m7g.2xlarge"],
                volumeSizeGib: 128,
                minimumCapacityUnits: 2,
                maximumCapacityUnits: 8,
            };
            const { cluster, resources } = await persistent(changes);
            const { inputs: scaling } = only(
                resources,
                "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
            );
            const request = await asRequest(cluster.inputs);

            const { AutoTerminationPolicy, ManagedScalingPolicy, ...same } =
                await parameters(changes);
            expect(AutoTerminationPolicy).to.not.equal(undefined);
            expect(request).to.deep.equal({
                ...same,
                Tags: [...same.Tags].sort((a, b) => a.Key.localeCompare(b.Key)), // a resource has a map
                Instances: { ...same.Instances, TerminationProtected: true },
                VisibleToAllUsers: true,
            });
            const { ComputeLimits } = ManagedScalingPolicy;
            expect(scaling).to.deep.equal({
                clusterId: cluster.id,
                computeLimits: [
                    {
                        unitType: ComputeLimits.UnitType,
                        minimumCapacityUnits: ComputeLimits.MinimumCapacityUnits,
                        maximumCapacityUnits: ComputeLimits.MaximumCapacityUnits,
                        maximumOndemandCapacityUnits: ComputeLimits.MaximumOnDemandCapacityUnits,
                        maximumCoreCapacityUnits: ComputeLimits.MaximumCoreCapacityUnits,
                    },
                ],
            });
        });

        it("has no idle timeout, and is protected from termination unless told otherwise", async () => {
            const { inputs } = (await persistent()).cluster;
            expect(inputs).to.not.have.property("autoTerminationPolicy");
            expect(inputs.terminationProtection).to.equal(true);
            const unprotected = await persistent({ terminationProtected: false });
            expect(unprotected.cluster.inputs.terminationProtection).to.equal(false);
        });

        it("starts after every rule of its groups, both policies and the certificate", async () => {
            const { resources, cluster } = await persistent();
            const needed = [
                ...all(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
                ...all(resources, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
                only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-emr-service`),
                only(resources, "aws:iam/rolePolicy:RolePolicy", `${name}-emr-instance`),
                only(resources, "aws:s3/bucketObjectv2:BucketObjectv2", `${name}-emr-tls`),
            ].map(({ urn }) => urn);
            expect(needed).to.have.length.greaterThan(20);
            const configuration = only(
                resources,
                "aws:emr/securityConfiguration:SecurityConfiguration",
            );
            expect([...cluster.dependencies, ...configuration.dependencies]).to.include.members(
                needed,
            );
        });
    });
});

/** The request that the provider makes of the resource's inputs, by the stand-in of this project. */
async function asRequest(inputs: Record<string, unknown>): Promise<unknown> {
    let request: unknown;
    const api = (_service: string, _operation: string, input: unknown) => {
        request = input;
        return Promise.resolve({ JobFlowId: "j-1" });
    };
    const create = clusters[clusterType];
    await create?.(inputs, { api, region, accountId: account } as never, name);
    return parsed(JSON.stringify(request));
}
