/** What is sent to an analyzer and what it answers, in plain values. */
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";

/** Modules of `@pulumi/pulumi`'s own, which must be the very ones that its messages were made with. */
export const pulumiRequire = createRequire(require.resolve("@pulumi/pulumi/package.json"));

const { Struct } = pulumiRequire("google-protobuf/google/protobuf/struct_pb") as {
    Struct: {
        fromJavaScript: (value: object) => Parameters<proto.AnalyzeRequest["setProperties"]>[0];
    };
};

/** Level at which a policy is enforced. */
export type Level = "advisory" | "mandatory" | "disabled" | "remediate";

/** How bad a violation is. */
export type Severity = "critical" | "high" | "medium" | "low" | "unspecified";

/** A resource as the engine describes it to an analyzer. */
export interface AnalyzedResource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** Inputs when it is analyzed alone, outputs in a stack. Unknown values are those of `@pulumi/pulumi`. */
    readonly properties: Readonly<Record<string, unknown>>;
    readonly protect?: boolean;
    /** URN of the parent. */
    readonly parent?: string;
    readonly dependencies?: readonly string[];
    /** Property to the URNs of the resources that it was made from. */
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** What an analyzer has to say. */
export interface Diagnostic {
    readonly policy: string;
    readonly message: string;
    readonly level: Level;
    readonly severity: Severity;
    /** Resource it is about; absent where it is about the stack. */
    readonly urn?: string;
}

/** What an analyzer tells about a policy. */
export interface PolicyInfo {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly kind: "resource" | "stack";
    readonly level: Level;
    readonly severity: Severity;
    readonly remedy: string;
    readonly url: string;
    readonly tags: readonly string[];
    /** Parameters' defaults. */
    readonly defaults: Readonly<Record<string, unknown>>;
}

/** Levels, in the order of their numbers. */
export const levels = ["advisory", "mandatory", "disabled", "remediate"] as const;
const severities = ["unspecified", "low", "medium", "high", "critical"] as const;

/** The number that stands for `level` in a message. */
export const levelNumber = (level: Level): proto.EnforcementLevel =>
    ({
        advisory: proto.EnforcementLevel.ADVISORY,
        mandatory: proto.EnforcementLevel.MANDATORY,
        disabled: proto.EnforcementLevel.DISABLED,
        remediate: proto.EnforcementLevel.REMEDIATE,
    })[level];

/** A resource by itself. */
export function analyzeRequest(resource: AnalyzedResource): proto.AnalyzeRequest {
    const request = new proto.AnalyzeRequest();
    request.setType(resource.type);
    request.setName(resource.name);
    request.setUrn(resource.urn);
    request.setOptions(optionsOf(resource));
    request.setProperties(toStruct(resource.properties));
    return request;
}

/** A resource of a stack. */
export function stackResource(resource: AnalyzedResource): proto.AnalyzerResource {
    const message = new proto.AnalyzerResource();
    message.setType(resource.type);
    message.setName(resource.name);
    message.setUrn(resource.urn);
    message.setOptions(optionsOf(resource));
    message.setProperties(toStruct(resource.properties));
    message.setParent(resource.parent ?? "");
    message.setDependenciesList([...(resource.dependencies ?? [])]);
    for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
        const dependencies = new proto.AnalyzerPropertyDependencies();
        dependencies.setUrnsList([...urns]);
        message.getPropertydependenciesMap().set(property, dependencies);
    }
    return message;
}

/** Any properties as a message. */
export const toStruct = (properties: object) => Struct.fromJavaScript(plain(properties) as object);

/** Reads an answer. */
export function diagnosticsOf(response: proto.AnalyzeResponse): Diagnostic[] {
    return response.getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        message: diagnostic.getMessage(),
        level: levels[diagnostic.getEnforcementlevel()],
        severity: severities[diagnostic.getSeverity()],
        ...(diagnostic.getUrn() === "" ? {} : { urn: diagnostic.getUrn() }),
    }));
}

/** Reads what an analyzer tells of itself. */
export function policiesOf(info: proto.AnalyzerInfo): PolicyInfo[] {
    return info.getPoliciesList().map((policy) => {
        const schema = policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {};
        const defaults = Object.entries(schema as Record<string, { default?: unknown }>);
        return {
            name: policy.getName(),
            title: policy.getDisplayname(),
            description: policy.getDescription(),
            kind:
                policy.getPolicyType() === proto.PolicyType.POLICY_TYPE_STACK
                    ? "stack"
                    : "resource",
            level: levels[policy.getEnforcementlevel()],
            severity: severities[policy.getSeverity()],
            remedy: policy.getRemediationSteps(),
            url: policy.getUrl(),
            tags: policy.getTagsList(),
            defaults: Object.fromEntries(defaults.map(([name, option]) => [name, option.default])),
        };
    });
}

function optionsOf(resource: AnalyzedResource): proto.AnalyzerResourceOptions {
    const options = new proto.AnalyzerResourceOptions();
    options.setProtect(resource.protect ?? false);
    return options;
}

/** Values as the engine sends them: unknown ones by their mark, files and the like left out. */
function plain(value: unknown): unknown {
    if (pulumi.isUnknown(value)) return pulumi.runtime.unknownValue;
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) return {};
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [key, plain(item)]),
    );
}
