/** State machines, functions and schedules. */
import type { Policy } from "../core/policy";
import { functions } from "./functions";
import { machines } from "./machines";
import { secrets } from "./secrets";

export const orchestration: readonly Policy[] = [...machines, ...functions, ...secrets];
