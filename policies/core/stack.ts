/** All resources of a stack, and which of them belong together. */
import type { PolicyResource } from "@pulumi/policy";
import { holdsUnknown, unsealed } from "./property";
import { canonicalType, subjectOf, type Subject } from "./subject";

/** Resources that were looked for because they belong to another. */
export interface Joined {
    readonly found: readonly Subject[];
    /** True if a resource that wasn't found may belong too: whose it is can't be seen yet. */
    readonly uncertain: boolean;
}

/** A stack's resources after a preview or an update. */
export class Stack {
    /** True where something isn't known yet, as in the preview of a new stack. */
    public readonly preview: boolean;
    private readonly byType = new Map<string, Subject[]>();
    private readonly dependencies = new Map<Subject, Readonly<Record<string, readonly string[]>>>();

    constructor(public readonly resources: readonly PolicyResource[]) {
        this.preview = resources.some((resource) => holdsUnknown(unsealed(resource.props)));
        for (const resource of resources) {
            const dependencies = Object.fromEntries(
                Object.entries(resource.propertyDependencies).map(([name, of]) => [
                    name,
                    of.map((r) => r.urn),
                ]),
            );
            const subject = subjectOf(resource, this.preview ? hidden(dependencies) : undefined);
            this.dependencies.set(subject, dependencies);
            const siblings = this.byType.get(subject.type);
            if (siblings === undefined) this.byType.set(subject.type, [subject]);
            else siblings.push(subject);
        }
    }

    /** Every resource. */
    get all(): readonly Subject[] {
        return [...this.dependencies.keys()];
    }

    /** The resources of these types. */
    of(...types: string[]): readonly Subject[] {
        return types.flatMap((type) => this.byType.get(canonicalType(type)) ?? []);
    }

    /** The resources of `types` whose `property` names `target`. */
    joined(target: Subject, property: string, ...types: string[]): Joined {
        const candidates = this.of(...types);
        const found = candidates.filter((candidate) => this.refersTo(candidate, property, target));
        const uncertain =
            found.length === 0 &&
            candidates.some((candidate) => this.mayReferTo(candidate, property, target));
        return { found, uncertain };
    }

    /** The resource of `types` that `property` of `subject` names, if the stack holds it. */
    referred(subject: Subject, property: string, ...types: string[]): Subject | undefined {
        return this.of(...types).find((target) => this.refersTo(subject, property, target));
    }

    /** True if some other resource names `target` in one of `properties`, also deep inside or within JSON. */
    isNamedBy(target: Subject, ...properties: string[]): boolean {
        const arn = target.at("arn").text;
        return this.all.some(
            (subject) =>
                subject !== target &&
                properties.some(
                    (property) =>
                        this.dependencies.get(subject)?.[property]?.includes(target.urn) === true ||
                        (arn !== undefined &&
                            JSON.stringify(subject.at(property).value ?? "").includes(arn)),
                ),
        );
    }

    /** True if `property` of `subject` was made from an output of a resource of `types`. */
    dependsOn(subject: Subject, property: string, ...types: string[]): boolean {
        const urns = this.dependencies.get(subject)?.[property.split(".")[0] ?? ""] ?? [];
        return this.of(...types).some((target) => urns.includes(target.urn));
    }

    /**
     * By value where that names the target. Else by dependency, as in the preview of a new stack, or where the
     * engine doesn't tell a resource's id; but not where the value names another resource of the same type.
     */
    private refersTo(subject: Subject, property: string, target: Subject): boolean {
        const value = subject.at(property).text;
        if (value !== undefined && target.identities.includes(value)) return true;
        const depends =
            this.dependencies.get(subject)?.[property.split(".")[0] ?? ""]?.includes(target.urn) ??
            false;
        if (!depends) return false;
        return (
            value === undefined ||
            !this.of(target.type).some((other) => other.identities.includes(value))
        );
    }

    private mayReferTo(subject: Subject, property: string, target: Subject): boolean {
        const value = subject.at(property);
        const depends = this.dependencies.get(subject)?.[property.split(".")[0] ?? ""] ?? [];
        if (value.unknown) return depends.length === 0;
        return value.text !== undefined && target.identityUnknown && target.identities.length === 0;
    }
}

/** A nested unknown makes the engine drop the whole property (https://github.com/pulumi/pulumi/issues/7854). */
function hidden(dependencies: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> {
    return new Set(
        Object.keys(dependencies).filter((name) => (dependencies[name] ?? []).length > 0),
    );
}
