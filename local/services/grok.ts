/** Grok expressions as Glue's classifiers take them. */

/** A pattern ready to be tried on lines. */
export interface Grok {
    /** Matches anywhere in a line, as grok does, unless the pattern has anchors of its own. */
    readonly expression: RegExp;
    /** Names of the fields, in the order in which they stand. */
    readonly fields: readonly string[];
}

/** Built-in patterns that custom ones commonly rest on (https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html). */
const builtIn: Readonly<Record<string, string>> = {
    DATA: ".*?",
    GREEDYDATA: ".*",
    INT: "(?:[+-]?(?:[0-9]+))",
    NOTSPACE: "\\S+",
    NUMBER: "(?:[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+))",
    POSINT: "\\b(?:[1-9][0-9]*)\\b",
    QS: '"(?:[^"\\\\]|\\\\.)*"',
    SPACE: "\\s*",
    USER: "[a-zA-Z0-9._-]+",
    WORD: "\\b\\w+\\b",
};

/**
 * Reads a pattern such as `%{LL_ADDRESS:client} %{LL_TIME:time}`.
 * `customPatterns` has a line a pattern: its name, a space, its expression.
 *
 * @throws Error on a pattern that is not defined or on one that contains itself.
 */
export function parseGrok(pattern: string, customPatterns = ""): Grok {
    const patterns = new Map(Object.entries(builtIn));
    for (const line of customPatterns.split("\n")) {
        const [name, expression] = [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)];
        if (name !== "") patterns.set(name, expression);
    }
    const fields: string[] = [];
    const expand = (text: string, within: readonly string[]): string =>
        text.replace(
            /%\{(\w+)(?::([\w.@-]+))?(?::\w+)?\}/g,
            (_, name: string, field: string | undefined) => {
                const expression = patterns.get(name);
                if (expression === undefined)
                    throw new Error(`grok pattern ${name} is not defined`);
                if (within.includes(name)) throw new Error(`grok pattern ${name} contains itself`);
                if (field !== undefined) fields.push(field); // before those within it: groups count by where they open
                const expanded = expand(expression, [...within, name]);
                return field === undefined ? `(?:${expanded})` : `(${expanded})`;
            },
        );
    return { expression: new RegExp(portable(expand(pattern, []))), fields };
}

/** Without Java's possessive quantifiers and atomic groups, which JavaScript lacks and which only save time on a mismatch. */
function portable(javaExpression: string): string {
    const tokens = javaExpression.match(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?>|[*+?}]\+|[^]/g) ?? [];
    return tokens
        .map((token) =>
            token === "(?>" ? "(?:" : /^[*+?}]\+$/.test(token) ? token.charAt(0) : token,
        )
        .join("");
}
