/** EMR clusters, of the stack and launched by its state machines. */
import { expectCustomerKey, expectSet, expectThat, expectTrue } from "../core/checks";
import { resourcePolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Verdict } from "../core/verdict";
import { parsed } from "./json";
import { machineType, parameter, tasks } from "./tasks";

const docs = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/";

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
    types: ["aws:emr/cluster:Cluster"],
    remedy: "Set securityConfiguration, logUri, logEncryptionKmsKeyId and private subnets; leave keyName out.",
    url: `${docs}emr-security.html`,
    judge: (subject, verdict) => {
        judgeCluster((path) => subject.at(path), resourceNames, verdict);
    },
});

const launched = resourcePolicy({
    name: "emr-launched-cluster-security",
    title: "Clusters that a state machine launches are as safe as those of a stack",
    risk: "A cluster that is launched by each run is in no stack, and no other check sees it.",
    severity: "high",
    types: [machineType],
    remedy: "Set SecurityConfiguration, LogUri, LogEncryptionKmsKeyId and private subnets in the task's parameters; pass ExecutionRoleArn to steps.",
    url: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html",
    judge: (subject, verdict) => {
        const definition = parsed(subject.at("definition"), verdict);
        if (definition === undefined) return;
        for (const [name, parameters, resource] of tasks(definition)) {
            if (/elasticmapreduce:createCluster|aws-sdk:emr:runJobFlow/.test(resource))
                judgeCluster((path) => parameter(parameters, path), requestNames, verdict);
            if (
                /elasticmapreduce:addStep|aws-sdk:emr:addJobFlowSteps/.test(resource) &&
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

export const clusters: readonly Policy[] = [cluster, launched, blockPublic];
