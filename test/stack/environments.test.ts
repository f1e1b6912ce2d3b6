import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { tables } from "../../formats";
import { runStack } from "../../local/program/stack";
import { all, only } from "../support/deploy";
import { bothDeployed, values, type StackName, type StackRun } from "../support/stacks";

let runs: Record<StackName, StackRun>;
const load = async () => {
    runs = await bothDeployed();
};

/** The definition of the stack's state machine. */
const workflow = (stack: StackName) =>
    JSON.parse(
        only(runs[stack].resources, "aws:sfn/stateMachine:StateMachine").inputs
            .definition as string,
    ) as { readonly States: Readonly<Record<string, any>> };

describe("dev", () => {
    before(load);

    it("protects nothing", () => {
        const guarded = runs.dev.resources.filter(({ protect }) => protect);
        expect(guarded.map(({ urn }) => urn)).to.deep.equal([]);
    });

    it("switches no service's own protection on", () => {
        const switches = runs.dev.resources.flatMap(({ name, inputs }) =>
            [...values(inputs)]
                .filter(([path]) => /(deletion|terminat\w*)protect\w*$/i.test(path))
                .map(([path, value]) => ({ name, path, value })),
        );
        expect(switches.length).to.be.greaterThan(0);
        expect(switches.filter(({ value }) => value !== false)).to.deep.equal([]);
    });

    it("deletes its buckets with what is in them", () => {
        for (const { name, inputs } of all(runs.dev.resources, "aws:s3/bucket:Bucket")) {
            expect(inputs.forceDestroy, name).to.equal(true);
        }
    });

    it("takes no last snapshot of the warehouse", () => {
        const { inputs } = only(runs.dev.resources, "aws:redshift/cluster:Cluster");
        expect(inputs.skipFinalSnapshot).to.equal(true);
        expect(inputs.finalSnapshotIdentifier).to.equal(undefined);
    });

    it("spreads over two zones", () => {
        expect(only(runs.dev.resources, "awsx:ec2:Vpc").inputs.availabilityZoneNames).to.deep.equal(
            ["eu-west-1a", "eu-west-1b"],
        );
    });

    it("launches a cluster for each run and ends it, on failure too", () => {
        const clusters = runs.dev.resources.filter(({ type }) =>
            /:emr\/(cluster|managed)/.test(type),
        );
        expect(clusters.map(({ urn }) => urn)).to.deep.equal([]);
        expect(workflow("dev").States).to.include.keys(
            "LaunchCluster",
            "EndCluster",
            "EndFailedCluster",
        );
    });

    it("has one small node of Redshift, and pays for little", () => {
        const { inputs } = only(runs.dev.resources, "aws:redshift/cluster:Cluster");
        expect(inputs).to.deep.include({ nodeType: "ra3.large", clusterType: "single-node" });
        expect(only(runs.dev.resources, "aws:glue/job:Job").inputs.numberOfWorkers).to.equal(2);
    });
});

describe("prod", () => {
    before(load);

    it("protects the data: the keys it lies under, buckets, databases and their tables, the warehouse", () => {
        const guarded = runs.prod.resources
            .filter(({ protect }) => protect)
            .map(({ type, name }) => `${type.split(":").pop() ?? ""} ${name}`);
        expect(guarded.sort()).to.deep.equal([
            "Bucket loglake-prod-access-logs",
            "Bucket loglake-prod-artifacts",
            "Bucket loglake-prod-processed",
            "Bucket loglake-prod-raw",
            "CatalogDatabase loglake-prod-processed",
            "CatalogDatabase loglake-prod-raw",
            ...tables.map(({ name }) => `CatalogTable loglake-prod-${name}`).sort(),
            "Cluster loglake-prod",
            "Key loglake-prod",
            "Key loglake-prod-warehouse",
            "Key loglake-prod-warehouse-admin",
        ]);
        expect(only(runs.prod.resources, "aws:redshift/cluster:Cluster").protect).to.equal(true);
    });

    it("deletes no bucket that holds something", () => {
        for (const { name, inputs } of all(runs.prod.resources, "aws:s3/bucket:Bucket")) {
            expect(inputs.forceDestroy, name).to.equal(false);
        }
    });

    it("leaves the longest time to win a key back", () => {
        for (const { name, inputs } of all(runs.prod.resources, "aws:kms/key:Key")) {
            expect(inputs.deletionWindowInDays ?? 30, name).to.equal(30);
        }
    });

    it("takes a last snapshot of the warehouse under a name of its own", () => {
        const { inputs } = only(runs.prod.resources, "aws:redshift/cluster:Cluster");
        expect(inputs.skipFinalSnapshot).to.equal(false);
        const key = only(runs.prod.resources, "aws:kms/key:Key", "loglake-prod-warehouse");
        expect(inputs.finalSnapshotIdentifier).to.equal(
            `loglake-prod-final-${String(key.outputs.keyId)}`,
        );
    });

    it("spreads over three zones", () => {
        const { inputs } = only(runs.prod.resources, "awsx:ec2:Vpc");
        expect(inputs.availabilityZoneNames).to.deep.equal([
            "eu-west-1a",
            "eu-west-1b",
            "eu-west-1c",
        ]);
    });

    it("keeps one cluster that scales down to its minimum and does not end", () => {
        const { inputs } = only(runs.prod.resources, "aws:emr/cluster:Cluster");
        expect(inputs).to.include({
            terminationProtection: true,
            keepJobFlowAliveWhenNoSteps: true,
        });
        expect(inputs.autoTerminationPolicy).to.equal(undefined);
        const scaling = only(
            runs.prod.resources,
            "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
        );
        expect(scaling.inputs.computeLimits).to.have.lengthOf(1);
        expect(scaling.inputs.computeLimits[0]).to.include({
            minimumCapacityUnits: 1,
            maximumCapacityUnits: 10,
        });
        expect(workflow("prod").States).not.to.have.any.keys(
            "LaunchCluster",
            "EndCluster",
            "EndFailedCluster",
        );
    });

    it("has several nodes of Redshift, which may move between zones, and snapshots for five weeks", () => {
        const { inputs } = only(runs.prod.resources, "aws:redshift/cluster:Cluster");
        expect(inputs).to.include({
            clusterType: "multi-node",
            availabilityZoneRelocationEnabled: true,
            automatedSnapshotRetentionPeriod: 35,
        });
        expect(inputs.numberOfNodes).to.be.at.least(2);
    });
});

