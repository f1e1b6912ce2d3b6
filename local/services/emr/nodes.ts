/** What a cluster's instances do for themselves, as the role of their profile: certificate, disks, logs. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Api } from "../../api";
import type { Credentials } from "../../gateway/identities";
import { parseS3Uri } from "../crawl/group";
import { nameOf, type Context } from "../context";
import type { ClusterParameters } from "./checks";
import type { Cluster } from "./cluster";

/** The instances' role and who assumes it. */
async function instanceRole(
    { JobFlowRole = "" }: ClusterParameters,
    { backend }: Context,
): Promise<string> {
    const { InstanceProfile } = await backend("iam", "GetInstanceProfile", {
        InstanceProfileName: nameOf(JobFlowRole),
    });
    return String(InstanceProfile.Roles[0]?.Arn);
}

const asEc2 = { service: "ec2.amazonaws.com" };

/** A session of the instances. */
export async function instanceCredentials(
    parameters: ClusterParameters,
    context: Context,
): Promise<Credentials> {
    return context.sessions.assume(await instanceRole(parameters, context), asEc2);
}

async function instanceApi(parameters: ClusterParameters, context: Context): Promise<Api> {
    return context.sessions.api(await instanceRole(parameters, context), asEc2);
}

/** As far as the instances read it. */
interface SecurityConfiguration {
    readonly EncryptionConfiguration?: {
        readonly AtRestEncryptionConfiguration?: {
            readonly LocalDiskEncryptionConfiguration?: { readonly AwsKmsKey?: string };
        };
        readonly InTransitEncryptionConfiguration?: {
            readonly TLSCertificateConfiguration?: { readonly S3Object?: string };
        };
    };
}

/** Starts the instances: they open their disks and fetch their certificate. @throws Error when either is refused. */
export async function startNodes(
    cluster: Cluster,
    securityConfiguration: string,
    context: Context,
): Promise<void> {
    const { EncryptionConfiguration = {} } = JSON.parse(
        securityConfiguration,
    ) as SecurityConfiguration;
    const { AtRestEncryptionConfiguration: atRest, InTransitEncryptionConfiguration: inTransit } =
        EncryptionConfiguration;
    const disks = atRest?.LocalDiskEncryptionConfiguration?.AwsKmsKey;
    const certificate = inTransit?.TLSCertificateConfiguration?.S3Object;
    if (disks === undefined && certificate === undefined) return;
    const api = await instanceApi(cluster.parameters, context);
    if (disks !== undefined) {
        await api("kms", "DescribeKey", { KeyId: disks });
        const request = { KeyId: disks, KeySpec: "AES_256" };
        const { CiphertextBlob } = await api("kms", "GenerateDataKey", request);
        await api("kms", "Decrypt", { CiphertextBlob, KeyId: disks });
    }
    if (certificate !== undefined) {
        const { bucket: Bucket, key: Key } = parseS3Uri(certificate);
        const { Body } = await api("s3", "GetObject", { Bucket, Key });
        await Body.transformToByteArray();
    }
}

/** Keeps a step's log where the cluster was told to (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html). */
export async function keepStepLog(
    { id, parameters }: Cluster,
    stepId: string,
    logFile: string,
    context: Context,
): Promise<void> {
    if (parameters.LogUri === undefined) return;
    const { bucket: Bucket, key } = parseS3Uri(parameters.LogUri.replace(/^s3[an]:/, "s3:"));
    const Key = `${key.replace(/\/?$/, "/")}${id}/steps/${stepId}/stderr.gz`;
    const api = await instanceApi(parameters, context);
    await api("s3", "PutObject", { Bucket, Key, Body: gzipSync(readFileSync(logFile)) });
}
