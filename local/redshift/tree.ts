/** The SQL parser's tree: JSON whose shape depends on the statement, read member by member. */

/** A part of the tree, present or not. */
export class Tree {
    constructor(
        /** The JSON itself. */
        readonly value: unknown,
    ) {}

    /** Whether there is anything here. */
    get present(): boolean {
        return this.value !== undefined && this.value !== null;
    }

    /** A member, also of what is not there. */
    get(...path: readonly string[]): Tree {
        let value: unknown = this.value;
        for (const key of path) {
            value = isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
        }
        return new Tree(value);
    }

    /** Whether a member is true. */
    is(key: string): boolean {
        return this.get(key).value === true;
    }

    /** Items of a list; none where there is no list. */
    get items(): Tree[] {
        return Array.isArray(this.value) ? this.value.map((item) => new Tree(item)) : [];
    }

    /** Members by name; none of a list. */
    get members(): [string, Tree][] {
        if (!isObject(this.value) || Array.isArray(this.value)) return [];
        return Object.entries(this.value).map(([key, value]) => [key, new Tree(value)]);
    }

    /** The text that is here; undefined for anything else. */
    get text(): string | undefined {
        return typeof this.value === "string" ? this.value : undefined;
    }

    /** The number that is here; undefined for anything else. */
    get number(): number | undefined {
        return typeof this.value === "number" ? this.value : undefined;
    }

    /** A name in lower case, as Redshift keeps it: of an identifier, a column or a function. */
    get name(): string | undefined {
        return this.get("name").text?.toLowerCase();
    }

    /** The kind of an expression, and what it has: its only member. */
    get expression(): readonly [string, Tree] {
        return this.members[0] ?? ["", new Tree(undefined)];
    }

    /** The same without a member. */
    without(key: string): Tree {
        return new Tree(
            Object.fromEntries(
                this.members
                    .filter(([name]) => name !== key)
                    .map(([name, { value }]) => [name, value]),
            ),
        );
    }

    /** Shows every member at every depth to `see`, from the outside in. */
    visit(see: (key: string, value: Tree) => void): void {
        for (const [key, value] of this.members) {
            if (!value.present) continue;
            see(key, value);
            value.visit(see);
        }
        for (const item of this.items) item.visit(see);
    }
}

function isObject(value: unknown): value is object {
    return typeof value === "object" && value !== null;
}
