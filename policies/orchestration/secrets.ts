/** Secrets in what state machines, schedules, rules and statements hand on. */
import { resourcePolicy, type Policy } from "../core/policy";
import { expectNoSecretsWithin } from "../core/secrets";
import { machineType } from "../emr/tasks";

/** What each hands on: JSON, or text such as SQL. */
const handedOn: Readonly<Record<string, readonly string[]>> = {
    [machineType]: ["definition"],
    "aws:scheduler/schedule:Schedule": ["target"],
    "aws:cloudwatch/eventTarget:EventTarget": ["input", "inputTransformer", "ecsTarget"],
    "aws:redshiftdata/statement:Statement": ["sql", "parameters"],
};

const noSecrets = resourcePolicy({
    name: "orchestration-no-secrets",
    title: "Definitions of state machines, inputs of targets and SQL hold no secrets",
    risk: "They are shown in the console, in the history of runs and to everyone who may describe them.",
    severity: "critical",
    types: Object.keys(handedOn),
    remedy: "Pass the ARN of a secret and read it where it is used.",
    url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
    judge: (subject, verdict) => {
        for (const path of handedOn[subject.type] ?? [])
            expectNoSecretsWithin(verdict, subject.at(path), "pass the ARN of a secret instead");
    },
});

export const secrets: readonly Policy[] = [noSecrets];
