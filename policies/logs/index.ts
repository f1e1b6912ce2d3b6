/** CloudWatch: log groups and alarms. */
import type { Policy } from "../core/policy";
import { alarming } from "./alarms";
import { groups } from "./groups";
import { owned } from "./owned";

export const logs: readonly Policy[] = [...groups, ...owned, ...alarming];
