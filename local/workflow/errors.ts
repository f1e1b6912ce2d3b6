/** Errors by the names that Step Functions gives them. */
/** An error that a state's Retry and Catch see: `name` is `Error`, `message` is `Cause`. */
export class TaskError extends Error {
    constructor(name: string, cause: string) {
        super(cause);
        this.name = name;
    }
}

/**
 * A service as errors name it, and the base exception of its SDK, which stands for every error that its API does not
 * declare (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
 */
interface Naming {
    readonly prefix: string;
    readonly base: string;
}

/** Optimised integrations go through version 1 of the Java SDK, whose base exceptions are named otherwise. */
const optimised: Readonly<Record<string, Naming>> = {
    elasticmapreduce: { prefix: "EMR", base: "AmazonElasticMapReduceException" },
    glue: { prefix: "Glue", base: "AWSGlueException" },
    lambda: { prefix: "Lambda", base: "AWSLambdaException" },
    sns: { prefix: "SNS", base: "AmazonSNSException" },
};

/** Names of the Java SDK's clients where they are not the service's own with a capital. */
const clientNames: Readonly<Record<string, string>> = {
    cloudwatch: "CloudWatch",
    cloudwatchlogs: "CloudWatchLogs",
    eventbridge: "EventBridge",
    redshiftdata: "RedshiftData",
    secretsmanager: "SecretsManager",
};

/** How errors of an integration are named. `service` is as its ARN has it, such as `redshiftdata`. */
export function namingOf(service: string, isSdkIntegration: boolean): Naming {
    const known = isSdkIntegration ? undefined : optimised[service];
    if (known !== undefined) return known;
    const prefix = clientNames[service] ?? service.charAt(0).toUpperCase() + service.slice(1);
    return { prefix, base: `${prefix}Exception` };
}

/** The error of an API call as a state's Retry and Catch see it. `isDeclared` says whether the API's model has a name. */
export function asTaskError(
    error: unknown,
    naming: Naming,
    isDeclared: (name: string) => boolean,
): TaskError {
    if (error instanceof TaskError) return error;
    const { name, message, $metadata } = error as Error & {
        $metadata?: { httpStatusCode?: number };
    };
    const { prefix, base } = naming;
    if ($metadata?.httpStatusCode === undefined)
        return new TaskError(`${prefix}.SdkClientException`, message);
    if (!isDeclared(name)) return new TaskError(`${prefix}.${base}`, `${name}: ${message}`);
    // the Java SDK calls each error an exception, also where the API does not: `NoSuchKeyException`
    return new TaskError(
        `${prefix}.${name.endsWith("Exception") ? name : `${name}Exception`}`,
        message,
    );
}
