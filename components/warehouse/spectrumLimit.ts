/** A ceiling on what Spectrum scans, which is paid by the terabyte. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { refuse } from "../checks";

/** What happens at the ceiling: an alarm can be raised on it, or also no further query is run. */
const limitActions = ["emit-metric", "disable"] as const;
export type SpectrumLimitAction = (typeof limitActions)[number];

/** Arguments of {@link limitSpectrum}. */
export interface SpectrumLimitArgs {
    readonly clusterIdentifier: pulumi.Input<string>;
    /** Terabytes in a day. */
    readonly terabytes: number;
    readonly action: SpectrumLimitAction;
}

/**
 * Creates the limit as a child of `warehouse`, and returns the one that has metrics.
 *
 * A limit does one thing only (https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateUsageLimit.html), so that
 * the one that stops Spectrum stands beside the one that tells how far it has got.
 */
export function limitSpectrum(
    warehouse: pulumi.Resource,
    deployment: string,
    { clusterIdentifier, terabytes, action }: SpectrumLimitArgs,
): aws.redshift.UsageLimit {
    if (!limitActions.includes(action)) {
        refuse("spectrumLimitAction", `must be one of ${limitActions.join(", ")}, got ${action}`);
    }
    const limit = (name: string, breachAction: SpectrumLimitAction) =>
        new aws.redshift.UsageLimit(
            name,
            {
                clusterIdentifier,
                featureType: "spectrum",
                limitType: "data-scanned",
                amount: terabytes,
                period: "daily",
                breachAction,
            },
            { parent: warehouse },
        );
    if (action === "disable") limit(`${deployment}-spectrum-off`, "disable");
    return limit(`${deployment}-spectrum`, "emit-metric");
}
