/** Grok templates, as far as the formats use them: `%{PATTERN:field}` with patterns of their own. */

const reference = /%\{([A-Za-z0-9_]+)(?::([A-Za-z0-9_]+))?\}/g;

/** A template turned into a regular expression: group n holds field n. */
export interface Grok {
    readonly regExp: RegExp;
    readonly fields: readonly string[];
}

/**
 * Compiles `template` with `patterns`, a field in a group of its own and a nameless reference in none.
 *
 * @throws Error when a pattern is not among `patterns`.
 */
export function compileGrok(template: string, patterns: Readonly<Record<string, string>>): Grok {
    const fields: string[] = [];
    const source = template.replace(reference, (_, name: string, field: string | undefined) => {
        const pattern = patterns[name];
        if (pattern === undefined) throw new Error(`grok names an unknown pattern, got ${name}`);
        if (field === undefined) return `(?:${pattern})`;
        fields.push(field);
        return `(${pattern})`;
    });
    return { regExp: new RegExp(source), fields };
}

/** The fields of one line, or undefined where it doesn't match. */
export function matchGrok(grok: Grok, line: string): Record<string, string> | undefined {
    const match = grok.regExp.exec(line);
    if (match === null) return undefined;
    return Object.fromEntries(grok.fields.map((field, index) => [field, match[index + 1] ?? ""]));
}
