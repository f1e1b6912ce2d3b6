/** S3: every bucket together with the resources that hold its settings. */
import type { Policy } from "../core/policy";
import { access } from "./access";
import { copies } from "./copies";
import { encryption } from "./encryption";
import { retention } from "./retention";
import { uploads } from "./uploads";

export const storage: readonly Policy[] = [
    ...encryption,
    ...uploads,
    ...access,
    ...copies,
    ...retention,
];
