/** State machines, functions and schedules. */
import type { Policy } from "../core/policy";
import { functions } from "./functions";
import { machines } from "./machines";

export const orchestration: readonly Policy[] = [...machines, ...functions];
