/** Building blocks of the state machine: typed states, the retry policy, polling, and how any of them fails. */

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

/** Where every failure goes. */
export const failurePath = "OnFailure";

/** What {@link task} needs to know. */
export interface Task {
    /** Service and action, such as `glue:startJobRun.sync` or `aws-sdk:glue:startCrawler`. */
    readonly call: string;
    readonly parameters: Template;
    readonly timeoutSeconds: number;
    /** Errors that pass by themselves: throttling and faults of the service, never a result of the work. */
    readonly retry?: readonly string[];
    /** A retry of its own kind, tried first. */
    readonly patience?: Retrier;
    /** Caught before everything else is caught as a failure. */
    readonly except?: readonly Catcher[];
    readonly resultSelector?: Template;
    /** Where the result goes; it is dropped without. */
    readonly resultPath?: string;
    readonly next: string;
}

/**
 * A Task and the state that its failure goes through, `<name>Failed`, which says where the run failed: the context
 * object names only the state that is running now, not the one that threw.
 */
export function task(partition: string, name: string, spec: Task): States {
    return {
        [name]: {
            Type: "Task",
            Resource: `arn:${partition}:states:::${spec.call}`,
            Parameters: spec.parameters,
            TimeoutSeconds: spec.timeoutSeconds,
            Retry: [
                ...(spec.patience === undefined ? [] : [spec.patience]),
                ...(spec.retry === undefined ? [] : [retrier(spec.retry)]),
            ],
            Catch: [
                ...(spec.except ?? []),
                { ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: `${name}Failed` },
            ],
            ...(spec.resultSelector === undefined ? {} : { ResultSelector: spec.resultSelector }),
            ResultPath: spec.resultPath ?? null,
            Next: spec.next,
        },
        [`${name}Failed`]: {
            Type: "Pass",
            // a timeout comes without a cause, and a path to nothing ends the execution where nothing can catch it
            Parameters: {
                state: name,
                "error.$": "States.JsonMerge($.unexplained, $.error, false)",
            },
            ResultPath: "$.failure",
            Next: failurePath,
        },
    };
}

/**
 * Six attempts over about a minute and a half, at random moments of a growing interval, so that runs that were refused
 * together do not come back together
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
export function retrier(errors: readonly string[], overrides: Partial<Retrier> = {}): Retrier {
    return {
        ErrorEquals: errors,
        IntervalSeconds: 3,
        MaxAttempts: 5,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        JitterStrategy: "FULL",
        ...overrides,
    };
}

/**
 * A failure that the data decides. `cause` is a `States.Format` template, `values` its paths.
 * The error is named after the state.
 */
export function refusal(name: string, cause: string, ...values: readonly string[]): States {
    const format = [`'${cause}'`, ...values].join(", ");
    return {
        [name]: {
            Type: "Pass",
            Parameters: {
                state: name,
                error: { Error: name, "Cause.$": `States.Format(${format})` },
            },
            ResultPath: "$.failure",
            Next: failurePath,
        },
    };
}

/** What {@link poll} needs to know. */
export interface Poll {
    /** What is waited for: the states are `WaitFor<subject>` and `Poll<subject>`. */
    readonly subject: string;
    readonly intervalSeconds: number;
    /** The Task that asks; its Choice goes back to `WaitFor<subject>`. */
    readonly ask: string;
}

/** A wait before each question, and a count of the questions, by which {@link pollsExceed} ends the loop. */
export function poll({ subject, intervalSeconds, ask }: Poll): States {
    return {
        [`WaitFor${subject}`]: {
            Type: "Wait",
            Seconds: intervalSeconds,
            Next: `Poll${subject}`,
        },
        [`Poll${subject}`]: {
            Type: "Pass",
            Parameters: { "count.$": `States.MathAdd($.polls.${subject}.count, 1)` },
            ResultPath: `$.polls.${subject}`,
            Next: ask,
        },
    };
}

/** Holds once `subject` was asked for longer than `seconds`, waiting `intervalSeconds` each time. */
export function pollsExceed(subject: string, seconds: number, intervalSeconds: number): Rule {
    return {
        Variable: `$.polls.${subject}.count`,
        NumericGreaterThanEquals: Math.ceil(seconds / intervalSeconds),
    };
}

/** Holds when `path` is there and passes `test`; a test of an absent path would end the execution. */
export function present(path: string, test: Rule = { IsPresent: true }): Rule {
    const there = { Variable: path, IsPresent: true };
    return "IsPresent" in test ? there : { And: [there, { Variable: path, ...test }] };
}
