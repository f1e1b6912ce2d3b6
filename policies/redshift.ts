/** Redshift clusters and Redshift Serverless. */
import {
    expectAtLeast,
    expectCustomerKey,
    expectNotTrue,
    expectOneOf,
    expectSet,
    expectThat,
    expectTrue,
} from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";
import type { Property } from "./core/property";
import type { Subject } from "./core/subject";
import type { Verdict } from "./core/verdict";

const docs = "https://docs.aws.amazon.com/redshift/latest/mgmt/";
const clusterType = "aws:redshift/cluster:Cluster";
const namespaceType = "aws:redshiftserverless/namespace:Namespace";
const workgroupType = "aws:redshiftserverless/workgroup:Workgroup";

const encryption = resourcePolicy({
    name: "redshift-encryption",
    title: "Warehouses are encrypted under a customer-managed key",
    risk: "Blocks, snapshots and what is restored from them are readable without a key of one's own.",
    severity: "high",
    fsbp: ["Redshift.10"],
    types: [clusterType, namespaceType],
    remedy: "Set kmsKeyId, and leave encrypted true.",
    url: `${docs}working-with-db-encryption.html`,
    judge: (subject, verdict) => {
        // The provider's default is true since version 7.
        expectTrue(verdict, subject.at("encrypted"), { absentIsFine: true, fix: "set it to true" });
        expectCustomerKey(verdict, subject.at("kmsKeyId"));
    },
});

const network = resourcePolicy({
    name: "redshift-private",
    title: "Warehouses are private and route through their VPC",
    risk: "A public endpoint is one password away from the data; without enhanced VPC routing COPY and UNLOAD leave the network past every endpoint policy.",
    severity: "critical",
    fsbp: ["Redshift.1", "Redshift.7", "RedshiftServerless.1", "RedshiftServerless.3"],
    types: [clusterType, workgroupType],
    remedy: "Set publiclyAccessible to false and enhancedVpcRouting to true, and name private subnets.",
    url: `${docs}enhanced-vpc-routing.html`,
    judge: (subject, verdict) => {
        expectNotTrue(verdict, subject.at("publiclyAccessible"), { fix: "set it to false" });
        expectTrue(verdict, subject.at("enhancedVpcRouting"), { fix: "set it to true" });
        const subnets = subject.at(
            subject.type === clusterType ? "clusterSubnetGroupName" : "subnetIds",
        );
        expectSet(verdict, subnets, { fix: "name private subnets of your own" });
        if (subject.at("elasticIp").known) {
            verdict.violation({
                finding: "elasticIp",
                property: "elasticIp",
                found: subject.at("elasticIp").value,
                fix: "remove it",
            });
        }
    },
});

const admin = resourcePolicy({
    name: "redshift-admin-credentials",
    title: "Administrators' passwords are managed by AWS under a customer-managed key",
    risk: "A password in a program ends up in state files and histories; a default user name saves a guesser half of the work.",
    severity: "high",
    fsbp: ["Redshift.8", "RedshiftServerless.5"],
    types: [clusterType, namespaceType],
    remedy: "Set manageMasterPassword (manageAdminPassword), the key of its secret, and a user name of your own.",
    url: `${docs}redshift-secrets-manager-integration.html`,
    judge: (subject, verdict) => {
        const cluster = subject.type === clusterType;
        const [managed, key, user] = cluster
            ? ["manageMasterPassword", "masterPasswordSecretKmsKeyId", "masterUsername"]
            : ["manageAdminPassword", "adminPasswordSecretKmsKeyId", "adminUsername"];
        const restored =
            !subject.at("snapshotIdentifier").absent || !subject.at("snapshotArn").absent;
        if (!restored) expectTrue(verdict, subject.at(managed), { fix: "set it to true" });
        for (const password of [
            "masterPassword",
            "masterPasswordWo",
            "adminUserPassword",
            "adminUserPasswordWo",
        ]) {
            if (subject.at(password).absent || subject.at(password).value === "") continue;
            verdict.violation({
                finding: password,
                property: password,
                found: "a password",
                fix: "remove it and let AWS manage the password",
            });
        }
        if (subject.at(managed).value === true) expectCustomerKey(verdict, subject.at(key));
        const notDefault = (value: unknown) =>
            !["awsuser", "admin"].includes(String(value).toLowerCase());
        expectThat(verdict, subject.at(user), notDefault, {
            absentIsFine: restored || !cluster,
            fix: "set a name of your own",
        });
    },
});

