/** Cases for policies, judged by the pack's own process, of which each test file has one. */
import { join } from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type {
    AnalyzedResource,
    Analyzer,
    Diagnostic,
    PackConfig,
} from "../../local/policy/analyzer";
import { startPack } from "../../local/policy/pack";
import { hasType, unknownNested, unknownProperties } from "./provider";

/** A value that a preview doesn't know, and the marks for lists and objects. */
export const unknown = pulumi.runtime.unknownValue;

export const account = "123456789012";
export const keyArn = `arn:aws:kms:eu-west-1:${account}:key/4d3c2b1a`;

/** A resource of a case. `from` names, per property, the resources that it was made from. */
export interface Given {
    readonly type: string;
    readonly name: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly from?: Readonly<Record<string, string>>;
    readonly protect?: boolean;
}

/** A resource, from its type token, name and properties. */
export const resource = (
    type: string,
    name: string,
    properties: Readonly<Record<string, unknown>> = {},
    from?: Readonly<Record<string, string>>,
): Given => ({ type, name, properties, ...(from === undefined ? {} : { from }) });

/** What a policy must make of stacks, by a title for each. */
export interface Cases {
    /** The finding that must be among those of the policy, then the stack. */
    readonly fails: Readonly<Record<string, readonly [string, ...Given[]]>>;
    readonly passes: Readonly<Record<string, readonly Given[]>>;
    /** Stacks of which the policy must say that it can't judge them yet, and no more. */
    readonly unseen?: Readonly<Record<string, readonly Given[]>>;
}

/** What the pack said of a stack: every resource alone, then together. */
export interface Outcome {
    readonly diagnostics: readonly Diagnostic[];
    /** Findings of one policy, in the order in which they were told. */
    of(policy: string): readonly string[];
    /** True if the policy said that it couldn't see something. */
    unseen(policy: string): boolean;
}

let analyzer: Analyzer | undefined;

/** This project's own exemptions are not for the stacks of these tests. */
const withoutExemptions = { "policy-exemptions": { file: join(__dirname, "noExemptions.json") } };

/** Configures the pack for a test. */
export const configure = (config: PackConfig = {}) =>
    pack().configure({ ...withoutExemptions, ...config });

/** Starts the pack before a file's tests and ends it after them. */
export function usePack(): void {
    before(async function () {
        this.timeout(60_000);
        analyzer = await startPack({ config: withoutExemptions });
    });
    after(async () => {
        await analyzer?.close();
        analyzer = undefined;
    });
}

/** The pack at work; only within a test. */
export function pack(): Analyzer {
    if (analyzer === undefined) throw new Error("usePack() was not called");
    return analyzer;
}

/** URN of a resource as the cases make it. */
export const urnOf = ({ type, name }: Given) => `urn:pulumi:test::loglake::${type}::${name}`;

/** Lets the pack judge a stack. */
export async function judged(...stack: readonly Given[]): Promise<Outcome> {
    const resources = stack.map((given) => analyzed(given, stack));
    const diagnostics: Diagnostic[] = [];
    for (const one of resources) diagnostics.push(...(await pack().analyze(one)));
    diagnostics.push(...(await pack().analyzeStack(resources)));
    return {
        diagnostics,
        of: (policy) =>
            diagnostics.filter((d) => d.policy === policy).map(({ message }) => findingOf(message)),
        unseen: (policy) =>
            diagnostics.some(
                (d) =>
                    d.policy === "not-evaluated-at-preview" &&
                    new RegExp(`[(, ]${policy}[,)]`).test(d.message),
            ),
    };
}

/** A message ends with its finding in brackets. */
export const findingOf = (message: string) => /\[([^\]]*)\]$/.exec(message)?.[1] ?? "";

function analyzed(given: Given, stack: readonly Given[]): AnalyzedResource {
    const propertyDependencies = Object.fromEntries(
        Object.entries(given.from ?? {}).map(([property, name]) => {
            const target = stack.find((other) => other.name === name);
            if (target === undefined) throw new Error(`no resource ${name} in the case`);
            return [property, [urnOf(target)]];
        }),
    );
    const { type, name, properties, protect } = given;
    return {
        type,
        name,
        urn: urnOf(given),
        properties,
        propertyDependencies,
        dependencies: Object.values(propertyDependencies).flat(),
        ...(protect === undefined ? {} : { protect }),
    };
}

