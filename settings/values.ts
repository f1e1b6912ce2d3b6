/** Schemas of values that AWS has a form for. */
import { logRetentionDays } from "../components/checks";
import { checked, oneOf, text, type Schema } from "./schema";

/** Days that CloudWatch keeps a log. */
export const retention = oneOf(...logRetentionDays);

/** Addresses of a VPC that leaves room for several subnets: the bits beyond the prefix are zero. */
export const vpcCidr = checked("a network from /16 to /24 such as 10.20.0.0/16", (value) => {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{2})$/.exec(value);
    if (parts === null) return false;
    const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts.slice(1).map(Number);
    const octets = [a, b, c, d];
    const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
    return (
        octets.every((octet) => octet <= 255) &&
        prefix >= 16 &&
        prefix <= 24 &&
        address % 2 ** (32 - prefix) === 0
    );
});

/** Addresses to reach: a network, or `0.0.0.0/0` for all. */
export const cidrBlock = text(
    "a network such as 10.0.0.0/8",
    /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/)|(?=\/))){4}\/(?:3[0-2]|[12]?\d)$/,
);

/** An availability zone. */
export const zone = text(
    "an availability zone such as eu-west-1a",
    /^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/,
);

/** An id that EC2 gave, such as `vpc-0a1b2c3d`. */
export const ec2Id = (prefix: "vpc" | "subnet"): Schema<string> =>
    text(`an id such as ${prefix}-0a1b2c3d`, new RegExp(`^${prefix}-[0-9a-f]{8,17}$`));

/** A type of EC2 instances. */
export const instanceType = text(
    "an instance type such as m7g.xlarge",
    /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
);

/**
 * When EventBridge Scheduler starts a run. A cron expression has six fields, and `?` in exactly one of the two for days
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
 */
export const schedule = checked("a schedule such as cron(0 2 * * ? *)", (value) => {
    if (/^rate\((?:1 (?:minute|hour|day)|[1-9]\d* (?:minutes|hours|days))\)$/.test(value)) {
        return true;
    }
    const fields = /^cron\((.+)\)$/.exec(value)?.[1]?.split(" ") ?? [];
    const days = [fields[2], fields[4]];
    return (
        fields.length === 6 &&
        fields.every((field) => /^[0-9A-Z*?,/L#W-]+$/.test(field)) &&
        days.filter((field) => field === "?").length === 1
    );
});

const weekdayAndTime = "(?:mon|tue|wed|thu|fri|sat|sun):(?:[01][0-9]|2[0-3]):[0-5][0-9]";

/** When Redshift may be maintained, a day and a time to a day and a time in UTC. */
export const maintenanceWindow = text(
    "a window such as sun:04:30-sun:05:30",
    new RegExp(`^${weekdayAndTime}-${weekdayAndTime}$`),
);

/** A time zone by its name in the IANA database. */
export const timeZone = checked("a time zone such as Europe/Dublin", (value) => {
    try {
        return new Intl.DateTimeFormat("en", { timeZone: value }) instanceof Intl.DateTimeFormat;
    } catch {
        return false;
    }
});

/** An e-mail address, as far as a pattern can tell. */
export const email = text("an e-mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);
