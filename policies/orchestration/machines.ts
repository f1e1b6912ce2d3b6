/** State machines and schedules. */
import { expectCustomerKey, expectOneOf, expectSet, expectTrue } from "../core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "../core/policy";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { machineType } from "../emr/tasks";

const logGroupType = "aws:cloudwatch/logGroup:LogGroup";
const sfnDocs = "https://docs.aws.amazon.com/step-functions/latest/dg/";

const machineLogs = resourcePolicy({
    name: "sfn-logging",
    title: "State machines log every event",
    risk: "What ran, on whose request and why it failed is gone after 90 days, or was never kept.",
    severity: "medium",
    fsbp: ["StepFunctions.1"],
    types: [machineType],
    remedy: "Set loggingConfiguration.level to ALL and logDestination to a log group under /aws/vendedlogs/.",
    url: `${sfnDocs}cw-logs.html`,
    judge: (machine, verdict) => {
        const logging = machine.at("loggingConfiguration");
        expectOneOf(verdict, logging.at("level"), ["ALL"], {
            finding: "level",
            fix: "set it to ALL",
        });
        expectSet(verdict, logging.at("logDestination"), {
            finding: "logDestination",
            fix: "set it to the ARN of a log group, with :* at its end",
        });
    },
});

const machineData = stackPolicy({
    name: "sfn-execution-data",
    title: "Execution data is logged only where logs are encrypted",
    risk: "Inputs and outputs of every state lie in log groups in the clear.",
    severity: "medium",
    remedy: "Leave includeExecutionData out, or give the state machine and its log group a customer-managed key.",
    url: `${sfnDocs}cw-logs.html`,
    judge: (stack, verdictOn) => {
        for (const machine of stack.of(machineType)) {
            const include = machine.at("loggingConfiguration.includeExecutionData");
            const verdict = verdictOn(machine);
            if (include.unknown) verdict.unseen(include);
            if (include.value !== true) continue;
            const type = machine.at("encryptionConfiguration.type");
            const group = logGroupOf(stack, machine);
            if (type.value === "CUSTOMER_MANAGED_KMS_KEY" && group?.at("kmsKeyId").absent === false)
                continue;
            const hidden =
                machine.at("loggingConfiguration.logDestination").unknown ||
                stack.of(logGroupType).some((other) => other.identityUnknown("logGroup"));
            if (type.unknown || (group === undefined && hidden)) verdict.unseen(include);
            else {
                verdict.violation({
                    finding: "includeExecutionData",
                    property: include.path,
                    found: true,
                    fix: "set it to false, or encrypt state machine and log group under a customer-managed key",
                });
            }
        }
    },
});

/** The group that a state machine logs to: by its ARN, which ends with its name, or by where it came from. */
function logGroupOf(stack: Stack, machine: Subject): Subject | undefined {
    const destination = machine.at("loggingConfiguration.logDestination").text;
    const name = /:log-group:([^:]+)/.exec(destination ?? "")?.[1];
    const [source] = stack.sources(machine, "loggingConfiguration", logGroupType);
    return name === undefined
        ? source
        : stack.of(logGroupType).find(({ identities }) => identities.includes(name));
}

const machineTracing = resourcePolicy({
    name: "sfn-tracing",
    title: "State machines are traced",
    risk: "Nobody can see which service took the time or failed the run.",
    severity: "low",
    types: [machineType],
    remedy: "Set tracingConfiguration.enabled to true.",
    url: `${sfnDocs}concepts-xray-tracing.html`,
    judge: (machine, verdict) => {
        expectTrue(verdict, machine.at("tracingConfiguration.enabled"), { fix: "set it to true" });
    },
});

const machineEncryption = resourcePolicy({
    name: "sfn-encryption",
    title: "State machines are encrypted under a customer-managed key",
    risk: "Definitions and execution data are readable for everyone with states:GetExecutionHistory.",
    severity: "medium",
    types: [machineType, "aws:sfn/activity:Activity"],
    remedy: "Set encryptionConfiguration with type CUSTOMER_MANAGED_KMS_KEY and kmsKeyId.",
    url: `${sfnDocs}encryption-at-rest.html`,
    judge: (subject, verdict) => {
        const encryption = subject.at("encryptionConfiguration");
        expectOneOf(verdict, encryption.at("type"), ["CUSTOMER_MANAGED_KMS_KEY"], {
            fix: "set it to CUSTOMER_MANAGED_KMS_KEY",
        });
        expectCustomerKey(verdict, encryption.at("kmsKeyId"));
    },
});

const schedule = resourcePolicy({
    name: "scheduler-encryption",
    title: "Schedules are encrypted under a customer-managed key",
    risk: "The input of each run lies under a key that is AWS's.",
    severity: "low",
    types: ["aws:scheduler/schedule:Schedule"],
    remedy: "Set kmsKeyArn.",
    url: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html",
    judge: (subject, verdict) => {
        expectCustomerKey(verdict, subject.at("kmsKeyArn"));
    },
});

export const machines: readonly Policy[] = [
    machineLogs,
    machineData,
    machineTracing,
    machineEncryption,
    schedule,
];
