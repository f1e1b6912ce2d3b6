/** What `npm run policy` prints and writes. */
import type { PolicyInfo } from "./analyzer";
import { notes, type Finding, type Judgement } from "./judge";

const order = ["critical", "high", "medium", "low", "unspecified"] as const;

/** Violations that stop a deployment. */
export const mandatory = ({ findings }: Judgement): readonly Finding[] =>
    findings.filter(({ level }) => level === "mandatory");

/** A table by severity, then what was exempted or couldn't be judged, then one line of counts. */
export function table(
    stack: string,
    judgement: Judgement,
    policies: readonly PolicyInfo[],
): string {
    const { findings, resources, totalMilliseconds } = judgement;
    const violations = findings.filter(({ finding }) => !notes.includes(finding));
    const lines = order.flatMap((severity) =>
        violations
            .filter((finding) => finding.severity === severity)
            .sort((a, b) => a.policy.localeCompare(b.policy))
            .flatMap(({ level, policy, text, finding }) => [
                `${severity.padEnd(9)} ${level.padEnd(10)} ${policy}`,
                `          ${text} [${finding}]`,
                `          ${remedyOf(policy, policies)}`,
            ]),
    );
    const aside = findings
        .filter(({ finding }) => notes.includes(finding))
        .map(({ text }) => `note      ${text.replaceAll("; ", "\n          ")}`);
    const stopping = mandatory(judgement).length;
    const seconds = (totalMilliseconds / 1000).toFixed(1);
    const summary = `${stack}: ${String(resources)} resources, ${String(policies.length)} policies, ${String(stopping)} mandatory violations, ${String(violations.length - stopping)} advisory ones (${seconds} s)`;
    return [...lines, ...aside, summary].join("\n");
}

const remedyOf = (name: string, policies: readonly PolicyInfo[]) => {
    const policy = policies.find((info) => info.name === name);
    return policy === undefined ? "" : `${policy.remedy} ${policy.url}`;
};

/** Everything, for other programs. */
export function json(stack: string, judgement: Judgement, policies: readonly PolicyInfo[]): string {
    const { resources, findings } = judgement;
    const violations = mandatory(judgement).length;
    return (
        JSON.stringify({ stack, resources, violations, findings, policies }, undefined, 2) + "\n"
    );
}

/** SARIF's words for levels, and GitHub's numbers for severities (its page on SARIF support). */
const securitySeverity: Readonly<Record<string, string>> = {
    critical: "9.5",
    high: "8.0",
    medium: "5.5",
    low: "2.0",
};

/**
 * The violations as SARIF 2.1.0. A Pulumi resource has no line of a file: each result names the URN as its logical
 * location, and the program as its physical one.
 */
export function sarif(
    judgement: Judgement,
    policies: readonly PolicyInfo[],
    version: string,
): string {
    const used = policies.filter(({ name }) =>
        judgement.findings.some(({ policy }) => policy === name),
    );
    const rules = used.map(({ name, title, description, remedy, url, tags, severity, level }) => ({
        id: name,
        shortDescription: { text: title },
        fullDescription: { text: description },
        help: { text: remedy },
        helpUri: url,
        defaultConfiguration: { level: level === "mandatory" ? "error" : "warning" },
        properties: {
            tags: ["security", ...tags],
            "security-severity": securitySeverity[severity] ?? "0.0",
        },
    }));
    const results = judgement.findings
        .filter(({ finding }) => !notes.includes(finding))
        .map(({ policy, finding, text, urn, level }) => ({
            ruleId: policy,
            ruleIndex: used.findIndex(({ name }) => name === policy),
            level: level === "mandatory" ? "error" : "warning",
            message: { text: `${text} [${finding}]` },
            locations: [
                {
                    physicalLocation: {
                        artifactLocation: { uri: "index.ts" },
                        region: { startLine: 1 },
                    },
                    ...(urn === undefined
                        ? {}
                        : {
                              logicalLocations: [
                                  {
                                      fullyQualifiedName: urn,
                                      name: urn.split("::").pop(),
                                      kind: "resource",
                                  },
                              ],
                          }),
                },
            ],
            partialFingerprints: { findingV1: [policy, finding, urn ?? ""].join("|") },
        }));
    const driver = {
        name: "loglake-policies",
        version,
        informationUri: "https://www.pulumi.com/docs/insights/policy/",
        rules,
    };
    const log = {
        $schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [{ tool: { driver }, results }],
    };
    return JSON.stringify(log, undefined, 2) + "\n";
}
