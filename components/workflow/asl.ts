/** The Amazon States Language with JSONPath, as far as the workflow uses it (https://states-language.net/spec.html). */

/** Any JSON value; in a payload template, keys that end in `.$` hold JSONPath or an intrinsic function. */
export type Json =
    string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A payload template. */
export interface Template {
    readonly [key: string]: Json;
}

/** When and how often to try a Task again. */
export interface Retrier {
    readonly ErrorEquals: readonly string[];
    readonly IntervalSeconds: number;
    readonly MaxAttempts: number;
    readonly BackoffRate: number;
    readonly MaxDelaySeconds: number;
    readonly JitterStrategy: "FULL";
}

/** Where to go on an error. */
export interface Catcher {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string | null;
    readonly Next: string;
}

/** Calls a service. */
export interface TaskState {
    readonly Type: "Task";
    readonly Comment?: string;
    readonly Resource: string;
    readonly Parameters: Template;
    readonly TimeoutSeconds: number;
    readonly Retry: readonly Retrier[];
    readonly Catch: readonly Catcher[];
    readonly ResultSelector?: Template;
    readonly ResultPath: string | null;
    readonly Next: string;
}

/** Shapes data, or names a point of the run. */
export interface PassState {
    readonly Type: "Pass";
    readonly Comment?: string;
    readonly Parameters?: Template;
    readonly ResultPath?: string;
    readonly Next: string;
}

/** Waits. */
export interface WaitState {
    readonly Type: "Wait";
    readonly Seconds: number;
    readonly Next: string;
}

/** A rule of a Choice: one comparison, or several with `And`, `Or`, `Not`. */
export interface Rule {
    readonly [key: string]: Json;
}

/** Goes where the first rule that holds says. */
export interface ChoiceState {
    readonly Type: "Choice";
    readonly Comment?: string;
    readonly Choices: readonly (Rule & { readonly Next: string })[];
    readonly Default: string;
}

/** Ends the run. */
export interface EndState {
    readonly Type: "Succeed" | "Fail";
    readonly Comment?: string;
    readonly ErrorPath?: string;
    readonly CausePath?: string;
}

export type State = TaskState | PassState | WaitState | ChoiceState | EndState;

/** States by name. */
export type States = Readonly<Record<string, State>>;
