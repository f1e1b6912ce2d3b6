/** Messaging, orchestration, logs and the network. */
import {
    account,
    describePolicy,
    document,
    keyArn,
    resource,
    unknown,
    usePack,
    without,
} from "./support";

const topicArn = `arn:aws:sns:eu-west-1:${account}:alerts`;
const queueArn = `arn:aws:sqs:eu-west-1:${account}:work`;
const topic = (properties: object = {}) =>
    resource("aws:sns/topic:Topic", "alerts", {
        name: "alerts",
        arn: topicArn,
        kmsMasterKeyId: keyArn,
        ...properties,
    });
const refuseHttp = (action: string, on: string) => ({
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: on,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const topicPolicy = (policy: unknown) =>
    resource("aws:sns/topicPolicy:TopicPolicy", "policy", { arn: topicArn, policy });
const queue = (properties: object = {}, name = "work") =>
    resource("aws:sqs/queue:Queue", name, {
        name,
        url: `https://sqs/${name}`,
        arn: `arn:aws:sqs:eu-west-1:${account}:${name}`,
        kmsMasterKeyId: keyArn,
        ...properties,
    });
const queuePolicy = (policy: unknown) =>
    resource("aws:sqs/queuePolicy:QueuePolicy", "policy", { queueUrl: "https://sqs/work", policy });

describe("policies on topics and queues", () => {
    usePack();

    describePolicy("sns-topic-encryption", {
        fails: {
            "a topic in the clear": ["kmsMasterKeyId", topic({ kmsMasterKeyId: undefined })],
            "the key under which alarms are lost": [
                "kmsMasterKeyId",
                topic({ kmsMasterKeyId: "alias/aws/sns" }),
            ],
        },
        passes: {
            "a key of one's own": [topic()],
            "an alias of one's own": [topic({ kmsMasterKeyId: "alias/alerts" })],
            "a key that is only known later": [topic({ kmsMasterKeyId: unknown })],
        },
    });

    describePolicy("sns-topic-tls-only", {
        fails: {
            "a topic without a policy": ["tls", topic()],
            "a policy without TLS": [
                "tls",
                topic(),
                topicPolicy(document({ ...refuseHttp("sns:Publish", topicArn), Effect: "Allow" })),
            ],
            "a policy on another topic": [
                "tls",
                topic(),
                topicPolicy(document(refuseHttp("sns:Publish", `${topicArn}2`))),
            ],
        },
        passes: {
            "a policy apart": [topic(), topicPolicy(document(refuseHttp("sns:Publish", topicArn)))],
            "a policy inline": [topic({ policy: document(refuseHttp("sns:*", "*")) })],
        },
        unseen: { "a policy that is only known later": [topic(), topicPolicy(unknown)] },
    });

    describePolicy("sns-subscription-tls", {
        fails: {
            "plain HTTP": [
                "protocol",
                resource("aws:sns/topicSubscription:TopicSubscription", "s", { protocol: "http" }),
            ],
        },
        passes: {
            "e-mail": [
                resource("aws:sns/topicSubscription:TopicSubscription", "s", { protocol: "email" }),
            ],
        },
        unseen: {
            "a protocol that is only known later": [
                resource("aws:sns/topicSubscription:TopicSubscription", "s", { protocol: unknown }),
            ],
        },
    });

    describePolicy("sqs-queue-encryption", {
        fails: {
            "SQS's own key": [
                "kmsMasterKeyId",
                queue({ kmsMasterKeyId: undefined, sqsManagedSseEnabled: true }),
            ],
            "the key that AWS manages": [
                "kmsMasterKeyId",
                queue({ kmsMasterKeyId: "alias/aws/sqs" }),
            ],
        },
        passes: { "a key of one's own": [queue()] },
    });

    describePolicy("sqs-queue-tls-only", {
        fails: { "a queue without a policy": ["tls", queue()] },
        passes: {
            "a policy apart": [queue(), queuePolicy(document(refuseHttp("sqs:*", queueArn)))],
        },
        unseen: { "a policy that is only known later": [queue(), queuePolicy(unknown)] },
    });

    describePolicy("sqs-queue-dead-letters", {
        fails: { "a queue that loses messages": ["redrivePolicy", queue()] },
        passes: {
            "a queue and the one for its dead letters": [
                queue({
                    redrivePolicy: JSON.stringify({
                        deadLetterTargetArn: `arn:aws:sqs:eu-west-1:${account}:dead`,
                        maxReceiveCount: 3,
                    }),
                }),
                queue({}, "dead"),
            ],
            "a redrive policy apart": [
                queue(),
                queue({}, "dead"),
                resource(
                    "aws:sqs/redrivePolicy:RedrivePolicy",
                    "redrive",
                    { queueUrl: "https://sqs/work", redrivePolicy: unknown },
                    { redrivePolicy: "dead" },
                ),
            ],
            "the dead letters of a function": [
                queue(),
                resource(
                    "aws:lambda/function:Function",
                    "f",
                    { deadLetterConfig: { targetArn: unknown } },
                    { deadLetterConfig: "work" },
                ),
            ],
        },
        unseen: {
            "the redrive policy of some queue": [
                queue(),
                resource("aws:sqs/redrivePolicy:RedrivePolicy", "redrive", {
                    queueUrl: unknown,
                    redrivePolicy: "{}",
                }),
            ],
        },
    });
});

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
            "an environment under AWS's key": ["kmsKeyArn", lambda({ kmsKeyArn: undefined })],
            "a password": [
                "secret::DB_PASSWORD",
                lambda({ environment: { variables: { DB_PASSWORD: "hunter2" } } }),
            ],
        },
        passes: {
            "a key of one's own": [lambda()],
            "no environment": [lambda({ kmsKeyArn: undefined, environment: undefined })],
        },
        unseen: { "an environment that is only known later": [lambda({ environment: unknown })] },
    });

    describePolicy("lambda-runtime", {
        fails: { "a runtime past its end": ["runtime", lambda({ runtime: "nodejs16.x" })] },
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
        },
    });
});

