/** What Redshift asks of its clients and writes down of them. */
import { expectSet, expectThat, expectTrue } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";

const docs = "https://docs.aws.amazon.com/redshift/latest/mgmt/";
const clusterType = "aws:redshift/cluster:Cluster";
const namespaceType = "aws:redshiftserverless/namespace:Namespace";
const workgroupType = "aws:redshiftserverless/workgroup:Workgroup";

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
    if (list.unknown) {
        verdict.unseen(list);
        return;
    }
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
                const destination = log.at("logDestinationType");
                if (destination.value === "cloudwatch")
                    judgeLogs(log, exportedLogs, verdictOn(log));
                else if (!destination.unknown)
                    expectSet(verdictOn(log), log.at("bucketName"), { fix: "name a bucket" });
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
    if (exports.holdsUnknown) {
        verdict.unseen(exports);
        return;
    }
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

export const auditing: readonly Policy[] = [parameters, parameterGroup, logging, serverlessLogging];
