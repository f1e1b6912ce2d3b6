/** SNS topics and SQS queues. */
import { expectCustomerKey, expectThat } from "./core/checks";
import { resourcePolicy, stackPolicy, type Policy } from "./core/policy";
import type { Stack } from "./core/stack";
import type { Subject } from "./core/subject";
import type { Verdict } from "./core/verdict";
import { readDocument } from "./iam/document";
import { refuses, whereInsecure } from "./iam/transport";

const topicType = "aws:sns/topic:Topic";
const queueType = "aws:sqs/queue:Queue";
const snsDocs = "https://docs.aws.amazon.com/sns/latest/dg/";
const sqsDocs = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/";

const topicEncryption = resourcePolicy({
    name: "sns-topic-encryption",
    title: "Topics are encrypted under a customer-managed key",
    risk: "Messages lie in the clear; under alias/aws/sns CloudWatch can't publish, and alarms are lost without an error.",
    severity: "high",
    types: [topicType],
    remedy: "Set kmsMasterKeyId to a key whose policy lets the publishing services use it.",
    url: `${snsDocs}sns-key-management.html`,
    judge: (topic, verdict) => {
        expectCustomerKey(verdict, topic.at("kmsMasterKeyId"));
    },
});

const queueEncryption = resourcePolicy({
    name: "sqs-queue-encryption",
    title: "Queues are encrypted under a customer-managed key",
    risk: "Messages lie under a key that is AWS's: whoever may receive, may read.",
    severity: "high",
    fsbp: ["SQS.1"],
    types: [queueType],
    remedy: "Set kmsMasterKeyId.",
    url: `${sqsDocs}sqs-server-side-encryption.html`,
    judge: (queue, verdict) => {
        expectCustomerKey(verdict, queue.at("kmsMasterKeyId"));
    },
});

const topicTransport = stackPolicy({
    name: "sns-topic-tls-only",
    title: "Topic policies refuse plain HTTP",
    risk: "SNS takes messages over plain HTTP as well; they can be read and changed on the way.",
    severity: "medium",
    remedy: "Deny sns:Publish to everyone where aws:SecureTransport is false.",
    url: `${snsDocs}sns-security-best-practices.html`,
    judge: (stack, verdictOn) => {
        judgeTransport(stack, verdictOn, {
            type: topicType,
            policyType: "aws:sns/topicPolicy:TopicPolicy",
            reference: "arn",
            actions: ["sns:Publish"],
        });
    },
});

const queueTransport = stackPolicy({
    name: "sqs-queue-tls-only",
    title: "Queue policies refuse plain HTTP",
    risk: "SQS takes and gives messages over plain HTTP as well; they can be read and changed on the way.",
    severity: "medium",
    remedy: "Deny sqs:* to everyone where aws:SecureTransport is false.",
    url: `${sqsDocs}sqs-security-best-practices.html`,
    judge: (stack, verdictOn) => {
        judgeTransport(stack, verdictOn, {
            type: queueType,
            policyType: "aws:sqs/queuePolicy:QueuePolicy",
            reference: "queueUrl",
            actions: ["sqs:SendMessage", "sqs:ReceiveMessage"],
        });
    },
});

interface Kind {
    readonly type: string;
    readonly policyType: string;
    /** Property of the policy that names what it is for. */
    readonly reference: string;
    /** What must be refused. */
    readonly actions: readonly string[];
}

function judgeTransport(stack: Stack, verdictOn: (subject: Subject) => Verdict, kind: Kind): void {
    const { type, policyType, reference, actions } = kind;
    const fix = `deny ${actions.join(" and ")} to everyone where aws:SecureTransport is false`;
    for (const subject of stack.of(type)) {
        const verdict = verdictOn(subject);
        const { found, uncertain } = stack.joined(subject, reference, policyType);
        const places =
            found.length > 0 ? found.map((policy) => policy.at("policy")) : [subject.at("policy")];
        const readings = places.map(readDocument);
        const refused = (action: string) =>
            readings.some(
                (reading) =>
                    reading.kind === "document" &&
                    refuses(
                        reading.document,
                        action,
                        [subject.at("arn").text ?? firstResource(reading.document.statements)],
                        whereInsecure,
                    ),
            );
        if (actions.every(refused)) continue;
        if (uncertain || readings.some(({ kind: is }) => is === "unknown"))
            verdict.unseen("policy");
        else
            verdict.violation({
                finding: "tls",
                property: "policy",
                found: "silent on plain HTTP",
                fix,
            });
    }
}

/** Where the ARN isn't known yet, the document's own idea of it. */
const firstResource = (statements: readonly { readonly resources: readonly string[] }[]) =>
    statements.flatMap(({ resources }) => resources)[0] ?? "*";

const deadLetters = stackPolicy({
    name: "sqs-queue-dead-letters",
    title: "Queues put aside what can't be processed",
    risk: "A message that fails is tried until it expires, and is gone then.",
    severity: "medium",
    remedy: "Set redrivePolicy (or a RedrivePolicy) to a queue for dead letters.",
    url: `${sqsDocs}sqs-dead-letter-queues.html`,
    judge: (stack, verdictOn) => {
        const types = [
            "aws:sqs/redrivePolicy:RedrivePolicy",
            "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        ];
        for (const queue of stack.of(queueType)) {
            if (!queue.at("redrivePolicy").absent || !queue.at("redriveAllowPolicy").absent)
                continue;
            const { found, uncertain } = stack.joined(queue, "queueUrl", ...types);
            // The queue that takes dead letters needs no other: of a queue, a function, a schedule, a subscription.
            const takesDeadLetters = stack.isNamedBy(
                queue,
                "redrivePolicy",
                "deadLetterConfig",
                "target",
            );
            if (found.length > 0) continue;
            if (takesDeadLetters) continue;
            if (uncertain || takesDeadLetters === undefined)
                verdictOn(queue).unseen("redrivePolicy");
            else
                verdictOn(queue).violation({
                    finding: "redrivePolicy",
                    property: "redrivePolicy",
                    found: undefined,
                    fix: "name a queue for dead letters",
                });
        }
    },
});

const subscriptions = resourcePolicy({
    name: "sns-subscription-tls",
    title: "Subscriptions use HTTPS",
    risk: "Messages are delivered in the clear.",
    severity: "medium",
    types: ["aws:sns/topicSubscription:TopicSubscription"],
    remedy: "Use protocol https, or one that AWS delivers itself.",
    url: `${snsDocs}sns-security-best-practices.html`,
    judge: (subscription, verdict) => {
        expectThat(verdict, subscription.at("protocol"), (value) => value !== "http", {
            fix: "set it to https",
        });
    },
});

export const messaging: readonly Policy[] = [
    topicEncryption,
    topicTransport,
    subscriptions,
    queueEncryption,
    queueTransport,
    deadLetters,
];
