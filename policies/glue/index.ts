/** Glue and Lake Formation. */
import type { Policy } from "../core/policy";
import { catalogs } from "./catalog";
import { jobs } from "./jobs";

export const glue: readonly Policy[] = [...jobs, ...catalogs];
