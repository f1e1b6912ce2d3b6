/** Lifecycle rules of the lake's buckets. Days are whole days. */
import type * as aws from "@pulumi/aws";

export type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** Expires the objects below `prefix`, `days` after they were written. */
export function expire(id: string, prefix: string, days: number): LifecycleRule {
    return { id, status: "Enabled", filter: { prefix }, expiration: { days } };
}

/** Moves every object to cheaper storage as it ages, each step in days since it was written. */
export function transition(
    id: string,
    ...steps: readonly { readonly days: number; readonly storageClass: string }[]
): LifecycleRule {
    return { id, status: "Enabled", filter: { prefix: "" }, transitions: [...steps] };
}

/**
 * What every versioned bucket needs: overwritten and deleted objects end `noncurrentDays` later, and so do the delete
 * markers that then hide nothing; parts of uploads that nobody finished end after a week.
 */
export function housekeeping(noncurrentDays: number): readonly LifecycleRule[] {
    return [
        {
            id: "noncurrent-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays },
            expiration: { expiredObjectDeleteMarker: true },
        },
        {
            id: "incomplete-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
    ];
}
