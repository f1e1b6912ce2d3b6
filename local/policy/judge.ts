/** Puts a program's resources before an analyzer, as the engine does: one by one by their inputs, then as a stack. */
import type { Resource } from "../program/mockEngine";
import type { AnalyzedResource, Analyzer, Diagnostic, Level, Severity } from "./analyzer";

/** One thing that a policy says, in its parts. */
export interface Finding {
    readonly policy: string;
    /** Identifies it among all that the policy can find in the resource; exemptions name it. */
    readonly finding: string;
    readonly level: Level;
    readonly severity: Severity;
    /** Resource, property, what was found and what to do. */
    readonly text: string;
    readonly urn?: string;
}

/** What the pack made of a program. */
export interface Judgement {
    readonly resources: number;
    readonly findings: readonly Finding[];
    /** Time of the slowest resource by itself, in milliseconds. */
    readonly slowestMilliseconds: number;
    readonly totalMilliseconds: number;
}

/** Housekeeping that a reader wants apart from what is wrong. */
export const notes: readonly string[] = ["not-evaluated", "in-use"];

/** Judges `resources`, which a program registered. */
export async function judge(
    analyzer: Analyzer,
    resources: readonly Resource[],
): Promise<Judgement> {
    const started = performance.now();
    const diagnostics: Diagnostic[] = [];
    let slowestMilliseconds = 0;
    for (const resource of resources) {
        const before = performance.now();
        diagnostics.push(...(await analyzer.analyze(analyzed(resource, resource.inputs))));
        slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - before);
    }
    diagnostics.push(...(await analyzer.analyzeStack(stackOf(resources))));
    return {
        resources: resources.length,
        findings: diagnostics.map(toFinding),
        slowestMilliseconds,
        totalMilliseconds: performance.now() - started,
    };
}

/** The resources as a stack: by their outputs, of which the id is one. */
export const stackOf = (resources: readonly Resource[]): AnalyzedResource[] =>
    resources.map(inStack);

function inStack(resource: Resource): AnalyzedResource {
    const id = resource.id === "" ? {} : { id: resource.id };
    return analyzed(resource, { ...id, ...resource.outputs });
}

/** A resource as an analyzer is told of it. */
export function analyzed(
    resource: Resource,
    properties: Readonly<Record<string, unknown>>,
): AnalyzedResource {
    const { type, name, urn, protect, parent, dependencies, propertyDependencies } = resource;
    return { type, name, urn, protect, parent, dependencies, propertyDependencies, properties };
}

/** A message is the policy's description, a new line, and what was found, which ends with the finding's name. */
function toFinding({ policy, message, level, severity, urn }: Diagnostic): Finding {
    const text = message.slice(message.indexOf("\n") + 1);
    const name = /\[([^\]]*)\]$/.exec(text)?.[1] ?? "";
    const body = text.replace(/ \[[^\]]*\]$/, "");
    return {
        policy,
        finding: name,
        level,
        severity,
        text: body,
        ...(urn === undefined ? {} : { urn }),
    };
}
