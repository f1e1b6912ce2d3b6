/** What is said to whoever started a program here. */

/** A sentence for the user; printed without a stack trace. */
export class UserError extends Error {}

/** What `error` says, in a sentence; with the stack of an unexpected one where `LOGLAKE_DEBUG` is set. */
export function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const isDebugged = process.env["LOGLAKE_DEBUG"] !== undefined && !(error instanceof UserError);
    return isDebugged ? (error.stack ?? error.message) : error.message;
}

/** @throws UserError when this Node is too old. */
export function requireNode(version: string = process.versions.node): void {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major > 20 || (major === 20 && minor >= 19)) return;
    throw new UserError(`Node 20.19 or later is needed, this is ${version}`);
}
