/** State machines, functions and schedules. */
import {
    expectCustomerKey,
    expectNoSecrets,
    expectOneOf,
    expectSet,
    expectThat,
    expectTrue,
} from "./core/checks";
import { option, resourcePolicy, stackPolicy, type Policy } from "./core/policy";

const machineType = "aws:sfn/stateMachine:StateMachine";
const functionType = "aws:lambda/function:Function";
const sfnDocs = "https://docs.aws.amazon.com/step-functions/latest/dg/";
const lambdaDocs = "https://docs.aws.amazon.com/lambda/latest/dg/";

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
            const destination = machine.at("loggingConfiguration.logDestination");
            const name = destination.text?.replace(/:\*$/, "") ?? "";
            const groups = stack.of("aws:cloudwatch/logGroup:LogGroup");
            const group = groups.find(({ identities }) => identities.includes(name));
            if (type.value === "CUSTOMER_MANAGED_KMS_KEY" && group?.at("kmsKeyId").absent === false)
                continue;
            const hidden =
                destination.unknown || groups.some((other) => other.identityUnknown("arn"));
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

const functionEncryption = resourcePolicy({
    name: "lambda-encryption",
    title: "Functions' environments are under a customer-managed key and hold no secrets",
    risk: "The environment is shown to everyone with lambda:GetFunction.",
    severity: "high",
    types: [functionType],
    remedy: "Set kmsKeyArn; put secrets into Secrets Manager and pass their ARNs.",
    url: `${lambdaDocs}configuration-envvars-encryption.html`,
    judge: (subject, verdict) => {
        const variables = subject.at("environment.variables");
        if (variables.entries.length > 0) expectCustomerKey(verdict, subject.at("kmsKeyArn"));
        else if (variables.unknown && subject.at("kmsKeyArn").absent) verdict.unseen(variables);
        expectNoSecrets(verdict, variables, "pass the ARN of a secret instead");
    },
});

/** Runtimes that get no fixes any more (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const deprecated =
    /^(nodejs(4|6|8|10|12|14|16|18)\b.*|nodejs|python(2\.7|3\.[6-9])|ruby2\.\d|java8|go1\.x|dotnetcore.*|dotnet[567]|provided)$/;

const functionRuntime = resourcePolicy({
    name: "lambda-runtime",
    title: "Functions use a supported runtime",
    risk: "A runtime past its end gets no security fixes.",
    severity: "medium",
    fsbp: ["Lambda.2"],
    types: [functionType],
    remedy: "Move to a current runtime.",
    url: `${lambdaDocs}lambda-runtimes.html`,
    options: {
        alsoForbidden: option<readonly string[]>([], "more runtimes that are not to be used", {
            items: { type: "string" },
        }),
    },
    judge: (subject, verdict, { alsoForbidden }) => {
        const supported = (value: unknown) =>
            !deprecated.test(String(value)) && !alsoForbidden.includes(String(value));
        expectThat(verdict, subject.at("runtime"), supported, {
            absentIsFine: true,
            fix: "use a supported runtime",
        });
    },
});

const functionTracing = resourcePolicy({
    name: "lambda-tracing",
    title: "Functions are traced",
    risk: "Nobody can see which call took the time or failed.",
    severity: "low",
    types: [functionType],
    remedy: "Set tracingConfig.mode to Active.",
    url: `${lambdaDocs}services-xray.html`,
    judge: (subject, verdict) => {
        expectOneOf(verdict, subject.at("tracingConfig.mode"), ["Active"], {
            fix: "set it to Active",
        });
    },
});

const functionUrl = resourcePolicy({
    name: "lambda-url-authorization",
    title: "Function URLs ask for credentials",
    risk: "Anybody on the internet can run the function.",
    severity: "critical",
    fsbp: ["Lambda.1"],
    types: ["aws:lambda/functionUrl:FunctionUrl"],
    remedy: "Set authorizationType to AWS_IAM.",
    url: `${lambdaDocs}urls-auth.html`,
    judge: (subject, verdict) => {
        expectOneOf(verdict, subject.at("authorizationType"), ["AWS_IAM"], {
            fix: "set it to AWS_IAM",
        });
    },
});

const functionPermission = resourcePolicy({
    name: "lambda-permission",
    title: "Functions are open to named callers only",
    risk: "Everybody, or any account's use of a service, can run the function.",
    severity: "critical",
    fsbp: ["Lambda.1"],
    types: ["aws:lambda/permission:Permission"],
    remedy: "Name the principal; for a service, set sourceArn or sourceAccount.",
    url: `${lambdaDocs}access-control-resource-based.html`,
    judge: (subject, verdict) => {
        const principal = subject.at("principal");
        const limits = ["sourceArn", "sourceAccount", "principalOrgId"].map((name) =>
            subject.at(name),
        );
        const limited = limits.some(
            (limit) =>
                limit.unknown || (limit.text !== undefined && !/^[*:]*$|^arn:\*$/.test(limit.text)),
        );
        if (principal.unknown) verdict.unseen(principal);
        else if (principal.value === "*" && subject.at("principalOrgId").absent) {
            verdict.violation({
                finding: "principal",
                property: "principal",
                found: "*",
                fix: "name the caller",
            });
        } else if (/\.amazonaws\.com(\.cn)?$/.test(principal.text ?? "") && !limited) {
            verdict.violation({
                finding: "source",
                property: "sourceArn",
                found: subject.at("sourceArn").value,
                fix: "set sourceArn or sourceAccount",
            });
        }
        expectThat(verdict, subject.at("action"), (value) => !/[*]/.test(String(value)), {
            fix: "set it to lambda:InvokeFunction",
        });
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

export const orchestration: readonly Policy[] = [
    machineLogs,
    machineData,
    machineTracing,
    machineEncryption,
    functionEncryption,
    functionRuntime,
    functionTracing,
    functionUrl,
    functionPermission,
    schedule,
];
