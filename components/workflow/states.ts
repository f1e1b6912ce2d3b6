/** Building blocks of the state machine: Tasks, the retry policy, polling, and how any of them fails. */
import type { Catcher, Retrier, Rule, States, Template } from "./asl";

export type * from "./asl";

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
