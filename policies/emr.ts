/** EMR on EC2 and EMR Serverless; clusters that a state machine launches are judged like those of the stack. */
import {
    expectAtLeast,
    expectCustomerKey,
    expectNoSecrets,
    expectOneOf,
    expectSet,
    expectThat,
    expectTrue,
} from "./core/checks";
import { option, resourcePolicy, type Policy } from "./core/policy";
import { Property } from "./core/property";
import type { Verdict } from "./core/verdict";

const docs = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/";
const configurationType = "aws:emr/securityConfiguration:SecurityConfiguration";
const clusterType = "aws:emr/cluster:Cluster";

/** The JSON of a security configuration as properties; `undefined` where it can't be read, which is said. */
function parsed(text: Property, verdict: Verdict): Property | undefined {
    if (text.unknown) return void verdict.unseen(text);
    try {
        return new Property(
            "configuration",
            typeof text.value === "string" ? JSON.parse(text.value) : text.value,
        );
    } catch (error) {
        return void verdict.violation({
            finding: "configuration",
            property: "configuration",
            found: `unreadable: ${String(error)}`,
            fix: "give a JSON object",
        });
    }
}

const atRest = resourcePolicy({
    name: "emr-encryption-at-rest",
    title: "EMR encrypts S3 data and local disks under customer-managed keys",
    risk: "Shuffle data, spills and results lie on disks and in S3 without a key of one's own.",
    severity: "high",
    fsbp: ["EMR.3"],
    types: [configurationType],
    remedy: "Enable at-rest encryption: SSE-KMS or CSE-KMS for S3, an AwsKms key with EnableEbsEncryption for disks.",
    url: `${docs}emr-data-encryption-options.html`,
    judge: (subject, verdict) => {
        const encryption = parsed(subject.at("configuration"), verdict)?.at(
            "EncryptionConfiguration",
        );
        if (encryption === undefined) return;
        expectTrue(verdict, encryption.at("EnableAtRestEncryption"), {
            finding: "EnableAtRestEncryption",
            fix: "set it to true",
        });
        const s3 = encryption.at("AtRestEncryptionConfiguration.S3EncryptionConfiguration");
        const disk = encryption.at(
            "AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration",
        );
        expectOneOf(verdict, s3.at("EncryptionMode"), ["SSE-KMS", "CSE-KMS", "CSE-Custom"], {
            finding: "S3.EncryptionMode",
            fix: "set it to SSE-KMS",
        });
        if (s3.at("EncryptionMode").value !== "CSE-Custom")
            expectCustomerKey(verdict, s3.at("AwsKmsKey"), { finding: "S3.AwsKmsKey" });
        for (const override of s3.at("Overrides").items) {
            expectOneOf(
                verdict,
                override.at("EncryptionMode"),
                ["SSE-KMS", "CSE-KMS", "CSE-Custom"],
                { finding: "S3.Overrides.EncryptionMode", fix: "set it to SSE-KMS" },
            );
        }
        expectOneOf(verdict, disk.at("EncryptionKeyProviderType"), ["AwsKms", "Custom"], {
            finding: "LocalDisk.EncryptionKeyProviderType",
            fix: "set it to AwsKms",
        });
        if (disk.at("EncryptionKeyProviderType").value !== "Custom")
            expectCustomerKey(verdict, disk.at("AwsKmsKey"), { finding: "LocalDisk.AwsKmsKey" });
        expectTrue(verdict, disk.at("EnableEbsEncryption"), {
            finding: "LocalDisk.EnableEbsEncryption",
            fix: "set it to true; LUKS alone leaves the root volume out",
        });
    },
});

const inTransit = resourcePolicy({
    name: "emr-encryption-in-transit",
    title: "EMR encrypts traffic between nodes",
    risk: "Shuffle blocks and RPC travel between nodes in the clear.",
    severity: "high",
    fsbp: ["EMR.4"],
    types: [configurationType],
    remedy: "Enable in-transit encryption with a certificate provider.",
    url: `${docs}emr-data-encryption-options.html`,
    judge: (subject, verdict) => {
        const encryption = parsed(subject.at("configuration"), verdict)?.at(
            "EncryptionConfiguration",
        );
        if (encryption === undefined) return;
        expectTrue(verdict, encryption.at("EnableInTransitEncryption"), {
            finding: "EnableInTransitEncryption",
            fix: "set it to true",
        });
        const certificate = encryption.at(
            "InTransitEncryptionConfiguration.TLSCertificateConfiguration",
        );
        expectOneOf(verdict, certificate.at("CertificateProviderType"), ["PEM", "Custom"], {
            finding: "CertificateProviderType",
            fix: "set it to PEM",
        });
        expectThat(
            verdict,
            certificate.at("S3Object"),
            (value) => /^(s3:\/\/|arn:)/.test(String(value)),
            { finding: "S3Object", fix: "give the s3:// address of the zip of certificates" },
        );
    },
});

