/** Checks of plain arguments. Each returns the value, or says which argument is wrong and what it was given. */
import * as pulumi from "@pulumi/pulumi";

/** A whole number from `min` to `max`. */
export function wholeNumber(
    argument: string,
    value: number,
    min: number,
    max = Number.MAX_SAFE_INTEGER,
): number {
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    const range =
        max === Number.MAX_SAFE_INTEGER
            ? `${String(min)} or more`
            : `${String(min)} to ${String(max)}`;
    return refuse(argument, `must be a whole number, ${range}, got ${String(value)}`);
}

/** Days that CloudWatch Logs can keep a group's events (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
export const logRetentionDays: readonly number[] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/** One of {@link logRetentionDays}. */
export function retentionDays(argument: string, value: number): number {
    if (logRetentionDays.includes(value)) return value;
    return refuse(argument, `must be one of ${logRetentionDays.join(", ")}, got ${String(value)}`);
}

/** Throws an error that names the argument. */
export function refuse(argument: string, reason: string): never {
    throw new pulumi.InputPropertyError({
        propertyPath: argument,
        reason: `${argument} ${reason}`,
    });
}
