/** What a setting may be. A schema reads a value and notes every problem it finds, so that all can be told at once. */

/** Notes that the setting at `path` is wrong, and how. */
export type Note = (path: string, problem: string) => void;

/** Reads the value at `path`, or notes what is wrong with it and returns undefined. */
export type Schema<T> = (value: unknown, path: string, note: Note) => T | undefined;

/** What a schema reads. */
export type Read<S> = S extends Schema<infer T> ? T : never;

/** A value that passes `accepts`. `what` says what it must be. */
const accepting =
    <T>(what: string, accepts: (value: unknown) => value is T): Schema<T> =>
    (value, path, note) => {
        if (accepts(value)) return value;
        note(path, mustBe(what, value));
        return undefined;
    };

/** `true` or `false`. */
export const flag = accepting("true or false", (value) => typeof value === "boolean");

/** A number from `min` to `max`. */
export const number = (min: number, max: number): Schema<number> =>
    accepting(
        `a number from ${String(min)} to ${String(max)}`,
        (value): value is number => typeof value === "number" && value >= min && value <= max,
    );

/** A whole number from `min` to `max`. */
export const whole = (min: number, max: number): Schema<number> =>
    accepting(
        `a whole number from ${String(min)} to ${String(max)}`,
        (value): value is number =>
            typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
    );

/** One of `values`. */
export const oneOf = <const T extends string | number>(...values: readonly T[]): Schema<T> =>
    accepting(`one of ${values.join(", ")}`, (value): value is T =>
        values.some((allowed) => allowed === value),
    );

/** Text that passes `check`. `what` says what it must be, with an example. */
export const checked = (what: string, check: (value: string) => boolean): Schema<string> =>
    accepting(what, (value): value is string => typeof value === "string" && check(value));

/** Text that `pattern` matches. `what` says what it must be, with an example. */
export const text = (what: string, pattern: RegExp): Schema<string> =>
    checked(what, (value) => pattern.test(value));

/** An object of texts. */
export const texts = accepting(
    "an object of texts",
    (value): value is Readonly<Record<string, string>> =>
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((each) => typeof each === "string"),
);

/** A list of `min` to `max` different items. */
export const list =
    <T>(item: Schema<T>, min = 0, max = Infinity): Schema<readonly T[]> =>
    (value, path, note) => {
        const range = `${String(min)} ${Number.isFinite(max) ? `to ${String(max)}` : "or more"}`;
        if (!Array.isArray(value)) {
            note(path, mustBe("a list", value));
            return undefined;
        }
        const items: readonly unknown[] = value;
        if (items.length < min || items.length > max) {
            note(path, `must have ${range} items, got ${String(items.length)}`);
        }
        if (new Set(items).size < items.length) note(path, "must not name an item twice");
        return items
            .map((each, index) => item(each, `${path}[${String(index)}]`, note))
            .filter((each) => each !== undefined);
    };

/** Schemas by key. */
export type Fields = Readonly<Record<string, Schema<unknown>>>;

/** The object that `Required` and `Optional` read; what is left out stays out, for whoever has its default. */
export type ReadFields<Required extends Fields, Optional extends Fields> = {
    readonly [K in keyof Required]: Read<Required[K]>;
} & { readonly [K in keyof Optional]?: Read<Optional[K]> };

/** An object with every key of `required`, any of `optional`, and no other. */
export const section =
    <Required extends Fields, Optional extends Fields>(
        required: Required,
        optional: Optional,
    ): Schema<ReadFields<Required, Optional>> =>
    (value, path, note) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            note(path, mustBe("a section of settings", value));
            return undefined;
        }
        const at = (key: string) => (path === "" ? key : `${path}.${key}`);
        const given = new Map<string, unknown>(Object.entries(value));
        const fields = new Map(Object.entries({ ...required, ...optional }));
        for (const key of given.keys()) {
            if (!fields.has(key)) note(at(key), unknownKey(key, [...fields.keys()]));
        }
        const read = new Map<string, unknown>();
        for (const [key, schema] of fields) {
            if (given.has(key)) read.set(key, schema(given.get(key), at(key), note));
            else if (key in required) note(at(key), "is missing");
        }
        return Object.fromEntries(read) as ReadFields<Required, Optional>;
    };

function mustBe(what: string, value: unknown): string {
    return `must be ${what}, got ${JSON.stringify(value)}`;
}

function unknownKey(key: string, known: readonly string[]): string {
    const near = known
        .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
        .sort((a, b) => a.distance - b.distance)[0];
    return near !== undefined && near.distance <= 0.4 * Math.max(key.length, near.name.length)
        ? `is unknown, did you mean ${near.name}?`
        : `is unknown, known are ${known.join(", ")}`;
}

/** Insertions, deletions and replacements of one character that turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (const [above, letter] of Array.from(a).entries()) {
        const next = [above + 1];
        for (const [column, other] of Array.from(b).entries()) {
            const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
            next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        }
        row = next;
    }
    return row[b.length] ?? 0;
}