describe("both stacks", () => {
    before(load);

    it("run the same steps but for the life of the cluster", () => {
        const steps = (stack: StackName) => Object.keys(workflow(stack).States);
        const devOnly = steps("dev").filter((state) => !steps("prod").includes(state));

        expect(steps("prod").filter((state) => !steps("dev").includes(state))).to.deep.equal([]);
        expect(devOnly.filter((state) => !/Cluster|Launch/.test(state))).to.deep.equal([]);
    });

    it("have the same types of resources but for the cluster's", () => {
        const types = (stack: StackName) => new Set(runs[stack].resources.map(({ type }) => type));
        const difference = [...types("prod")].filter((type) => !types("dev").has(type));

        expect([...types("dev")].filter((type) => !types("prod").has(type))).to.deep.equal([]);
        expect(difference.sort()).to.deep.equal([
            "aws:emr/cluster:Cluster",
            "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
        ]);
    });

    it("say what a user needs to run and to ask them", () => {
        for (const stack of ["dev", "prod"] as const) {
            expect(Object.keys(runs[stack].outputs).sort()).to.deep.equal([
                "adminSecretArn",
                "alertTopicArn",
                "clusterIdentifier",
                "dashboardName",
                "databaseName",
                "processedBucketName",
                "rawBucketName",
                "rawDatabaseName",
                "stateMachineArn",
            ]);
            const { stateMachineArn } = runs[stack].outputs;
            expect(stateMachineArn).to.match(new RegExp(`:stateMachine:loglake-${stack}$`));
        }
    });
});

describe("a stack's settings", () => {
    it("are refused in one error that lists everything wrong with them, before anything is registered", async () => {
        const registered: string[] = [];
        const wrong = {
            "aws:region": "eu-central-1",
            "loglake:protect": "perhaps",
            "loglake:spark": JSON.stringify({ mode: "sometimes", minimumCapacityUnits: 0 }),
            "loglake:warehouse": JSON.stringify({ nodeType: "dc2.large" }),
            "loglake:loader": JSON.stringify({ workers: 2 }),
            "loglake:wharehouse": "{}",
        };
        const error: unknown = await runStack("dev", {
            config: wrong,
            onResource: ({ type }) => registered.push(type),
        }).catch((reason: unknown) => reason);

        expect(error).to.be.instanceOf(pulumi.RunError);
        const [title, ...problems] = (error as Error).message.split("\n");
        expect(title).to.equal("wrong settings in stack dev (8):");
        expect(problems.map((line) => line.trim().split(" ")[0]).sort()).to.deep.equal([
            "loglake:loader.workers",
            "loglake:network.zones",
            "loglake:network.zones",
            "loglake:protect",
            "loglake:spark.minimumCapacityUnits",
            "loglake:spark.mode",
            "loglake:warehouse.nodeType",
            "loglake:wharehouse",
        ]);
        expect(registered.filter((type) => type !== "pulumi:pulumi:Stack")).to.deep.equal([]);
    });

    it("take a network that exists, which the stack then neither makes nor changes", async () => {
        const network = {
            vpcId: "vpc-0a1b2c3d4e5f67890",
            subnetIds: ["subnet-0a1b2c3d4e5f67890", "subnet-1a1b2c3d4e5f67890"],
        };
        const { resources } = await runStack("dev", {
            config: { "loglake:network": JSON.stringify(network) },
        });

        const types = new Set(resources.map(({ type }) => type));
        expect(types).not.to.include.any.keys("awsx:ec2:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint");
        expect(
            only(resources, "aws:redshift/subnetGroup:SubnetGroup").inputs.subnetIds,
        ).to.deep.equal(network.subnetIds);
        for (const { inputs, name } of all(resources, "aws:ec2/securityGroup:SecurityGroup")) {
            expect(inputs.vpcId, name).to.equal(network.vpcId);
        }
    });
});
