/** Reads a resource's properties without ever taking an unknown value for a known one. */

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What the engine sends in place of values that it can't know before the update
 * (https://github.com/pulumi/pulumi-policy/blob/main/sdk/nodejs/policy/proxy.ts).
 */
const unknownSentinels: ReadonlySet<unknown> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
    unknownText, // string
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
    "030794c1-ac77-496b-92df-f27374a8bd58", // asset
    "e48ece36-62e2-4504-bad9-02848725956a", // archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** True for a value that is unknown itself; what it holds may still be. */
export const isUnknown = (value: unknown): boolean => unknownSentinels.has(value);

/** True if `value` is unknown, or anything in it. */
export function holdsUnknown(value: unknown): boolean {
    if (typeof value === "string") return isUnknown(value);
    if (value === null || typeof value !== "object") return false;
    return Object.values(value).some(holdsUnknown);
}

/**
 * The properties behind the proxy of `@pulumi/policy`, which throws at the first look at an unknown value.
 * Descriptors pass by the proxy's `get` trap, so that nothing throws and each value can be asked what it is.
 */
export function unsealed(props: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(Object.getOwnPropertyDescriptors(props)).map(([name, { value }]) => [
            name,
            value,
        ]),
    );
}

/** A place in a resource's properties and what stands there: a value, an unknown one, or nothing. */
export class Property {
    constructor(
        /** Where it stands, such as `rules[0].bucketKeyEnabled`; `""` for the whole resource. */
        public readonly path: string,
        private readonly content: unknown,
    ) {}

    /** A property whose value can't be known. */
    static unknownAt(path: string): Property {
        return new Property(path, unknownText);
    }

    /** True where the engine can't know the value yet. */
    get unknown(): boolean {
        return isUnknown(this.content);
    }

    /** True where nothing is set. */
    get absent(): boolean {
        return this.content === undefined || this.content === null;
    }

    /** True where a value stands that can be judged. */
    get known(): boolean {
        return !this.unknown && !this.absent;
    }

    /** True where this or anything below it is unknown. */
    get holdsUnknown(): boolean {
        return holdsUnknown(this.content);
    }

    /** The value; `undefined` where it is unknown or absent. */
    get value(): unknown {
        return this.known ? this.content : undefined;
    }

    /** The value if it is text that isn't empty. */
    get text(): string | undefined {
        return typeof this.value === "string" && this.value !== "" ? this.value : undefined;
    }

    /** The value as a number, also where it came as text. */
    get number(): number | undefined {
        const number = typeof this.value === "string" ? Number(this.value) : this.value;
        return typeof number === "number" && Number.isFinite(number) ? number : undefined;
    }

    /** The property at `path` below this one, such as `encryption.kmsKeyArn`; unknown below an unknown one. */
    at(path: string): Property {
        return path.split(".").reduce<Property>((property, key) => property.child(key), this);
    }

    /** The elements of a list; a single object counts as a list of one, as in older providers. */
    get items(): readonly Property[] {
        if (!this.known) return [];
        if (!Array.isArray(this.content)) return [this];
        return this.content.map(
            (item, index) => new Property(`${this.path}[${String(index)}]`, item),
        );
    }

    /** The members of a map. */
    get entries(): readonly (readonly [string, Property])[] {
        if (!this.known || typeof this.content !== "object") return [];
        return Object.keys(this.content as object).map((key) => [key, this.child(key)] as const);
    }

    private child(key: string): Property {
        const path = this.path === "" ? key : `${this.path}.${key}`;
        if (this.unknown) return new Property(path, this.content);
        const content = this.content;
        if (content === null || typeof content !== "object") return new Property(path, undefined);
        return new Property(path, (content as Record<string, unknown>)[key]);
    }
}
