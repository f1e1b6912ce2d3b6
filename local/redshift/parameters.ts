/** Named parameters of a statement, `:name`, as the Data API puts them in. */

/** A parameter of `ExecuteStatement`. */
export interface SqlParameter {
    readonly name: string;
    readonly value: string;
}

/** What a value can't be put into: texts, quoted names, comments; and `::`, a cast. */
const pattern = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:(\w+)/g;

/**
 * The statement with every parameter as a text; the engine finds its type.
 *
 * @throws Error when a parameter has no value, or a value no parameter.
 */
export function withParameters(sql: string, parameters: readonly SqlParameter[]): string {
    const values = new Map(parameters.map(({ name, value }) => [name, value]));
    const used = new Set<string>();
    const filled = sql.replace(pattern, (whole, name: string | undefined) => {
        if (name === undefined) return whole;
        const value = values.get(name);
        if (value === undefined) throw new Error(`Cannot find parameter: ${name}`);
        used.add(name);
        return `'${value.replaceAll("'", "''")}'`;
    });
    const unused = [...values.keys()].filter((name) => !used.has(name));
    if (unused.length === 0) return filled;
    throw new Error(
        `Parameters list contains unused parameters. Unused parameters: ${unused.join(", ")}`,
    );
}
