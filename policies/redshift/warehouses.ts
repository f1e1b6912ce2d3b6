/** Redshift clusters, and the namespaces and workgroups of Redshift Serverless. */
import {
    expectAtLeast,
    expectCustomerKey,
    expectNotTrue,
    expectOneOf,
    expectSet,
    expectThat,
    expectTrue,
} from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";

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
        // AWS documents no default name for the database of a namespace.
        expectThat(verdict, property, (value) => value !== "dev", {
            absentIsFine: restored || subject.type === namespaceType,
            fix: "set a name of your own",
        });
    },
});

const port = resourcePolicy({
    name: "redshift-default-port",
    title: "Warehouses don't listen on the default port",
    risk: "Scanners look there first, and whoever wants in has one thing less to guess.",
    severity: "low",
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

export const warehouses: readonly Policy[] = [encryption, network, admin, recovery, defaults, port];
