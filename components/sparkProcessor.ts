import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse, wholeNumber } from "./checks";
import { nodeCertificate } from "./emr/certificate";
import {
    clusterArgs,
    runJobFlowParameters,
    scalingLimits,
    type ClusterDefinition,
} from "./emr/clusterDefinition";
import { nodeRoleNames, nodeRoles } from "./emr/nodeRoles";
import { securityConfiguration } from "./emr/securityConfiguration";
import { emrSecurityGroups } from "./emr/securityGroups";
import { emrServiceRole } from "./emr/serviceRole";
import { runClusters, runSteps } from "./emr/stepAccess";
import { clusterTags } from "./emr/tags";
import { grant, siteOf } from "./iam";
import { deploymentName } from "./names";
import { uploadSource } from "./sourceUpload";
import type { ClusterLifecycle, SparkTarget } from "./sparkTarget";

/** Arguments of {@link SparkProcessor}. */
export interface SparkProcessorArgs {
    readonly vpcId: pulumi.Input<string>;

    /** Private subnets with the tag `for-use-with-amazon-emr-managed-policies`: EMR takes the one with capacity. */
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;

    /** Bucket of the packaged application, the nodes' certificate and EMR's logs. */
    readonly artifactsBucketName: pulumi.Input<string>;

    /** Key of these, of the nodes' disks and of what Spark writes. */
    readonly keyArn: pulumi.Input<string>;

    /** Whether each run launches and ends a cluster, or one stays. @default "transient" */
    readonly mode?: ClusterLifecycle;

    /**
     * One to five types of about one size, each of which counts one unit; EMR takes what there is capacity for.
     * @default `m7g.xlarge` and `m6g.xlarge`: Graviton, 4 vCPU, 16 GiB
     */
    readonly instanceTypes?: readonly string[];

    /** GiB of the data disk of each node, 10 to 16384. @default 64 */
    readonly volumeSizeGib?: number;

    /** Core nodes that are always there, and that a cluster starts with. @default 1 */
    readonly minimumCapacityUnits?: number;

    /** Core nodes that managed scaling may go up to. @default 4 */
    readonly maximumCapacityUnits?: number;

    /** Seconds of idleness after which a transient cluster ends itself, should its run not have done so, 60 to 604800. @default 1800 */
    readonly idleTimeoutSeconds?: number;

    /** Whether a persistent cluster refuses to be ended; then `destroy` fails until an update has set this to false. @default true */
    readonly terminationProtected?: boolean;

    /**
     * Addresses at which the nodes reach AWS services over HTTPS, such as those of the network's endpoints.
     * @default the VPC's own
     */
    readonly serviceCidrBlocks?: readonly pulumi.Input<string>[];

    /**
     * Folder that holds `main.py` and the package `loglake_spark`.
     * @default `spark-app/src` of this project
     */
    readonly sourceFolder?: string;
}

/**
 * Runs Spark on EMR: the packaged application, the roles, the network rules and the encryption that a cluster needs, and the
 * cluster itself where it is persistent. Where it is transient, its parameters are for a workflow to launch it from.
 */
export class SparkProcessor extends pulumi.ComponentResource {
    /** Where and as what a workflow runs the step. */
    public readonly workflowTarget: SparkTarget;

    /** Role of the step, to grant it what it reads and writes: the application too, below `spark-app/` of the artifacts. */
    public readonly runtimeRole: aws.iam.Role;
    public readonly runtimeRoleArn: pulumi.Output<string>;

    /** Role of EMR itself. */
    public readonly serviceRole: aws.iam.Role;

    /** Role of the nodes. */
    public readonly instanceRole: aws.iam.Role;

    /** Id of the cluster that stays, such as `j-2AXXXXXXGAPLF`; undefined where each run launches its own. */
    public readonly clusterId: pulumi.Output<string> | undefined;

    /** Name of the deployment, which its clusters carry as a tag. */
    public readonly deployment: string;

