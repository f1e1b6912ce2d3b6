/** Least privilege: every policy document of a stack, alone, per role and on resources. */
import type { Policy } from "../core/policy";
import { administration } from "./administration";
import { attachments } from "./attachments";
import { breadth } from "./breadth";
import { conflicting } from "./conflicts";
import { escalations } from "./escalation";
import { exposure } from "./exposure";
import { foreigners } from "./foreign";
import { narrowing } from "./narrowing";
import { permissionsManagement } from "./permissions";
import { sensitive } from "./sensitive";
import { trusts } from "./trust";
import { validity } from "./validity";

export const iam: readonly Policy[] = [
    ...validity,
    ...breadth,
    ...sensitive,
    ...permissionsManagement,
    ...trusts,
    ...exposure,
    ...administration,
    ...foreigners,
    ...escalations,
    ...attachments,
    ...conflicting,
    ...narrowing,
];
