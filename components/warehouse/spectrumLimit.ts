/** A ceiling on what Spectrum scans, which is paid by the terabyte. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { refuse } from "../checks";

/** What Redshift does at a limit: write to a system table, raise a metric, or refuse. */
const breachActions = ["log", "emit-metric", "disable"] as const;
export type BreachAction = (typeof breachActions)[number];

/** Arguments of {@link limitSpectrum}. */
export interface SpectrumLimitArgs {
    readonly clusterIdentifier: pulumi.Input<string>;
    /** Terabytes in a day. */
    readonly terabytes: number;
    readonly action: BreachAction;
}

/** Creates the limit as a child of `warehouse`. */
export function limitSpectrum(
    warehouse: pulumi.Resource,
    deployment: string,
    { clusterIdentifier, terabytes, action }: SpectrumLimitArgs,
): aws.redshift.UsageLimit {
    if (!breachActions.includes(action)) {
        refuse("spectrumLimitAction", `must be one of ${breachActions.join(", ")}, got ${action}`);
    }
    return new aws.redshift.UsageLimit(
        deployment,
        {
            clusterIdentifier,
            featureType: "spectrum",
            limitType: "data-scanned",
            amount: terabytes,
            period: "daily",
            breachAction: action,
        },
        { parent: warehouse },
    );
}