    constructor(name: string, args: SparkProcessorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:SparkProcessor", name, {}, opts);

        this.deployment = deploymentName(name);
        const mode = lifecycle(args.mode ?? "transient");
        const sizes = clusterSizes(args);
        const { artifactsBucketName, keyArn } = args;

        const roles = nodeRoles(this, name, { artifactsBucketName, keyArn });
        this.runtimeRole = roles.runtimeRole;
        this.runtimeRoleArn = roles.runtimeRole.arn;
        this.instanceRole = roles.instanceRole;
        const service = emrServiceRole(this, name, {
            instanceRoleName: nodeRoleNames(name).instance,
            keyArn,
        });
        this.serviceRole = service.role;

        const certificate = nodeCertificate(this, name, { artifactsBucketName, keyArn });
        const { groups, rules } = emrSecurityGroups(this, name, {
            vpcId: args.vpcId,
            serviceCidrBlocks: args.serviceCidrBlocks ?? [vpcCidrBlock(this, args.vpcId)],
        });
        const definition: ClusterDefinition = {
            ...sizes,
            name,
            subnetIds: args.subnetIds,
            groups,
            serviceRoleName: service.role.name,
            instanceProfileName: roles.instanceProfile.name,
            securityConfigurationName: securityConfiguration(this, name, { keyArn, certificate }),
            artifactsBucketName,
            keyArn,
            tags: clusterTags(name),
            ...(mode === "transient"
                ? {
                      terminationProtected: false,
                      idleTimeoutSeconds: wholeNumber(
                          "idleTimeoutSeconds",
                          args.idleTimeoutSeconds ?? 1800,
                          60,
                          604800, // https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-auto-termination-policy.html
                      ),
                  }
                : { terminationProtected: args.terminationProtected ?? true }),
        };
        const step = {
            executionRoleArn: this.runtimeRoleArn,
            ...uploadSource(this, name, {
                bucketName: artifactsBucketName,
                keyArn,
                prefix: "spark-app",
                sourceFolder: args.sourceFolder ?? join(__dirname, "..", "spark-app", "src"),
                entryPoint: "main.py",
                packageName: "loglake_spark",
            }),
        };
        if (mode === "transient") {
            const clusterParameters = runJobFlowParameters(definition);
            this.workflowTarget = { ...step, mode, clusterParameters };
        } else {
            const needed = [...rules, roles.instancePolicy, service.policy];
            const clusterId = persistentCluster(this, definition, needed);
            this.clusterId = clusterId;
            this.workflowTarget = { ...step, mode, clusterId };
        }
        this.registerOutputs({
            runtimeRoleArn: this.runtimeRoleArn,
            entryPointUri: step.entryPointUri,
            packageUri: step.packageUri,
        });
    }

    /**
     * Lets `role` run steps under the runtime role and, where clusters are transient, launch and end them. `id` names the
     * grant, unique within the stack.
     */
    public grantRunSteps(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const site = siteOf(this);
        const { mode } = this.workflowTarget;
        return grant(
            this,
            `${id}-run-steps`,
            role,
            ...runSteps(site, this.deployment),
            ...(mode === "transient" ? runClusters(site, this.deployment) : []),
        );
    }
}

function lifecycle(mode: string): ClusterLifecycle {
    if (mode === "transient" || mode === "persistent") return mode;
    return refuse("mode", `must be transient or persistent, got ${JSON.stringify(mode)}`);
}

/** Of a fleet without an allocation strategy (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-instance-fleet.html). */
const maxInstanceTypes = 5;

function clusterSizes(args: SparkProcessorArgs) {
    const instanceTypes = args.instanceTypes ?? ["m7g.xlarge", "m6g.xlarge"];
    if (instanceTypes.length === 0 || instanceTypes.length > maxInstanceTypes) {
        refuse(
            "instanceTypes",
            `must be 1 to ${String(maxInstanceTypes)} types, got ${String(instanceTypes.length)}`,
        );
    }
    const minimumCapacityUnits = wholeNumber(
        "minimumCapacityUnits",
        args.minimumCapacityUnits ?? 1,
        1,
    );
    return {
        instanceTypes,
        volumeSizeGib: wholeNumber("volumeSizeGib", args.volumeSizeGib ?? 64, 10, 16384),
        minimumCapacityUnits,
        maximumCapacityUnits: wholeNumber(
            "maximumCapacityUnits",
            args.maximumCapacityUnits ?? Math.max(4, minimumCapacityUnits),
            minimumCapacityUnits,
        ),
    };
}

function vpcCidrBlock(
    processor: pulumi.ComponentResource,
    vpcId: pulumi.Input<string>,
): pulumi.Output<string> {
    return aws.ec2.getVpcOutput({ id: vpcId }, { parent: processor }).cidrBlock;
}

/** Creates the cluster and its managed scaling as children of `processor` and returns its id. */
function persistentCluster(
    processor: pulumi.Resource,
    definition: ClusterDefinition,
    dependsOn: pulumi.Resource[],
): pulumi.Output<string> {
    const { name } = definition;
    const cluster = new aws.emr.Cluster(name, clusterArgs(definition), {
        parent: processor,
        dependsOn,
        // managed scaling changes it; taken for a change of ours, it would replace the cluster
        // (https://github.com/hashicorp/terraform-provider-aws/issues/36492)
        ignoreChanges: ["coreInstanceFleet.targetOnDemandCapacity"],
    });
    new aws.emr.ManagedScalingPolicy(
        name,
        { clusterId: cluster.id, computeLimits: [scalingLimits(definition)] },
        { parent: processor },
    );
    return cluster.id;
}
