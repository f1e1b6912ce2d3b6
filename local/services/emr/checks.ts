/** What EMR refuses of a cluster's parameters before it launches anything. */
import type { Api } from "../../api";
import { ServiceError } from "../../gateway/replies";
import type { Context } from "../context";

/** Parameters of `RunJobFlow`, as far as they are looked at. */
export interface ClusterParameters {
    readonly Name: string;
    readonly ReleaseLabel?: string;
    readonly ServiceRole?: string;
    /** Instance profile. */
    readonly JobFlowRole?: string;
    readonly SecurityConfiguration?: string;
    readonly LogUri?: string;
    readonly Applications?: readonly { readonly Name: string }[];
    readonly Configurations?: readonly Configuration[];
    readonly Steps?: readonly StepConfig[];
    readonly Instances?: Readonly<Record<string, unknown>> & {
        readonly KeepJobFlowAliveWhenNoSteps?: boolean;
        readonly TerminationProtected?: boolean;
        readonly Ec2SubnetId?: string;
        readonly Ec2SubnetIds?: readonly string[];
        readonly InstanceGroups?: readonly { readonly InstanceRole?: string }[];
        readonly InstanceFleets?: readonly { readonly InstanceFleetType?: string }[];
    };
    readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

/** A classification of settings. */
export interface Configuration {
    readonly Classification: string;
    readonly Properties?: Readonly<Record<string, string>>;
    readonly Configurations?: readonly Configuration[];
}

/** A step as `AddJobFlowSteps` takes it. */
export interface StepConfig {
    readonly Name: string;
    readonly ActionOnFailure?: string;
    readonly HadoopJarStep: { readonly Jar: string; readonly Args?: readonly string[] };
}

/**
 * Checks that everything the parameters name is there, and that EMR may take the service role on.
 *
 * @throws ServiceError `ValidationException`, as EMR does.
 */
export async function checkCluster(
    parameters: ClusterParameters,
    securityConfigurations: ReadonlySet<string>,
    { backend: api, sessions, region, accountId }: Context,
): Promise<void> {
    const {
        ReleaseLabel = "",
        Applications = [],
        Instances = {},
        SecurityConfiguration,
        LogUri,
    } = parameters;
    if (!/^emr-\d+\.\d+\.\d+$/.test(ReleaseLabel))
        refuse(`The supplied release label is invalid: ${ReleaseLabel}.`);
    if (!Applications.some(({ Name }) => Name === "Spark"))
        refuse("the steps need Spark, which Applications does not name");
    if (SecurityConfiguration !== undefined && !securityConfigurations.has(SecurityConfiguration)) {
        refuse(`Security configuration with name '${SecurityConfiguration}' does not exist.`);
    }
    const nodes = [
        ...(Instances.InstanceGroups ?? []).map(({ InstanceRole }) => InstanceRole),
        ...(Instances.InstanceFleets ?? []).map(({ InstanceFleetType }) => InstanceFleetType),
    ];
    if (!nodes.includes("MASTER")) refuse("A master instance group or fleet is required.");
    if (Instances.InstanceGroups !== undefined && Instances.InstanceFleets !== undefined) {
        refuse("Instance groups and instance fleets are mutually exclusive.");
    }
    if (Instances.Ec2SubnetId === undefined && (Instances.Ec2SubnetIds ?? []).length === 0) {
        refuse("a subnet is required: the account has no default VPC that the cluster could use");
    }
    const serviceRole = await existingRole("ServiceRole", parameters.ServiceRole, api);
    const sourceArn = `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/*`;
    await sessions
        .assume(serviceRole, { service: "elasticmapreduce.amazonaws.com", sourceArn })
        .catch(() => refuse(`${serviceRole} can't be assumed by EMR`));
    await profileExists(parameters.JobFlowRole, api);
    if (LogUri !== undefined) await bucketExists(LogUri, api);
}

async function existingRole(
    parameter: string,
    role: string | undefined,
    api: Api,
): Promise<string> {
    const RoleName = role?.slice(role.lastIndexOf("/") + 1) ?? "";
    const { Role } = await api("iam", "GetRole", { RoleName }).catch(() =>
        refuse(`${parameter}: ${String(role)} is invalid`),
    );
    return String(Role.Arn);
}

async function profileExists(profile: string | undefined, api: Api): Promise<void> {
    const InstanceProfileName = profile?.slice(profile.lastIndexOf("/") + 1) ?? "";
    await api("iam", "GetInstanceProfile", { InstanceProfileName }).catch(() =>
        refuse(`Invalid InstanceProfile: ${String(profile)}.`),
    );
}

async function bucketExists(uri: string, api: Api): Promise<void> {
    const Bucket = /^s3[an]?:\/\/([^/]+)/.exec(uri)?.[1] ?? "";
    await api("s3", "HeadBucket", { Bucket }).catch(() =>
        refuse(`LogUri: ${uri} names a bucket that does not exist`),
    );
}

function refuse(message: string): never {
    throw new ServiceError("ValidationException", message);
}
