/** Violations in the format of code scanning. */
import { createHash } from "node:crypto";
import type { PolicyInfo } from "./analyzer";
import { notes, type Judgement } from "./judge";

/** GitHub's numbers for severities (its page on SARIF support). */
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
            partialFingerprints: fingerprints([policy, finding, urn ?? ""].join("|")),
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

/**
 * What makes a result the same in the next run. GitHub tells results apart by the hash of their line, which is one line
 * for all here, so that each gets a hash of its own in its place.
 */
const fingerprints = (identity: string) => ({
    findingV1: identity,
    primaryLocationLineHash: `${createHash("sha256").update(identity).digest("hex").slice(0, 16)}:1`,
});
