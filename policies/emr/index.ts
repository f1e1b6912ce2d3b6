/** EMR on EC2 and EMR Serverless. */
import type { Policy } from "../core/policy";
import { applicationSettings } from "./applications";
import { clusters } from "./cluster";
import { configurations } from "./configuration";
import { applications } from "./serverless";

export const emr: readonly Policy[] = [
    ...configurations,
    ...clusters,
    ...applications,
    ...applicationSettings,
];
