/** How IAM compares: wildcards in actions, texts and ARNs, and variables in them. */

/** Values of condition keys, by key in lower case. A key that a request has no value for is not there. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

const expressions = new Map<string, RegExp>();

/** Whether `value` matches `pattern`, in which `*` is any text and `?` any character. */
export function matchesText(pattern: string, value: string, flags: "" | "i" = ""): boolean {
    const key = `${flags}|${pattern}`;
    let expression = expressions.get(key);
    if (expression === undefined) {
        const source = pattern
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replace(/\*+/g, ".*")
            .replace(/\?/g, ".")
            .replace(/[\uE000-\uE002]/g, (mark) => `\\${literals[mark] ?? ""}`);
        expression = new RegExp(`^${source}$`, `s${flags}`);
        expressions.set(key, expression);
    }
    return expression.test(value);
}

/** Whether the action `s3:GetObject` is one of `pattern`; case does not count. */
export const matchesAction = (pattern: string, action: string): boolean =>
    matchesText(pattern, action, "i");

/**
 * Whether `arn` matches `pattern`. Each of the six parts is compared by itself, so that a wildcard never reaches over a
 * colon but in the last, which may hold more
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-paths-wildcards).
 */
export function matchesArn(pattern: string, arn: string): boolean {
    if (pattern === "*") return true;
    const [patterns, parts] = [partsOf(pattern), partsOf(arn)];
    return (
        patterns.length === parts.length &&
        patterns.every((each, index) => matchesText(each, parts[index] ?? ""))
    );
}

function partsOf(arn: string): string[] {
    const parts = arn.split(":");
    return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** What stands for a character that is meant as itself, until the pattern is an expression. */
const literals: Readonly<Record<string, string>> = {
    "\uE000": "*",
    "\uE001": "?",
    "\uE002": "$",
};
const marks = new Map(Object.entries(literals).map(([mark, literal]) => [literal, mark]));

/**
 * `pattern` with its variables, such as `${aws:PrincipalTag/team}`, replaced by what the request has of them; undefined
 * where it has nothing, so that nothing matches. `${*}`, `${?}` and `${$}` are these characters themselves.
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
 */
export function withVariables(pattern: string, context: RequestContext): string | undefined {
    if (!pattern.includes("${")) return pattern;
    const missing: string[] = [];
    const replaced = pattern.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
        const literal = marks.get(name);
        if (literal !== undefined) return literal;
        const [, key = name, fallback] = /^([^,]+),\s*'(.*)'$/.exec(name) ?? [];
        const value = context.get(key.trim().toLowerCase())?.[0] ?? fallback;
        if (value === undefined) missing.push(key);
        return (value ?? "").replace(/[*?$]/g, (character) => marks.get(character) ?? character);
    });
    return missing.length === 0 ? replaced : undefined;
}
