/** State machines, functions and schedules. */
import { account, describePolicy, keyArn, resource, unknown, usePack } from "./support";

const machineProperties = {
    name: "machine",
    definition: "{}",
    loggingConfiguration: {
        level: "ALL",
        includeExecutionData: false,
        logDestination:
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/machine:*",
    },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: keyArn },
};
const machine = (change: object = {}) =>
    resource("aws:sfn/stateMachine:StateMachine", "machine", { ...machineProperties, ...change });
const logging = (change: object) =>
    machine({ loggingConfiguration: { ...machineProperties.loggingConfiguration, ...change } });
const machineLogs = (kmsKeyId: unknown) =>
    resource("aws:cloudwatch/logGroup:LogGroup", "logs", {
        name: "/aws/vendedlogs/states/machine",
        arn: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/machine",
        retentionInDays: 30,
        kmsKeyId,
    });
const lambda = (change: object = {}) =>
    resource("aws:lambda/function:Function", "f", {
        name: "f",
        runtime: "nodejs22.x",
        kmsKeyArn: keyArn,
        environment: { variables: { RAW: "raw" } },
        tracingConfig: { mode: "Active" },
        ...change,
    });
const permission = (change: object = {}) =>
    resource("aws:lambda/permission:Permission", "p", {
        action: "lambda:InvokeFunction",
        function: "f",
        principal: "events.amazonaws.com",
        sourceArn: `arn:aws:events:eu-west-1:${account}:rule/x`,
        ...change,
    });