const group = (change: object = {}) =>
    resource("aws:cloudwatch/logGroup:LogGroup", "g", {
        name: "/aws/lambda/f",
        kmsKeyId: keyArn,
        retentionInDays: 30,
        ...change,
    });
const alarm = (change: object = {}) =>
    resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
        alarmActions: [topicArn],
        ...change,
    });

describe("policies on logs and alarms", () => {
    usePack();

    describePolicy("log-group-encryption", {
        fails: { "AWS's key": ["kmsKeyId", group({ kmsKeyId: undefined })] },
        passes: {
            "a key of one's own": [group()],
            "a key that is only known later": [group({ kmsKeyId: unknown })],
        },
    });

    describePolicy("log-group-retention", {
        fails: {
            "logs for ever": ["retentionInDays", group({ retentionInDays: 0 })],
            "silence, which is for ever": [
                "retentionInDays",
                group({ retentionInDays: undefined }),
            ],
            "a day": ["retentionInDays", group({ retentionInDays: 1 })],
        },
        passes: { "a month": [group()] },
        unseen: { "retention that is only known later": [group({ retentionInDays: unknown })] },
    });

    describePolicy("lambda-log-group", {
        fails: {
            "a group that Lambda makes by itself": ["log-group", lambda()],
            "the group of another function": [
                "log-group",
                lambda(),
                group({ name: "/aws/lambda/other" }),
            ],
        },
        passes: {
            "a group by the function's name": [lambda(), group()],
            "a group by name": [
                lambda({ loggingConfig: { logGroup: "/own" } }),
                group({ name: "/own" }),
            ],
            "a group that is only known later": [
                lambda({ loggingConfig: { logGroup: unknown } }),
                { ...group(), name: "own" },
            ].map((given, index) =>
                index === 0 ? { ...given, from: { loggingConfig: "own" } } : given,
            ),
        },
        unseen: { "a name that is only known later": [lambda({ name: unknown })] },
    });

    const warehouseLogs = resource("aws:redshift/logging:Logging", "audit", {
        clusterIdentifier: "wh",
        logDestinationType: "cloudwatch",
        logExports: ["userlog"],
    });
    const loader = resource("aws:glue/job:Job", "load", {
        name: "load",
        securityConfiguration: "sc",
        roleArn: `arn:aws:iam::${account}:role/loader`,
    });
    const named = (name: string) =>
        resource("aws:cloudwatch/logGroup:LogGroup", name, {
            name,
            kmsKeyId: keyArn,
            retentionInDays: 30,
        });

    describePolicy("service-log-groups", {
        fails: {
            "groups that Redshift makes by itself": ["log-group", warehouseLogs],
            "groups that Glue makes by itself": [
                "log-group",
                loader,
                named("/aws-glue/jobs/sc-role/loader/output"),
            ],
        },
        passes: {
            "Redshift's group": [warehouseLogs, named("/aws/redshift/cluster/wh/userlog")],
            "Glue's groups": [
                loader,
                named("/aws-glue/jobs/sc-role/loader/output"),
                named("/aws-glue/jobs/sc-role/loader/error"),
            ],
            "a crawler's group": [
                resource("aws:glue/crawler:Crawler", "c", {
                    name: "c",
                    securityConfiguration: "sc",
                    role: "crawler",
                }),
                named("/aws-glue/crawlers-role/crawler-sc"),
            ],
        },
        unseen: {
            "groups that are only known later": [
                warehouseLogs,
                resource("aws:cloudwatch/logGroup:LogGroup", "g", { name: unknown }),
            ],
        },
    });

    describePolicy("alarm-action", {
        fails: {
            "an alarm that tells nobody": ["alarmActions", alarm({ alarmActions: [] })],
            "an alarm that is switched off": ["actionsEnabled", alarm({ actionsEnabled: false })],
        },
        passes: {
            "an alarm to a topic": [alarm()],
            "a topic that is only known later": [alarm({ alarmActions: [unknown] })],
        },
        unseen: { "a switch that is only known later": [alarm({ actionsEnabled: unknown })] },
    });
});

