/** Permissions that no run on this machine uses, each with what does: a permission that is in neither is one too many. */

/** Permissions of one role. */
export interface Unexercised {
    /** Name of the role after the deployment's: `spark` for `loglake-dev-spark`. */
    readonly role: string;
    /** Actions, with wildcards. */
    readonly actions: readonly string[];
    /** Pattern of the resources. @default all */
    readonly resource?: string;
    /** What uses them in AWS. */
    readonly reason: string;
}

export const unexercised: readonly Unexercised[] = [];
