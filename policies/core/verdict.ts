/** What policies say about resources, before it is told to the engine. */
import type { ReportViolation, Severity } from "@pulumi/policy";
import type { Exemptions } from "./exemptions";
import type { Property } from "./property";
import type { Subject } from "./subject";

/** One way in which a resource breaks a policy. */
export interface Breach {
    /** Names this breach among all that the policy can find in one resource; exemptions refer to it. */
    readonly finding: string;
    /** Property that holds the fault. */
    readonly property: string;
    /** What stands there, in words or as the value itself; never a secret. */
    readonly found: unknown;
    /** What should be done, as an order. */
    readonly fix: string;
}

/** Something a policy would have judged but couldn't see. */
export interface Unjudged {
    readonly policy: string;
    readonly subject: Subject;
    readonly property: string;
}

/** Collects what one policy says about one resource. */
export class Verdict {
    constructor(
        private readonly policy: string,
        private readonly subject: Subject,
        private readonly exemptions: Exemptions,
        private readonly report: ReportViolation,
        private readonly note: (unjudged: Unjudged) => void,
    ) {}

    /** Says that the resource breaks the policy, unless this was exempted. */
    violation(breach: Breach): void {
        if (this.exemptions.cover(this.policy, breach.finding, this.subject.urn)) return;
        const { property, found, fix, finding } = breach;
        const where = `${this.subject.type} "${this.subject.name}"`;
        this.report(
            `${where}: ${property} is ${shown(found)}; ${fix} [${finding}]`,
            this.subject.urn,
        );
    }

    /** Says that `property` couldn't be judged, because its value isn't known before the update. */
    unseen(property: Property | string): void {
        const path = typeof property === "string" ? property : property.path;
        this.note({ policy: this.policy, subject: this.subject, property: path });
    }
}

/** Reports at a level or severity of its own; the server takes an object, though its type doesn't say so. */
export function reportAt(
    report: ReportViolation,
    violation: {
        message: string;
        enforcementLevel?: "advisory" | "mandatory";
        severity?: Severity;
        urn?: string;
    },
): void {
    (report as unknown as (violation: object) => void)(violation);
}

/** A value as it appears in a message. */
export function shown(value: unknown): string {
    if (value === undefined || value === null) return "absent";
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
