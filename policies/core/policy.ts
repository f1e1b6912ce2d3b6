/** Turns judgements into the policies that `@pulumi/policy` serves. */
import type {
    EnforcementLevel,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
} from "@pulumi/policy";
import { ledger } from "./ledger";
import { Stack } from "./stack";
import { canonicalType, subjectOf, type Subject } from "./subject";
import { Verdict } from "./verdict";

type JsonSchema = NonNullable<PolicyConfigSchema["properties"]["any"]>;

/** A parameter of a policy with its strict default. */
export interface Option<T> {
    readonly schema: JsonSchema;
    readonly fallback: T;
}

/** A parameter, from its default and what it means. */
export function option<T>(fallback: T, description: string, schema: JsonSchema = {}): Option<T> {
    const type = Array.isArray(fallback)
        ? "array"
        : (typeof fallback as "string" | "number" | "boolean");
    return {
        fallback,
        schema: {
            type,
            description,
            default: fallback as NonNullable<JsonSchema["default"]>,
            ...schema,
        },
    };
}

type Options = Readonly<Record<string, Option<unknown>>>;
type Values<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** What a reader of a violation wants to know about its policy. */
export interface Metadata<O extends Options = Options> {
    readonly name: string;
    readonly title: string;
    /** What can happen where the policy is broken. */
    readonly risk: string;
    readonly severity: Severity;
    /** @default "mandatory" */
    readonly level?: EnforcementLevel;
    /** Controls of AWS Foundational Security Best Practices v1.0.0 that ask for the same, such as `S3.5`. */
    readonly fsbp?: readonly string[];
    /** How to mend it. */
    readonly remedy: string;
    readonly url: string;
    readonly options?: O;
}

/** A policy of either kind. */
export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** Judges each resource of `types` by itself, before it is created or changed. */
export function resourcePolicy<O extends Options>(
    metadata: Metadata<O> & {
        readonly types: readonly string[];
        readonly judge: (
            subject: Subject,
            verdict: Verdict,
            options: Values<O>,
        ) => void | Promise<void>;
    },
): ResourceValidationPolicy {
    const types = new Set(metadata.types);
    const validateResource: ResourceValidationPolicy["validateResource"] = (args, report) => {
        if (!types.has(canonicalType(args.type))) return;
        const subject = subjectOf(args);
        const verdict = verdictOn(metadata.name, subject, report, (unjudged) => {
            ledger.noteResource(unjudged);
        });
        return metadata.judge(subject, verdict, values(metadata.options, args.getConfig()));
    };
    const [only] = metadata.types;
    if (types.size === 1 && only !== undefined && !only.startsWith("aws:s3/bucket")) {
        // The server skips a function with a type of its own before it copies the resource's properties for it.
        Object.assign(validateResource, { __pulumiType: only });
    }
    return { ...described(metadata), validateResource };
}

/** Judges the resources of a stack together, once all are known. */
export function stackPolicy<O extends Options>(
    metadata: Metadata<O> & {
        readonly judge: (
            stack: Stack,
            verdictOn: (subject: Subject) => Verdict,
            options: Values<O>,
        ) => void | Promise<void>;
    },
): StackValidationPolicy {
    return {
        ...described(metadata),
        validateStack: (args, report) =>
            metadata.judge(
                ledger.stackOf(args.resources),
                (subject) =>
                    verdictOn(metadata.name, subject, report, (unjudged) => {
                        ledger.noteStack(unjudged);
                    }),
                values(metadata.options, args.getConfig()),
            ),
    };
}

/** Metadata in the terms of `@pulumi/policy`. */
export function described(metadata: Metadata) {
    const [reference] = metadata.fsbp ?? [];
    return {
        name: metadata.name,
        displayName: metadata.title,
        description: `${metadata.title}. ${metadata.risk}`,
        severity: metadata.severity,
        enforcementLevel: metadata.level ?? "mandatory",
        remediationSteps: metadata.remedy,
        url: metadata.url,
        tags: (metadata.fsbp ?? []).map((id) => `aws-fsbp:${id}`),
        ...(reference === undefined
            ? {}
            : {
                  framework: {
                      name: "AWS Foundational Security Best Practices",
                      version: "1.0.0",
                      reference,
                      specification: metadata.title,
                  },
              }),
        ...(metadata.options === undefined
            ? {}
            : {
                  configSchema: {
                      properties: Object.fromEntries(
                          Object.entries(metadata.options).map(([name, { schema }]) => [
                              name,
                              schema,
                          ]),
                      ),
                  },
              }),
    } satisfies Omit<ResourceValidationPolicy, "validateResource">;
}

/** Configured values over the strict defaults. */
export function values<O extends Options>(
    options: O | undefined,
    configured: Record<string, unknown>,
): Values<O> {
    return Object.fromEntries(
        Object.entries(options ?? {}).map(([name, { fallback }]) => [
            name,
            configured[name] ?? fallback,
        ]),
    ) as Values<O>;
}

function verdictOn(
    policy: string,
    subject: Subject,
    report: ReportViolation,
    note: ConstructorParameters<typeof Verdict>[4],
): Verdict {
    return new Verdict(policy, subject, ledger.exemptions, report, note);
}
