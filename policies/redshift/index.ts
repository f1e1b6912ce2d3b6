/** Redshift clusters and Redshift Serverless. */
import type { Policy } from "../core/policy";
import { auditing } from "./auditing";
import { snapshots } from "./snapshots";
import { warehouses } from "./warehouses";

export const redshift: readonly Policy[] = [...warehouses, ...auditing, ...snapshots];