const recovery = resourcePolicy({
    name: "redshift-recovery",
    title: "Clusters keep snapshots and take upgrades",
    risk: "One day of snapshots, AWS's default, is over before most faults are found.",
    severity: "medium",
    fsbp: ["Redshift.3", "Redshift.6"],
    types: [clusterType],
    remedy: "Set automatedSnapshotRetentionPeriod; leave allowVersionUpgrade true.",
    url: `${docs}working-with-snapshots.html`,
    options: {
        minimumDays: option(7, "shortest retention of automated snapshots, in days"),
        requireFinalSnapshot: option(
            false,
            "whether a cluster must take a snapshot before it is deleted",
        ),
    },
    judge: (cluster, verdict, { minimumDays, requireFinalSnapshot }) => {
        const fix = `set it to ${String(minimumDays)} days or more`;
        expectAtLeast(verdict, cluster.at("automatedSnapshotRetentionPeriod"), minimumDays, {
            fix,
        });
        expectTrue(verdict, cluster.at("allowVersionUpgrade"), {
            absentIsFine: true,
            fix: "set it to true",
        });
        if (requireFinalSnapshot)
            expectNotTrue(verdict, cluster.at("skipFinalSnapshot"), { fix: "set it to false" });
    },
});

const parameters = resourcePolicy({
    name: "redshift-parameters",
    title: "Warehouses require TLS and log what users run",
    risk: "A client that doesn't ask for TLS sends password and results in the clear; without activity logging nobody can say who read what.",
    severity: "high",
    fsbp: ["Redshift.2", "RedshiftServerless.2"],
    types: ["aws:redshift/parameterGroup:ParameterGroup", workgroupType],
    remedy: "Set require_ssl and enable_user_activity_logging to true.",
    url: `${docs}connecting-ssl-support.html`,
    judge: (subject, verdict) => {
        const serverless = subject.type === workgroupType;
        const list = subject.at(serverless ? "configParameters" : "parameters");
        const names = serverless
            ? (["parameterKey", "parameterValue"] as const)
            : (["name", "value"] as const);
        judgeParameter(list, names, "require_ssl", verdict);
        if (!serverless) judgeParameter(list, names, "enable_user_activity_logging", verdict);
    },
});

function judgeParameter(
    list: Property,
    [key, value]: readonly [string, string],
    name: string,
    verdict: Verdict,
): void {
    if (list.unknown) return verdict.unseen(list);
    const fix = `set ${name} to true`;
    const entry = list.items.find((item) => item.at(key).value === name);
    if (entry !== undefined) expectTrue(verdict, entry.at(value), { finding: name, fix });
    else if (list.items.some((item) => item.at(key).unknown)) verdict.unseen(list);
    else verdict.violation({ finding: name, property: list.path, found: `silent on ${name}`, fix });
}

const parameterGroup = resourcePolicy({
    name: "redshift-parameter-group",
    title: "Clusters use a parameter group of their own",
    risk: "The default group can't be changed: it lets clients in without TLS.",
    severity: "high",
    fsbp: ["Redshift.2"],
    types: [clusterType],
    remedy: "Set clusterParameterGroupName to a group with require_ssl.",
    url: `${docs}working-with-parameter-groups.html`,
    judge: (cluster, verdict) => {
        const fix = "name a parameter group with require_ssl and enable_user_activity_logging";
        const property = cluster.at("clusterParameterGroupName");
        if (property.unknown) return;
        expectThat(
            verdict,
            property,
            (value) => !String(value).startsWith("default.") && value !== "",
            { fix },
        );
    },
});

