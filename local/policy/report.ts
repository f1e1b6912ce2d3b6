/** What `npm run policy` prints, and its findings as JSON. */
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