const metadata = resourcePolicy({
    name: "emr-imdsv2",
    title: "EMR nodes ask for tokens before they give credentials",
    risk: "With version 1 of the instance metadata service, any request that a job can be tricked into returns the node's credentials.",
    severity: "high",
    types: [configurationType],
    remedy: "Set MinimumInstanceMetadataServiceVersion to 2 and HttpPutResponseHopLimit to 1.",
    url: `${docs}emr-create-security-configuration.html`,
    options: { maximumHops: option(1, "network hops that a token may travel; containers need 2") },
    judge: (subject, verdict, { maximumHops }) => {
        const service = parsed(subject.at("configuration"), verdict)?.at(
            "InstanceMetadataServiceConfiguration",
        );
        if (service === undefined) return;
        expectAtLeast(verdict, service.at("MinimumInstanceMetadataServiceVersion"), 2, {
            finding: "MinimumInstanceMetadataServiceVersion",
            fix: "set it to 2",
        });
        const hops = service.at("HttpPutResponseHopLimit");
        expectThat(verdict, hops, () => (hops.number ?? Infinity) <= maximumHops, {
            finding: "HttpPutResponseHopLimit",
            fix: `set it to ${String(maximumHops)}`,
        });
    },
});

/** What both a cluster resource and `RunJobFlow` have; property names by which they differ. */
interface ClusterNames {
    readonly securityConfiguration: string;
    readonly logUri: string;
    readonly logKey: string;
    readonly subnets: readonly string[];
    readonly sshKey: string;
}

const resourceNames: ClusterNames = {
    securityConfiguration: "securityConfiguration",
    logUri: "logUri",
    logKey: "logEncryptionKmsKeyId",
    subnets: ["ec2Attributes.subnetId", "ec2Attributes.subnetIds"],
    sshKey: "ec2Attributes.keyName",
};

const requestNames: ClusterNames = {
    securityConfiguration: "SecurityConfiguration",
    logUri: "LogUri",
    logKey: "LogEncryptionKmsKeyId",
    subnets: ["Instances.Ec2SubnetId", "Instances.Ec2SubnetIds"],
    sshKey: "Instances.Ec2KeyName",
};

function judgeCluster(at: (path: string) => Property, names: ClusterNames, verdict: Verdict): void {
    expectSet(verdict, at(names.securityConfiguration), {
        finding: "securityConfiguration",
        fix: "name a security configuration",
    });
    expectThat(verdict, at(names.logUri), (value) => /^s3[an]?:\/\//.test(String(value)), {
        finding: "logUri",
        fix: "give an s3:// address",
    });
    expectCustomerKey(verdict, at(names.logKey), { finding: "logEncryptionKmsKeyId" });
    if (names.subnets.every((name) => at(name).absent)) {
        verdict.violation({
            finding: "subnet",
            property: names.subnets[0] ?? "",
            found: undefined,
            fix: "name private subnets",
        });
    }
    const ssh = at(names.sshKey);
    if (ssh.known && ssh.value !== "") {
        verdict.violation({
            finding: "ssh",
            property: ssh.path,
            found: ssh.value,
            fix: "remove the SSH key pair and use Session Manager",
        });
    }
}

const cluster = resourcePolicy({
    name: "emr-cluster-security",
    title: "EMR clusters have a security configuration, encrypted logs, subnets and no SSH key",
    risk: "A cluster without them runs in the clear, keeps no trace, or opens a door beside IAM.",
    severity: "high",
    fsbp: ["EMR.1"],
    types: [clusterType],
    remedy: "Set securityConfiguration, logUri, logEncryptionKmsKeyId and private subnets; leave keyName out.",
    url: `${docs}emr-security.html`,
    judge: (subject, verdict) => {
        judgeCluster((path) => subject.at(path), resourceNames, verdict);
        for (const configuration of subject.at("configurations").items)
            expectNoSecrets(verdict, configuration.at("Properties"), "use a secret's ARN");
    },
});

const authorization = resourcePolicy({
    name: "emr-runtime-roles",
    title: "EMR security configurations enable runtime roles or Kerberos",
    risk: "Otherwise every step has all rights of the cluster's instance profile.",
    severity: "high",
    types: [configurationType],
    remedy: "Set AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole to true.",
    url: `${docs}emr-steps-runtime-roles.html`,
    judge: (subject, verdict) => {
        const configuration = parsed(subject.at("configuration"), verdict);
        if (
            configuration === undefined ||
            !configuration.at("AuthenticationConfiguration.KerberosConfiguration").absent
        )
            return;
        expectTrue(
            verdict,
            configuration.at(
                "AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole",
            ),
            { finding: "EnableApplicationScopedIAMRole", fix: "set it to true" },
        );
    },
});

