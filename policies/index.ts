/** Encryption, private networks, logging, recovery and IAM least privilege for data platforms on AWS. */
import { PolicyPack } from "@pulumi/policy";
import { exemptionsExplained, exemptionsUsed, notEvaluated } from "./core/housekeeping";
import { ledger } from "./core/ledger";
import type { Policy } from "./core/policy";
import { disks } from "./disks";
import { emr } from "./emr";
import { glue } from "./glue";
import { iam } from "./iam";
import { keys } from "./keys";
import { logs } from "./logs";
import { messaging } from "./messaging";
import { network } from "./network";
import { orchestration } from "./orchestration";
import { redshift } from "./redshift";
import { references } from "./references";
import { secrets } from "./secrets";
import { storage } from "./storage";

/** In the order in which they run: the exemptions are read first, what couldn't be judged is told last. */
const policies: Policy[] = [
    exemptionsExplained,
    ...storage,
    ...keys,
    ...secrets,
    ...disks,
    ...glue,
    ...emr,
    ...redshift,
    ...messaging,
    ...orchestration,
    ...logs,
    ...network,
    ...iam,
    ...references,
    notEvaluated,
    exemptionsUsed,
];

ledger.register(policies.map(({ name }) => name));
new PolicyPack("loglake", { policies, enforcementLevel: "mandatory" });