/** Makes tests of a policy's cases. */
export function describePolicy(policy: string, { fails, passes, unseen = {} }: Cases): void {
    describe(policy, () => {
        for (const [title, [finding, ...stack]] of Object.entries(fails)) {
            it(`refuses ${title}`, async () => {
                expect((await judged(...stack)).of(policy)).to.include(finding);
            });
        }
        for (const [title, stack] of Object.entries(passes)) {
            it(`accepts ${title}`, async () => {
                const outcome = await judged(...stack);
                expect(outcome.of(policy)).to.deep.equal([]);
                expect(outcome.unseen(policy), "not evaluated").to.equal(false);
            });
        }
        it("is tried on properties that the provider has", () => {
            const given = [
                ...Object.values(fails).flatMap(([, ...stack]) => stack),
                ...Object.values(passes).flat(),
            ];
            for (const { type, properties } of given) {
                expect(hasType(type), type).to.equal(true);
                expect(unknownProperties(type, Object.keys(properties)), type).to.deep.equal([]);
                expect(unknownNested(type, nestedNames(properties)), type).to.deep.equal([]);
            }
        });
        it("never refuses what it can't see", async () => {
            for (const [title, stack] of Object.entries(passes)) {
                for (const { path, changed } of blinded(stack)) {
                    expect(
                        (await judged(...changed)).of(policy),
                        `${title}, ${path} unknown`,
                    ).to.deep.equal([]);
                }
            }
        });
        for (const [title, stack] of Object.entries(unseen)) {
            it(`says that it can't see ${title}`, async () => {
                const outcome = await judged(...stack);
                expect(outcome.of(policy)).to.deep.equal([]);
                expect(outcome.unseen(policy), "not evaluated").to.equal(true);
            });
        }
    });
}

/** The stack with each of its values unknown in turn, and each property as a whole. */
function* blinded(stack: readonly Given[]): Generator<{ path: string; changed: readonly Given[] }> {
    for (const [index, given] of stack.entries()) {
        for (const path of paths(given.properties)) {
            const properties = structuredClone(given.properties) as Record<string, any>;
            const last = path[path.length - 1] ?? "";
            let parent = properties;
            for (const name of path.slice(0, -1)) parent = parent[name];
            parent[last] = unknown;
            yield {
                path: `${given.name}.${path.join(".")}`,
                changed: stack.with(index, { ...given, properties }),
            };
        }
    }
}

/** Names in objects below the properties, other than in free maps. */
function nestedNames(properties: Readonly<Record<string, unknown>>): readonly string[] {
    const free = new Set([
        "arguments",
        "connectionProperties",
        "defaultArguments",
        "defaultRunProperties",
        "properties",
        "tags",
        "variables",
    ]);
    const names = (value: unknown): string[] => {
        if (value === null || typeof value !== "object") return [];
        if (Array.isArray(value)) return value.flatMap(names);
        return Object.entries(value).flatMap(([name, inner]) => [
            name,
            ...(free.has(name) ? [] : names(inner)),
        ]);
    };
    return Object.entries(properties).flatMap(([name, value]) =>
        free.has(name) ? [] : names(value),
    );
}

function* paths(value: unknown, above: readonly string[] = []): Generator<readonly string[]> {
    if (above.length > 0) yield above;
    if (value === null || typeof value !== "object") return;
    for (const name of Object.keys(value))
        yield* paths((value as Record<string, unknown>)[name], [...above, name]);
}

/** A policy document as JSON. */
export const document = (...statements: object[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** An Allow statement of an identity. */
export const allow = (
    action: string | readonly string[],
    on: string | readonly string[],
    more: object = {},
) => ({
    Effect: "Allow",
    Action: action,
    Resource: on,
    ...more,
});

/** Properties without some of them. */
export function without<T extends object>(properties: T, ...names: readonly string[]): Partial<T> {
    return Object.fromEntries(
        Object.entries(properties).filter(([name]) => !names.includes(name)),
    ) as Partial<T>;
}
