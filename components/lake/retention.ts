/** How long each bucket of the lake keeps what. */
import { refuse, wholeNumber } from "../checks";
import type { BucketPurpose } from "../names";
import { expire, housekeeping, transition, type LifecycleRule } from "./lifecycle";

/** Days until objects move or end, counted from when each was written. */
export interface LakeRetention {
    /** Days until raw logs move to Standard-IA, 30 or more. @default 30 */
    readonly rawTransitionToIaDays?: number;

    /**
     * Days until raw logs move to Glacier Instant Retrieval, 30 or more after Standard-IA, for which 30 are charged. An
     * old day can still be run again without a restore, as it could not from the other Glacier classes.
     * @default 90
     */
    readonly rawTransitionToGlacierDays?: number;

    /** Days until raw logs are deleted. @default 730 */
    readonly rawExpirationDays?: number;

    /**
     * Days until processed data is deleted, of superseded runs and current ones alike.
     * @default never: what nobody reads only moves to cheaper storage
     */
    readonly processedExpirationDays?: number;

    /** Days until what a load staged for Redshift is deleted. @default 7 */
    readonly stagingExpirationDays?: number;

    /** Days until the plans and manifests of runs are deleted. @default 400 */
    readonly runRecordExpirationDays?: number;

    /** Days until the logs of EMR clusters are deleted. @default 90 */
    readonly emrLogExpirationDays?: number;

    /** Days until S3's access logs are deleted. @default 400 */
    readonly accessLogExpirationDays?: number;

    /** Days until overwritten and deleted objects can't be brought back. @default 30 */
    readonly noncurrentExpirationDays?: number;
}

const defaults = {
    rawTransitionToIaDays: 30,
    rawTransitionToGlacierDays: 90,
    rawExpirationDays: 730,
    stagingExpirationDays: 7,
    runRecordExpirationDays: 400,
    emrLogExpirationDays: 90,
    accessLogExpirationDays: 400,
    noncurrentExpirationDays: 30,
} as const satisfies LakeRetention;

/** An argument that does not go with another, and why. */
export interface Conflict {
    readonly argument: keyof LakeRetention;
    readonly reason: string;
}

/** Finds steps of raw logs that are out of order, defaults counted in. */
export function retentionConflicts(args: LakeRetention): readonly Conflict[] {
    const ia = args.rawTransitionToIaDays ?? defaults.rawTransitionToIaDays;
    const glacier = args.rawTransitionToGlacierDays ?? defaults.rawTransitionToGlacierDays;
    const end = args.rawExpirationDays ?? defaults.rawExpirationDays;
    const conflicts: Conflict[] = [];
    if (glacier < ia + 30) {
        const reason = `must be 30 days or more after rawTransitionToIaDays (${String(ia)}), got ${String(glacier)}`;
        conflicts.push({ argument: "rawTransitionToGlacierDays", reason });
    }
    if (end <= glacier) {
        const reason = `must be after rawTransitionToGlacierDays (${String(glacier)}), got ${String(end)}`;
        conflicts.push({ argument: "rawExpirationDays", reason });
    }
    return conflicts;
}

/** Applies the defaults of every argument in days, and checks them. */
export function lifecycleRules(
    args: LakeRetention,
): Record<BucketPurpose, readonly LifecycleRule[]> {
    const days = (argument: keyof typeof defaults, min = 1) =>
        wholeNumber(argument, args[argument] ?? defaults[argument], min);
    const ia = days("rawTransitionToIaDays", 30);
    for (const { argument, reason } of retentionConflicts(args)) refuse(argument, reason);
    const tidy = housekeeping(days("noncurrentExpirationDays"));

    return {
        raw: [
            transition(
                "archive",
                { days: ia, storageClass: "STANDARD_IA" },
                { days: days("rawTransitionToGlacierDays"), storageClass: "GLACIER_IR" },
            ),
            expire("expire", "", days("rawExpirationDays")),
            ...tidy,
        ],
        processed: [
            // A run that a later one superseded stays in its folder, beside the current one; by prefix a lifecycle can't
            // tell them apart. What tells them apart is that nobody reads a superseded one: Intelligent-Tiering moves it
            // to infrequent access after 30 days unread, to archive instant access after 90.
            transition("superseded-runs", { days: 1, storageClass: "INTELLIGENT_TIERING" }),
            ...processedEnd(args.processedExpirationDays),
            expire("staging", "_staging/", days("stagingExpirationDays")),
            expire("run-records", "_runs/", days("runRecordExpirationDays")),
            ...tidy,
        ],
        artifacts: [expire("emr-logs", "emr-logs/", days("emrLogExpirationDays")), ...tidy],
        "access-logs": [expire("expire", "", days("accessLogExpirationDays")), ...tidy],
    };
}

function processedEnd(days: number | undefined): readonly LifecycleRule[] {
    if (days === undefined) return [];
    return [expire("expire", "", wholeNumber("processedExpirationDays", days, 2))];
}
