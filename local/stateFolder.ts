/** What the local run keeps between runs. */
import { join } from "node:path";

/** Where everything that the local run makes lies; safe to delete. */
export const stateFolder = join(__dirname, "..", ".loglake");