const inline = (direction: string, rule: object) =>
    resource("aws:ec2/securityGroup:SecurityGroup", "sg", {
        description: "nodes",
        [direction]: [{ protocol: "tcp", fromPort: 443, toPort: 443, description: "x", ...rule }],
    });
const rule = (type: string, change: object) =>
    resource("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", {
        type,
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "x",
        ...change,
    });
const newRule = (kind: "Ingress" | "Egress", change: object) =>
    resource(`aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`, "rule", {
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "x",
        ...change,
    });
const vpc = resource("aws:ec2/vpc:Vpc", "vpc", { id: "vpc-1" });
const endpointPolicy = {
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": account } },
};
const endpoint = (service: string, policy: unknown = document(endpointPolicy)) =>
    resource("aws:ec2/vpcEndpoint:VpcEndpoint", service, {
        vpcId: "vpc-1",
        serviceName: `com.amazonaws.eu-west-1.${service}`,
        policy,
    });

describe("policies on the network", () => {
    usePack();

    describePolicy("security-group-world-ingress", {
        fails: {
            "the internet, inline": [
                "ingress::0.0.0.0/0",
                inline("ingress", { cidrBlocks: ["0.0.0.0/0"] }),
            ],
            "the internet over IPv6": [
                "ingress::::/0",
                inline("ingress", { ipv6CidrBlocks: ["::/0"] }),
            ],
            "the internet in a rule": [
                "ingress::0.0.0.0/0",
                rule("ingress", { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }),
            ],
            "the internet in a rule of the newer type": [
                "ingress::0.0.0.0/0",
                newRule("Ingress", { cidrIpv4: "0.0.0.0/0" }),
            ],
            "half of the internet": [
                "ingress::128.0.0.0/1",
                newRule("Ingress", { cidrIpv4: "128.0.0.0/1" }),
            ],
        },
        passes: {
            "one's own network": [inline("ingress", { cidrBlocks: ["10.0.0.0/8"] })],
            "a group": [newRule("Ingress", { referencedSecurityGroupId: "sg-1" })],
            "the internet, outwards": [rule("egress", { cidrBlocks: ["0.0.0.0/0"] })],
        },
        unseen: {
            "ranges that are only known later": [rule("ingress", { cidrBlocks: [unknown] })],
            "rules that are only known later": [
                resource("aws:ec2/securityGroup:SecurityGroup", "sg", { ingress: unknown }),
            ],
        },
    });

    describePolicy("security-group-egress", {
        fails: {
            "everything to everywhere": [
                "egress::0.0.0.0/0",
                newRule("Egress", {
                    ipProtocol: "-1",
                    fromPort: undefined,
                    toPort: undefined,
                    cidrIpv4: "0.0.0.0/0",
                }),
            ],
            "all ports": [
                "egress::0.0.0.0/0",
                inline("egress", { fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }),
            ],
            "SSH to everywhere": [
                "egress::0.0.0.0/0",
                rule("egress", { fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }),
            ],
        },
        passes: {
            HTTPS: [newRule("Egress", { cidrIpv4: "0.0.0.0/0" })],
            "a prefix list": [newRule("Egress", { prefixListId: "pl-1" })],
        },
        unseen: { "a range that is only known later": [newRule("Egress", { cidrIpv4: unknown })] },
    });

    describePolicy("security-group-descriptions", {
        fails: {
            "a group without one": [
                "description",
                resource("aws:ec2/securityGroup:SecurityGroup", "sg"),
            ],
            "a rule without one": [
                "rule-description",
                newRule("Ingress", { description: undefined }),
            ],
        },
        passes: { both: [inline("ingress", { cidrBlocks: ["10.0.0.0/8"] })] },
        unseen: {
            "a text that is only known later": [newRule("Ingress", { description: unknown })],
        },
    });

    describePolicy("vpc-flow-logs", {
        fails: {
            "no flow logs": ["flowLog", vpc],
            "only what is let through": [
                "trafficType",
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", {
                    vpcId: "vpc-1",
                    trafficType: "ACCEPT",
                }),
            ],
        },
        passes: {
            "flow logs": [
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", {
                    vpcId: "vpc-1",
                    trafficType: "ALL",
                    logDestination: "arn:aws:logs:x",
                }),
            ],
        },
        unseen: {
            "the flow log of some VPC": [
                vpc,
                resource("aws:ec2/flowLog:FlowLog", "flow", { vpcId: unknown }),
            ],
        },
    });

    describePolicy("vpc-default-security-group", {
        fails: {
            "AWS's default group": ["defaultSecurityGroup", vpc],
            "a default group with rules": [
                "egress",
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: "vpc-1",
                    egress: [{ protocol: "-1" }],
                }),
            ],
        },
        passes: {
            "a closed default group": [
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: "vpc-1",
                }),
            ],
        },
        unseen: {
            "the default group of some VPC": [
                vpc,
                resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {
                    vpcId: unknown,
                }),
            ],
        },
    });

    describePolicy("subnet-public-addresses", {
        fails: {
            "public addresses": [
                "mapPublicIpOnLaunch",
                resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: true }),
            ],
        },
        passes: {
            none: [resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: false })],
            silence: [resource("aws:ec2/subnet:Subnet", "s")],
        },
        unseen: {
            "a choice that is only known later": [
                resource("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: unknown }),
            ],
        },
    });

    describePolicy("vpc-endpoints", {
        fails: {
            "a bucket without a way to it": [
                "endpoint::s3",
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
            ],
            "a key without a way to it": [
                "endpoint::kms",
                vpc,
                resource("aws:kms/key:Key", "k"),
                endpoint("s3"),
            ],
        },
        passes: {
            "a bucket with a gateway": [
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
                endpoint("s3"),
            ],
            "nothing to reach": [vpc],
        },
        unseen: {
            "an endpoint for some service": [
                vpc,
                resource("aws:s3/bucket:Bucket", "b", { bucket: "b" }),
                resource("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
                    vpcId: "vpc-1",
                    serviceName: unknown,
                }),
            ],
        },
    });

    describePolicy("vpc-endpoint-policy", {
        fails: {
            "AWS's full access": ["policy", endpoint("s3", null)],
            "anybody's credentials on anything of a service": [
                "policy",
                endpoint(
                    "kms",
                    document({ ...without(endpointPolicy, "Condition"), Action: "kms:Decrypt" }),
                ),
            ],
            "full access, said": [
                "policy",
                endpoint("s3", document(without(endpointPolicy, "Condition"))),
            ],
        },
        passes: {
            "the account's principals": [endpoint("s3")],
            "packages of any account": [
                endpoint(
                    "s3",
                    document({ ...without(endpointPolicy, "Condition"), Action: "s3:GetObject" }),
                ),
            ],
            "named buckets": [
                endpoint(
                    "s3",
                    document({
                        ...without(endpointPolicy, "Condition"),
                        Action: "s3:GetObject",
                        Resource: "arn:aws:s3:::data/*",
                    }),
                ),
            ],
        },
        unseen: { "a policy that is only known later": [endpoint("s3", unknown)] },
    });
});
