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

/** Applies the defaults of every argument in days, and checks them. */
export function lifecycleRules(
    args: LakeRetention,
): Record<BucketPurpose, readonly LifecycleRule[]> {
    const days = (argument: keyof LakeRetention, value: number, min = 1) =>
        wholeNumber(argument, value, min);
    const ia = days("rawTransitionToIaDays", args.rawTransitionToIaDays ?? 30, 30);
    const glacier = days("rawTransitionToGlacierDays", args.rawTransitionToGlacierDays ?? 90, 30);
    const rawEnd = days("rawExpirationDays", args.rawExpirationDays ?? 730);
    if (glacier < ia + 30) {
        const earliest = `30 days or more after rawTransitionToIaDays (${String(ia)})`;
        refuse("rawTransitionToGlacierDays", `must be ${earliest}, got ${String(glacier)}`);
    }
    if (rawEnd <= glacier) {
        const after = `after rawTransitionToGlacierDays (${String(glacier)})`;
        refuse("rawExpirationDays", `must be ${after}, got ${String(rawEnd)}`);
    }
    const staging = days("stagingExpirationDays", args.stagingExpirationDays ?? 7);
    const runRecords = days("runRecordExpirationDays", args.runRecordExpirationDays ?? 400);
    const emrLogs = days("emrLogExpirationDays", args.emrLogExpirationDays ?? 90);
    const accessLogs = days("accessLogExpirationDays", args.accessLogExpirationDays ?? 400);
    const tidy = housekeeping(
        days("noncurrentExpirationDays", args.noncurrentExpirationDays ?? 30),
    );

    return {
        raw: [
            transition(
                "archive",
                { days: ia, storageClass: "STANDARD_IA" },
                { days: glacier, storageClass: "GLACIER_IR" },
            ),
            expire("expire", "", rawEnd),
            ...tidy,
        ],
        processed: [
            // A run that a later one superseded stays in its folder, beside the current one; by prefix a lifecycle can't
            // tell them apart. What tells them apart is that nobody reads a superseded one: Intelligent-Tiering moves it
            // to infrequent access after 30 days unread, to archive instant access after 90.
            transition("superseded-runs", { days: 1, storageClass: "INTELLIGENT_TIERING" }),
            ...(args.processedExpirationDays === undefined
                ? []
                : [
                      expire(
                          "expire",
                          "",
                          days("processedExpirationDays", args.processedExpirationDays, 2),
                      ),
                  ]),
            expire("staging", "_staging/", staging),
            expire("run-records", "_runs/", runRecords),
            ...tidy,
        ],
        artifacts: [expire("emr-logs", "emr-logs/", emrLogs), ...tidy],
        "access-logs": [expire("expire", "", accessLogs), ...tidy],
    };
}
