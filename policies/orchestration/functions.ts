/** Lambda functions. */
import { expectCustomerKey, expectOneOf, expectThat } from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";
import { expectNoSecrets } from "../core/secrets";
import { ofAnyAccount } from "../iam/conditions";

const functionType = "aws:lambda/function:Function";
const lambdaDocs = "https://docs.aws.amazon.com/lambda/latest/dg/";

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

/** Runtimes that get no fixes any more in November 2026 (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const deprecated =
    /^(nodejs(4|6|8|10|12|14|16|18|20)\b.*|nodejs|python(2\.7|3\.([6-9]|10))|ruby(2\.\d|3\.2)|java8|go1\.x|dotnetcore.*|dotnet[5678]|provided)$/;

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
    level: "advisory",
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
            (limit) => limit.unknown || (limit.text !== undefined && !ofAnyAccount(limit.text)),
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

export const functions: readonly Policy[] = [
    functionEncryption,
    functionRuntime,
    functionTracing,
    functionUrl,
    functionPermission,
];
