/** Topics and queues. */
import { account, describePolicy, document, keyArn, resource, unknown, usePack } from "./support";

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
        passes: {
            "a key of one's own": [queue()],
            "a key that is only known later": [queue({ kmsMasterKeyId: unknown })],
        },
    });

    describePolicy("sqs-queue-tls-only", {
        fails: {
            "a queue without a policy": ["tls", queue()],
            "a refusal for senders only": [
                "tls",
                queue(),
                queuePolicy(document(refuseHttp("sqs:SendMessage", queueArn))),
            ],
        },
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