const launched = resourcePolicy({
    name: "emr-launched-cluster-security",
    title: "Clusters that a state machine launches are as safe as those of a stack",
    risk: "A cluster that is launched by each run is in no stack, and no other check sees it.",
    severity: "high",
    types: ["aws:sfn/stateMachine:StateMachine"],
    remedy: "Set SecurityConfiguration, LogUri, LogEncryptionKmsKeyId and private subnets in the task's parameters; pass ExecutionRoleArn to steps.",
    url: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html",
    judge: (subject, verdict) => {
        const definition = parsed(subject.at("definition"), verdict);
        if (definition === undefined) return;
        for (const [name, parameters, resource] of tasks(definition)) {
            if (/elasticmapreduce:createCluster/.test(resource))
                judgeCluster((path) => parameter(parameters, path), requestNames, verdict);
            if (
                /elasticmapreduce:addStep/.test(resource) &&
                parameter(parameters, "ExecutionRoleArn").absent
            ) {
                verdict.violation({
                    finding: `ExecutionRoleArn::${name}`,
                    property: `definition.${name}`,
                    found: undefined,
                    fix: "run the step under a runtime role",
                });
            }
        }
    },
});

/** A task's parameter; unknown where Step Functions takes it from the state, by a name that ends in `.$`. */
function parameter(parameters: Property, path: string): Property {
    const names = path.split(".");
    const last = names.pop() ?? "";
    const parent = names.length === 0 ? parameters : parameters.at(names.join("."));
    const fromState = parent.entries.some(([name]) => name === `${last}.$`);
    return fromState ? Property.unknownAt(path) : parent.at(last);
}

/** Every Task state with its parameters, in parallel branches and maps too. */
function* tasks(
    definition: Property,
): Generator<[name: string, parameters: Property, resource: string]> {
    for (const [name, state] of definition.at("States").entries) {
        const resource = state.at("Resource").text;
        if (resource !== undefined)
            yield [
                name,
                state.at("Parameters").absent ? state.at("Arguments") : state.at("Parameters"),
                resource,
            ];
        for (const branch of state.at("Branches").items) yield* tasks(branch);
        for (const inner of ["Iterator", "ItemProcessor"]) yield* tasks(state.at(inner));
    }
}

const blockPublic = resourcePolicy({
    name: "emr-block-public-access",
    title: "EMR refuses clusters that are open to the internet",
    risk: "Without the account's block, a cluster may be launched whose security groups let everybody in.",
    severity: "high",
    fsbp: ["EMR.2"],
    types: ["aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration"],
    remedy: "Set blockPublicSecurityGroupRules to true and permit no ports.",
    url: `${docs}emr-block-public-access.html`,
    judge: (subject, verdict) => {
        expectTrue(verdict, subject.at("blockPublicSecurityGroupRules"), { fix: "set it to true" });
        for (const range of subject.at("permittedPublicSecurityGroupRuleRanges").items) {
            verdict.violation({
                finding: "permittedPublicSecurityGroupRuleRanges",
                property: range.path,
                found: range.value,
                fix: "remove it",
            });
        }
    },
});

const serverless = resourcePolicy({
    name: "emr-serverless-security",
    title: "EMR Serverless runs in a VPC, from a fixed image, with encrypted logs",
    risk: "Outside of a VPC no network control applies to it; an image by a moving tag changes without a change here; logs lie in the clear.",
    severity: "high",
    types: ["aws:emrserverless/application:Application"],
    remedy: "Set networkConfiguration, name images by digest or version, set encryptionKeyArn for each kind of log.",
    url: "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security.html",
    judge: (subject, verdict) => {
        expectSet(verdict, subject.at("networkConfiguration.subnetIds"), {
            fix: "name private subnets",
        });
        expectSet(verdict, subject.at("networkConfiguration.securityGroupIds"), {
            fix: "name security groups",
        });
        expectThat(verdict, subject.at("imageConfiguration.imageUri"), pinned, {
            absentIsFine: true,
            fix: "name the image by digest or by a version tag",
        });
        const monitoring = subject.at("monitoringConfiguration");
        const logs = [
            "s3MonitoringConfiguration",
            "cloudwatchLoggingConfiguration",
            "managedPersistenceMonitoringConfiguration",
        ];
        for (const log of logs.map((name) => monitoring.at(name))) {
            if (log.absent || log.at("enabled").value === false) continue;
            expectCustomerKey(verdict, log.at("encryptionKeyArn"));
        }
        if (logs.every((name) => monitoring.at(name).absent)) {
            const key =
                "monitoringConfiguration.managedPersistenceMonitoringConfiguration.encryptionKeyArn";
            expectCustomerKey(verdict, subject.at(key), {
                finding: "monitoringConfiguration",
                fix: "say where logs go and under which key; by default they go to storage of AWS's",
            });
        }
    },
});

function pinned(image: unknown): boolean {
    const text = String(image);
    return (
        /@sha256:[0-9a-f]{64}$/.test(text) ||
        /:(?!latest$)[\w.-]*\d[\w.-]*$/.test(text.slice(text.lastIndexOf("/")))
    );
}

export const emr: readonly Policy[] = [
    atRest,
    inTransit,
    metadata,
    authorization,
    cluster,
    launched,
    blockPublic,
    serverless,
];