const exportedLogs = ["connectionlog", "useractivitylog", "userlog"];

const logging = stackPolicy({
    name: "redshift-audit-logging",
    title: "Clusters log connections, users and what they run",
    risk: "Without audit logs neither a break-in nor a mistake can be followed.",
    severity: "medium",
    fsbp: ["Redshift.4"],
    remedy: "Add a redshift.Logging for the cluster, with all three logs where they go to CloudWatch.",
    url: `${docs}db-auditing.html`,
    judge: (stack, verdictOn) => {
        for (const cluster of stack.of(clusterType)) {
            const verdict = verdictOn(cluster);
            if (cluster.at("logging.enable").value === true) continue;
            const { found, uncertain } = stack.joined(
                cluster,
                "clusterIdentifier",
                "aws:redshift/logging:Logging",
            );
            for (const log of found) {
                if (log.at("logDestinationType").value === "cloudwatch")
                    judgeLogs(log, exportedLogs, verdictOn(log));
            }
            if (found.length > 0) continue;
            if (uncertain) verdict.unseen("logging");
            else
                verdict.violation({
                    finding: "logging",
                    property: "logging",
                    found: undefined,
                    fix: "add a redshift.Logging",
                });
        }
    },
});

const serverlessLogging = resourcePolicy({
    name: "redshift-serverless-logging",
    title: "Serverless namespaces export their logs",
    risk: "Without audit logs neither a break-in nor a mistake can be followed.",
    severity: "medium",
    fsbp: ["RedshiftServerless.6"],
    types: [namespaceType],
    remedy: "Set logExports to userlog, connectionlog and useractivitylog.",
    url: `${docs}serverless-audit-logging.html`,
    judge: (namespace, verdict) => {
        judgeLogs(namespace, exportedLogs, verdict);
    },
});

function judgeLogs(subject: Subject, expected: readonly string[], verdict: Verdict): void {
    const exports = subject.at("logExports");
    if (exports.holdsUnknown) return verdict.unseen(exports);
    const named = exports.items.map((item) => item.text);
    const missing = expected.filter((log) => !named.includes(log));
    if (missing.length === 0) return;
    verdict.violation({
        finding: "logExports",
        property: "logExports",
        found: exports.value,
        fix: `add ${missing.join(", ")}`,
    });
}

const defaults = resourcePolicy({
    name: "redshift-default-database",
    title: "Warehouses don't use the default database",
    risk: "Names that everybody knows help whoever tries them.",
    severity: "low",
    types: [clusterType, namespaceType],
    remedy: "Set databaseName (dbName) to a name of your own.",
    url: `${docs}working-with-clusters.html`,
    judge: (subject, verdict) => {
        const property = subject.at(subject.type === clusterType ? "databaseName" : "dbName");
        const restored =
            !subject.at("snapshotIdentifier").absent || !subject.at("snapshotArn").absent;
        expectThat(verdict, property, (value) => value !== "dev", {
            absentIsFine: restored,
            fix: "set a name of your own",
        });
    },
});

const port = resourcePolicy({
    name: "redshift-default-port",
    title: "Warehouses don't listen on the default port",
    risk: "Scanners look there first; it hides nothing from anybody else, so that this policy is off unless wanted.",
    severity: "low",
    level: "disabled",
    types: [clusterType, workgroupType],
    remedy: "Set port.",
    url: `${docs}working-with-clusters.html`,
    judge: (subject, verdict) => {
        expectOneOf(
            verdict,
            subject.at("port"),
            range(5431, 5455)
                .concat(range(8191, 8215))
                .filter((n) => n !== 5439),
            { fix: "set another port that Redshift accepts" },
        );
    },
});

const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

export const redshift: readonly Policy[] = [
    encryption,
    network,
    admin,
    recovery,
    parameters,
    parameterGroup,
    logging,
    serverlessLogging,
    defaults,
    port,
];
