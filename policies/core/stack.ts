/** All resources of a stack, and which of them belong together. */
import type { PolicyResource } from "@pulumi/policy";
import { holdsUnknown, unsealed, type Property } from "./property";
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
        const found = candidates.filter((candidate) => this.refers(candidate, property, target));
        const uncertain =
            found.length === 0 &&
            candidates.some((candidate) => this.mayReferTo(candidate, property, target));
        return { found, uncertain };
    }

    /** The resource of `types` that `property` of `subject` names, if the stack holds it. */
    referred(subject: Subject, property: string, ...types: string[]): Subject | undefined {
        return this.of(...types).find((target) => this.refers(subject, property, target));
    }

    /**
     * Whether some other resource names `target` in one of `properties`, also deep inside or within JSON; `undefined`
     * where that can't be seen yet.
     */
    isNamedBy(target: Subject, ...properties: string[]): boolean | undefined {
        const arn = target.at("arn");
        let maybe = false;
        for (const subject of this.all.filter((other) => other !== target)) {
            for (const property of properties) {
                const value = subject.at(property);
                if (this.origins(subject, property).includes(target.urn)) return true;
                if (arn.text !== undefined && JSON.stringify(value.value ?? "").includes(arn.text))
                    return true;
                const blind = value.holdsUnknown && this.origins(subject, property).length === 0;
                maybe ||= blind || (arn.unknown && value.known);
            }
        }
        return maybe ? undefined : false;
    }

    /** The resources of `type` that a property names, alone or in a list, also where their names aren't known yet. */
    named(holder: Subject, property: string, type: string): readonly Subject[] {
        const list = holder.at(property);
        const items: readonly Property[] = list.unknown ? [list] : list.items;
        const texts = items.map(({ text }) => text).filter((text) => text !== undefined);
        const byValue = this.of(type).filter(({ identities }) =>
            texts.some((text) => identities.includes(text)),
        );
        const hidden = items.some(({ unknown }) => unknown);
        return hidden
            ? [...new Set([...byValue, ...this.sources(holder, property, type)])]
            : byValue;
    }

    /** The resources of `types` that `property` of `subject` was made from. */
    sources(subject: Subject, property: string, ...types: string[]): readonly Subject[] {
        const urns = this.origins(subject, property);
        return this.of(...types).filter((target) => urns.includes(target.urn));
    }

    /** True if `property` of `subject` was made from an output of a resource of `types`. */
    dependsOn(subject: Subject, property: string, ...types: string[]): boolean {
        return this.sources(subject, property, ...types).length > 0;
    }

    /**
     * By value where that names the target. Else by dependency, as in the preview of a new stack, or where the
     * engine doesn't tell a resource's id; but not where the value names another resource of the same type.
     */
    refers(subject: Subject, property: string, target: Subject): boolean {
        const value = subject.at(property).text;
        if (value !== undefined && target.identities.includes(value)) return true;
        const depends = this.origins(subject, property).includes(target.urn);
        if (!depends) return false;
        return (
            value === undefined ||
            !this.of(target.type).some((other) => other.identities.includes(value))
        );
    }

    /** True if it can't be told whether `property` of `subject` names `target`. */
    private mayReferTo(subject: Subject, property: string, target: Subject): boolean {
        const value = subject.at(property);
        if (value.unknown) return this.origins(subject, property).length === 0;
        if (value.text === undefined) return false;
        const named = this.of(target.type).some((other) =>
            other.identities.includes(value.text ?? ""),
        );
        return !named && target.identityUnknown(property);
    }

    /** URNs of the resources that `property` was made from. */
    private origins(subject: Subject, property: string): readonly string[] {
        return this.dependencies.get(subject)?.[property.split(".")[0] ?? ""] ?? [];
    }
}

/** A nested unknown makes the engine drop the whole property (https://github.com/pulumi/pulumi/issues/7854). */
function hidden(dependencies: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> {
    return new Set(
        Object.keys(dependencies).filter((name) => (dependencies[name] ?? []).length > 0),
    );
}
