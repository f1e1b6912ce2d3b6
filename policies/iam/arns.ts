/** How much of AWS a resource pattern covers. */

/** Text that no name contains; a pattern that matches a name made of it matches every name. */
const unlikely = "\u0001any\u0001";

/** True if `pattern` covers all resources of some type in `templates`, whatever their names: `*`, `arn:*`, `role/*`. */
export function coversAll(pattern: string, templates: readonly string[]): boolean {
    if (/^[*?]+$/.test(pattern)) return true;
    const parts = split(pattern);
    if (parts === undefined || /[*?]/.test(parts.service)) return true;
    if (parts.service === "s3" && /^[*?]+\//.test(parts.rest)) return true; // whatever the bucket
    return templates.some((template) => {
        const other = split(template);
        if (other === undefined || !other.rest.includes("${")) return false;
        return (
            parts.service === other.service &&
            covers(parts.rest, other.rest.replace(/\$\{[^}]+\}/g, unlikely))
        );
    });
}

/** True if some ARN fits both: the action could be used on what the pattern names. */
export function overlaps(pattern: string, template: string): boolean {
    return meet(tokens(pattern.replace(/\$\{[^}]+\}/g, "*")), tokens(template));
}

function split(arn: string): { readonly service: string; readonly rest: string } | undefined {
    const [scheme, , service, , , ...rest] = arn.split(":");
    return scheme === "arn" && service !== undefined && rest.length > 0
        ? { service, rest: rest.join(":") }
        : undefined;
}

function covers(pattern: string, value: string): boolean {
    const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, ".*")
        .replace(/\?/g, ".");
    return new RegExp(`^${source}$`, "s").test(value);
}

/** A character, any run of characters (`*`), one of them (`?`), or a template's variable, which isn't empty. */
type Token =
    { readonly text: string } | { readonly any: "run" | "one" } | { readonly variable: RegExp };

function tokens(pattern: string): readonly Token[] {
    const last = pattern.lastIndexOf("${");
    const result: Token[] = [];
    for (let index = 0; index < pattern.length; index++) {
        if (pattern.startsWith("${", index)) {
            const end = pattern.indexOf("}", index);
            const name = pattern.slice(index + 2, end);
            // Only a bucket's name keeps it apart from its objects; elsewhere names may hold slashes.
            const allowed = name === "BucketName" ? /[^/]/ : index === last ? /./s : /[^:]/;
            result.push({ variable: allowed });
            index = end;
        } else if (pattern[index] === "*") result.push({ any: "run" });
        else if (pattern[index] === "?") result.push({ any: "one" });
        else result.push({ text: (pattern[index] ?? "").toLowerCase() });
    }
    return result;
}

/** True if a text exists that both match. Walks pairs of positions, each once. */
function meet(pattern: readonly Token[], template: readonly Token[]): boolean {
    const seen = new Set<number>();
    const queue: (readonly [number, number])[] = [[0, 0]];
    const visit = (i: number, j: number) => {
        const key = i * (template.length + 1) + j;
        if (!seen.has(key)) {
            seen.add(key);
            queue.push([i, j]);
        }
    };
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const [i, j] = next;
        const left = pattern[i];
        const right = template[j];
        if (left === undefined && right === undefined) return true;
        if (left !== undefined && "any" in left && left.any === "run") {
            visit(i + 1, j);
            if (right !== undefined) visit(i, j + 1);
        }
        if (left === undefined || right === undefined) continue;
        if ("variable" in right) {
            if ("text" in left ? right.variable.test(left.text) : true) {
                visit(i + 1, j); // the variable goes on
                visit(i + 1, j + 1); // or ends here
            }
        } else if ("text" in right) {
            if ("any" in left ? left.any === "one" : "text" in left && left.text === right.text)
                visit(i + 1, j + 1);
        }
    }
    return false;
}
