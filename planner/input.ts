/** What the function is asked for, checked. */
import { PlanError } from "./plan";

/** The run that the function is to plan. */
export interface Run {
    readonly dt: string;
    readonly runId: string;
}

/**
 * Reads the function's input: `runId`, and `dt` or `scheduledTime`. The day of a schedule is the UTC day before its time,
 * whatever the schedule's time zone: `dt` folders are UTC days, and a run soon after midnight UTC finds a whole one.
 *
 * @throws PlanError `InvalidInput`, naming the field and its value.
 */
export function readInput(input: unknown): Run {
    if (typeof input !== "object" || input === null) refuse("the input", "a JSON object", input);
    const { dt, scheduledTime, runId } = input as Record<string, unknown>;
    if (typeof runId !== "string" || !/^[A-Za-z0-9_-]{1,80}$/.test(runId)) {
        refuse("the name of the execution", "1 to 80 letters, digits, - and _", runId);
    }
    if (dt !== undefined) return { dt: day(dt), runId };
    if (scheduledTime !== undefined) return { dt: dayBefore(scheduledTime), runId };
    return refuse("the input", 'an object with "dt" or "scheduledTime"', input);
}

function day(dt: unknown): string {
    const isDay = typeof dt === "string" && /^\d{4}-\d\d-\d\d$/.test(dt);
    // 2026-02-30 parses, as the second of March
    const date = new Date(isDay ? `${dt}T00:00:00Z` : NaN);
    if (isDay && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(dt)) return dt;
    return refuse("dt", "a day as YYYY-MM-DD", dt);
}

function dayBefore(scheduledTime: unknown): string {
    // a time without an offset would be read in the time zone of the machine
    const isTime =
        typeof scheduledTime === "string" &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(scheduledTime);
    const time = new Date(isTime ? scheduledTime : NaN);
    if (Number.isNaN(time.getTime())) {
        return refuse("scheduledTime", "an ISO 8601 time with its offset", scheduledTime);
    }
    time.setUTCDate(time.getUTCDate() - 1);
    return time.toISOString().slice(0, 10);
}

function refuse(what: string, expected: string, got: unknown): never {
    const given = got === undefined ? "nothing" : JSON.stringify(got);
    throw new PlanError("InvalidInput", `${what} must be ${expected}, got ${given}`);
}
