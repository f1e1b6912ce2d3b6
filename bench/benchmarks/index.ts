/** The benchmarks by name. A new one is a file of this folder and a line here. */
import type { Benchmark } from "../benchmark";
import { gate } from "./gate";
import { parsing } from "./parsing";
import { wholeRun } from "./wholeRun";

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [parsing, wholeRun, gate];
