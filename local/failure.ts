/** Why an execution failed, in a sentence: a cause is a whole description of a job or a step, in JSON. */

/** An error as Step Functions has it. */
export interface Failure {
    readonly name: string;
    readonly cause: string;
}

/** Members that say why, in the descriptions of a function's error, a job's run, a step, a crawl and a statement. */
const reasons = ["errorMessage", "ErrorMessage", "Message", "Error"];

/** What `cause` says. */
export function reasonOf({ name, cause }: Failure): string {
    const start = cause.indexOf("{");
    const description = start < 0 ? undefined : parsed(cause.slice(start));
    if (description === undefined) return cause === "" ? name : cause;
    const reason = find(description, reasons);
    if (reason === undefined) return cause;
    const log = find(description, ["LogFile"]);
    return `${cause.slice(0, start)}${reason}${log === undefined ? "" : ` (log: ${log})`}`;
}

function parsed(text: string): object | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && value !== null ? value : undefined;
    } catch {
        return undefined;
    }
}

/** The first text that one of `keys` holds, in `value` or below it. */
function find(value: object, keys: readonly string[]): string | undefined {
    const members = Object.entries(value) as [string, unknown][];
    for (const [key, member] of members) {
        if (keys.includes(key) && typeof member === "string" && member !== "") return member;
    }
    for (const [, member] of members) {
        const found =
            typeof member === "object" && member !== null ? find(member, keys) : undefined;
        if (found !== undefined) return found;
    }
    return undefined;
}