describe("policies on state machines, functions and schedules", () => {
    usePack();

    describePolicy("sfn-logging", {
        fails: {
            "errors only": ["level", logging({ level: "ERROR" })],
            "no logs": ["level", machine({ loggingConfiguration: undefined })],
            "logs to nowhere": ["logDestination", logging({ logDestination: undefined })],
        },
        passes: {
            "all events": [machine()],
            "a group that is only known later": [logging({ logDestination: unknown })],
        },
        unseen: { "a level that is only known later": [logging({ level: unknown })] },
    });

    describePolicy("sfn-execution-data", {
        fails: {
            "data in logs in the clear": [
                "includeExecutionData",
                logging({ includeExecutionData: true }),
                machineLogs(undefined),
            ],
            "data of a machine without a key": [
                "includeExecutionData",
                machine({
                    loggingConfiguration: {
                        ...machineProperties.loggingConfiguration,
                        includeExecutionData: true,
                    },
                    encryptionConfiguration: undefined,
                }),
                machineLogs(keyArn),
            ],
        },
        passes: {
            "no data": [machine()],
            "data where both have a key": [
                logging({ includeExecutionData: true }),
                machineLogs(keyArn),
            ],
            "data where both have a key, and the group is only known later": [
                {
                    ...logging({ includeExecutionData: true, logDestination: unknown }),
                    from: { loggingConfiguration: "logs" },
                },
                machineLogs(unknown),
            ],
        },
        unseen: {
            "a choice that is only known later": [logging({ includeExecutionData: unknown })],
        },
    });

    describePolicy("sfn-tracing", {
        fails: {
            "no traces": [
                "tracingConfiguration.enabled",
                machine({ tracingConfiguration: undefined }),
            ],
        },
        passes: { traces: [machine()] },
        unseen: {
            "tracing that is only known later": [machine({ tracingConfiguration: unknown })],
        },
    });

    describePolicy("sfn-encryption", {
        fails: {
            "AWS's key": [
                "encryptionConfiguration.type",
                machine({ encryptionConfiguration: { type: "AWS_OWNED_KEY" } }),
            ],
            "no key": [
                "encryptionConfiguration.kmsKeyId",
                machine({ encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY" } }),
            ],
        },
        passes: { "a key of one's own": [machine()] },
        unseen: {
            "a type that is only known later": [
                machine({ encryptionConfiguration: { type: unknown, kmsKeyId: unknown } }),
            ],
        },
    });

    describePolicy("lambda-encryption", {
        fails: {
            "a password in one word": [
                "secret::DBPASS",
                lambda({ environment: { variables: { DBPASS: "hunter2" } } }),
            ],
            "a key that signs": [
                "secret::JWT_SIGNING_KEY",
                lambda({ environment: { variables: { JWT_SIGNING_KEY: "f00f00" } } }),
            ],
            "a token that its form gives away": [
                "secret::NOTIFY",
                lambda({
                    environment: {
                        variables: { NOTIFY: "https://hooks.slack.com/services/T000/B000/x" },
                    },
                }),
            ],

            "an environment under AWS's key": ["kmsKeyArn", lambda({ kmsKeyArn: undefined })],
            "a password": [
                "secret::DB_PASSWORD",
                lambda({ environment: { variables: { DB_PASSWORD: "hunter2" } } }),
            ],
        },
        passes: {
            "names of what is no secret": [
                lambda({
                    environment: {
                        variables: { PARTITION_KEY: "day", SIGNING_KEY_ID: "k1", COMPASS: "north" },
                    },
                }),
            ],

            "a key of one's own": [lambda()],
            "no environment": [lambda({ kmsKeyArn: undefined, environment: undefined })],
        },
        unseen: { "an environment that is only known later": [lambda({ environment: unknown })] },
    });

    describePolicy("lambda-runtime", {
        fails: {
            "a runtime past its end": ["runtime", lambda({ runtime: "nodejs16.x" })],
            "Node.js 20": ["runtime", lambda({ runtime: "nodejs20.x" })],
            "Python 3.10": ["runtime", lambda({ runtime: "python3.10" })],
        },
        passes: {
            "a current runtime": [lambda()],
            "an image": [lambda({ runtime: undefined, packageType: "Image" })],
            "a current Python": [lambda({ runtime: "python3.13" })],
        },
        unseen: { "a runtime that is only known later": [lambda({ runtime: unknown })] },
    });

    describePolicy("lambda-tracing", {
        fails: {
            "no traces": ["tracingConfig.mode", lambda({ tracingConfig: { mode: "PassThrough" } })],
        },
        passes: { traces: [lambda()] },
        unseen: {
            "a mode that is only known later": [lambda({ tracingConfig: { mode: unknown } })],
        },
    });

    describePolicy("lambda-url-authorization", {
        fails: {
            "a public address": [
                "authorizationType",
                resource("aws:lambda/functionUrl:FunctionUrl", "u", { authorizationType: "NONE" }),
            ],
        },
        passes: {
            "an address behind IAM": [
                resource("aws:lambda/functionUrl:FunctionUrl", "u", {
                    authorizationType: "AWS_IAM",
                }),
            ],
        },
        unseen: {
            "a type that is only known later": [
                resource("aws:lambda/functionUrl:FunctionUrl", "u", { authorizationType: unknown }),
            ],
        },
    });

    describePolicy("lambda-permission", {
        fails: {
            everybody: ["principal", permission({ principal: "*" })],
            "a service on behalf of anybody": ["source", permission({ sourceArn: undefined })],
            "a service on behalf of any account": [
                "source",
                permission({ sourceArn: "arn:aws:events:eu-west-1:*:rule/x" }),
            ],
            "S3 on behalf of any bucket": [
                "source",
                permission({ principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::*" }),
            ],
            "every action": ["action", permission({ action: "lambda:*" })],
        },
        passes: {
            "a service for a rule": [permission()],
            "a rule that is only known later": [permission({ sourceArn: unknown })],
            "a named account": [permission({ principal: account, sourceArn: undefined })],
        },
        unseen: { "a principal that is only known later": [permission({ principal: unknown })] },
    });

    describePolicy("scheduler-encryption", {
        fails: {
            "AWS's key": [
                "kmsKeyArn",
                resource("aws:scheduler/schedule:Schedule", "s", { name: "s" }),
            ],
        },
        passes: {
            "a key of one's own": [
                resource("aws:scheduler/schedule:Schedule", "s", { kmsKeyArn: keyArn }),
            ],
            "a key that is only known later": [
                resource("aws:scheduler/schedule:Schedule", "s", { kmsKeyArn: unknown }),
            ],
        },
    });
});
