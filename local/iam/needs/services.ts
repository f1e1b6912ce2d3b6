/** What the other services' requests need: their own action on what the parameters name, and what goes with it. */
import type { Parameters } from "../parameters";
import type { Asked, ServiceNeeds, Surroundings } from "./types";

/** Values for the variables of ARN templates, by the parameters of the request. */
type Variables = (
    parameters: Parameters,
    call: Surroundings["call"],
) => Readonly<Record<string, readonly string[] | undefined>>;

interface Service {
    /** As actions begin. @default the signing name */
    readonly prefix?: string;
    readonly actions?: Readonly<Record<string, string>>;
    readonly variables: Variables;
    /** Resources that are named whole. @default those that the templates give */
    readonly resources?: (surroundings: Surroundings) => readonly string[] | undefined;
    /** What a request asks beside its own action. */
    readonly more?: (surroundings: Surroundings) => readonly Asked[] | Promise<readonly Asked[]>;
    /** What conditions may ask about. */
    readonly context?: (surroundings: Surroundings) => NonNullable<Asked["context"]>;
}

const anyCluster = ({ region, accountId }: Surroundings["site"]): string =>
    `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/*`;
const one = (value: unknown): readonly string[] | undefined =>
    typeof value === "string" && value !== "" ? [value] : undefined;
/** The last part of an ARN, after `separator`. */
const last = (arn: unknown, separator: string): readonly string[] | undefined =>
    typeof arn === "string" ? one(arn.slice(arn.lastIndexOf(separator) + 1)) : undefined;

const services: Readonly<Record<string, Service>> = {
    glue: {
        variables: (p, { action }) => ({
            DatabaseName: one(
                p.DatabaseName ??
                    p.DatabaseInput?.Name ??
                    (/Database$/.test(action) ? p.Name : undefined),
            ),
            // a listing asks for all tables of the database
            TableName: one(
                p.TableName ?? p.TableInput?.Name ?? (/Tables$/.test(action) ? "*" : p.Name),
            ),
            CrawlerName: one(p.Name ?? p.CrawlerName),
            JobName: one(p.JobName ?? p.Name),
        }),
    },
    elasticmapreduce: {
        variables: (p) => ({
            ClusterId: p.JobFlowIds ?? one(p.JobFlowId ?? p.ClusterId ?? p.ResourceId),
        }),
        // the reference knows no resource for a launch, but EMR asks for one and names it in refusals
        // (https://github.com/serverless-operations/serverless-step-functions/issues/423)
        resources: ({ call, site }) =>
            call.action === "RunJobFlow" ? [anyCluster(site)] : undefined,
        context: ({ parameters: p, site, tagsOf }) => {
            const id = p.JobFlowIds?.[0] ?? p.JobFlowId ?? p.ClusterId ?? p.ResourceId;
            const cluster = `arn:aws:elasticmapreduce:${site.region}:${site.accountId}:cluster/${String(id)}`;
            return {
                "elasticmapreduce:ExecutionRoleArn": p.ExecutionRoleArn,
                ...tags("elasticmapreduce:ResourceTag", tagsOf(cluster)),
                ...tags("aws:ResourceTag", tagsOf(cluster)),
                ...requestTags(p.Tags),
            };
        },
        more: async ({ call, parameters: p, policies, site }) => {
            if (call.action !== "RunJobFlow") return [];
            // it hands on the service role to EMR and the instances' to EC2, and tags what it launches
            const instance = await policies.roleOfProfile(String(p.JobFlowRole));
            return [
                passRole(site, p.ServiceRole, "elasticmapreduce.amazonaws.com"),
                passRole(site, instance ?? p.JobFlowRole, "ec2.amazonaws.com"),
                ...(p.Tags === undefined
                    ? []
                    : [
                          {
                              action: "elasticmapreduce:AddTags",
                              resources: [anyCluster(site)],
                              context: requestTags(p.Tags),
                          },
                      ]),
            ];
        },
    },
    "redshift-data": {
        variables: (p) => ({ ClusterName: one(p.ClusterIdentifier) }),
        // who logs on: an IAM identity by itself, by a database user's name, or with the secret of one
        // (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html)
        more: async ({ call, parameters: p, policies, site }) => {
            if (!/ExecuteStatement$/.test(call.action)) return [];
            if (typeof p.SecretArn === "string") return secretNeeds(p.SecretArn, policies, site);
            const arn = (resource: string) =>
                `arn:aws:redshift:${site.region}:${site.accountId}:${resource}`;
            const cluster = String(p.ClusterIdentifier);
            return typeof p.DbUser === "string"
                ? [
                      {
                          action: "redshift:GetClusterCredentials",
                          resources: [
                              arn(`dbuser:${cluster}/${p.DbUser}`),
                              arn(`dbname:${cluster}/${String(p.Database)}`),
                          ],
                      },
                  ]
                : [
                      {
                          action: "redshift:GetClusterCredentialsWithIAM",
                          resources: [arn(`dbname:${cluster}/${String(p.Database)}`)],
                      },
                  ];
        },
    },
    lambda: {
        actions: { Invoke: "InvokeFunction" },
        variables: (_, { path }) => {
            const name = decodeURIComponent(path.split("?")[0]?.split("/")[3] ?? "");
            return { FunctionName: one(name.startsWith("arn:") ? name.split(":")[6] : name) };
        },
    },
    logs: {
        // the ARN of a group ends with its streams: `:*` in policies
        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html)
        variables: (p, { action }) => ({
            LogGroupName: /Stream|LogEvents$/.test(action)
                ? one(p.logGroupName)
                : one(p.logGroupName)?.map((name) => `${name}:log-stream:`),
            LogStreamName: one(p.logStreamName),
        }),
        more: ({ call, parameters: p, site }) =>
            call.action === "CreateLogGroup" && typeof p.kmsKeyId === "string"
                ? [
                      {
                          action: "logs:AssociateKmsKey",
                          resources: [
                              `arn:aws:logs:${site.region}:${site.accountId}:log-group:${String(p.logGroupName)}:log-stream:`,
                          ],
                      },
                  ]
                : [],
    },
    monitoring: {
        prefix: "cloudwatch",
        variables: () => ({}),
        context: ({ parameters: p }) => ({ "cloudwatch:namespace": p.Namespace }),
    },
    sns: {
        variables: (p) => ({ TopicName: last(p.TopicArn, ":") }),
        more: async ({ call, parameters: p, policies, site }) => {
            const { keyArn } = call.action === "Publish" ? await policies.topic(p.TopicArn) : {};
            if (keyArn === undefined) return [];
            // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            return ["kms:GenerateDataKey", "kms:Decrypt"].map((action) => ({
                action,
                resources: [keyArn],
                context: {
                    "kms:ViaService": `sns.${site.region}.amazonaws.com`,
                    "kms:CallerAccount": site.accountId,
                    "kms:EncryptionContext:aws:sns:topicArn": p.TopicArn,
                },
            }));
        },
    },
    states: {
        variables: (p) => ({
            StateMachineName: last(p.stateMachineArn, ":"),
            ExecutionId: last(p.executionArn, ":"),
        }),
    },
    events: {
        variables: (p) => ({ RuleName: one(p.Rule ?? p.Name) }),
    },
    secretsmanager: {
        variables: (p) => ({
            SecretId: String(p.SecretId).startsWith("arn:")
                ? last(p.SecretId, ":")
                : one(p.SecretId),
        }),
    },
    kms: {
        variables: (p) => ({ KeyId: last(p.KeyId, "/") }),
        context: ({ parameters: p, site }) => ({
            "kms:CallerAccount": site.accountId,
            ...Object.fromEntries(
                Object.entries<string>(p.EncryptionContext ?? {}).map(([key, value]) => [
                    `kms:EncryptionContext:${key}`,
                    value,
                ]),
            ),
        }),
    },
    sts: {
        variables: () => ({}),
        resources: ({ parameters: p }) => one(p.RoleArn),
        context: ({ parameters: p }) => ({
            "sts:ExternalId": p.ExternalId,
            "sts:RoleSessionName": p.RoleSessionName,
            "sts:SourceIdentity": p.SourceIdentity,
            ...requestTags(flatTags(p)),
        }),
        more: ({ parameters: p }) =>
            [
                ...(flatTags(p).length > 0 ? ["sts:TagSession"] : []),
                ...(p.SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
            ].map((action) => ({
                action,
                resources: [String(p.RoleArn)],
                context: {
                    "sts:SourceIdentity": p.SourceIdentity,
                    "sts:RoleSessionName": p.RoleSessionName,
                    ...requestTags(flatTags(p)),
                },
            })),
    },
};

/** Needs of the service that signs as `service`, by its own model where nothing is said of it here. */
export function needsOf(service: string): ServiceNeeds {
    const known = services[service];
    return {
        before: async (surroundings) => {
            const { call, parameters } = surroundings;
            const action = `${known?.prefix ?? service}:${known?.actions?.[call.action] ?? call.action}`;
            const resources = known?.resources?.(surroundings);
            const own: Asked = {
                action,
                variables: known?.variables(parameters, call) ?? {},
                ...(resources === undefined ? {} : { resources }),
                ...(known?.context === undefined ? {} : { context: known.context(surroundings) }),
            };
            return [own, ...((await known?.more?.(surroundings)) ?? [])];
        },
    };
}

/** To read a secret, and to open it (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html). */
async function secretNeeds(
    secretArn: string,
    policies: Surroundings["policies"],
    site: Surroundings["site"],
): Promise<Asked[]> {
    const read = { action: "secretsmanager:GetSecretValue", resources: [secretArn] };
    const keyArn = await policies.secretKey(secretArn);
    if (keyArn === undefined) return [read];
    const context = {
        "kms:ViaService": `secretsmanager.${site.region}.amazonaws.com`,
        "kms:CallerAccount": site.accountId,
        "kms:EncryptionContext:SecretARN": secretArn,
    };
    return [read, { action: "kms:Decrypt", resources: [keyArn], context }];
}

function passRole(site: Surroundings["site"], role: unknown, service: string): Asked {
    const name = String(role);
    return {
        action: "iam:PassRole",
        resources: [name.startsWith("arn:") ? name : `arn:aws:iam::${site.accountId}:role/${name}`],
        context: { "iam:PassedToService": service },
    };
}

interface Tag {
    readonly Key: string;
    readonly Value?: string;
}

const tags = (prefix: string, all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).map(([key, value]) => [`${prefix}/${key}`, value]));

function requestTags(given: readonly Tag[] = []): Record<string, string | string[]> {
    if (given.length === 0) return {};
    return {
        ...tags(
            "aws:RequestTag",
            Object.fromEntries(given.map(({ Key, Value = "" }) => [Key, Value])),
        ),
        "aws:TagKeys": given.map(({ Key }) => Key),
    };
}

/** Tags of a form: `Tags.member.1.Key=…&Tags.member.1.Value=…`. */
function flatTags(parameters: Parameters): Tag[] {
    return Object.entries(parameters)
        .filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name))
        .map(([name, Key]) => ({ Key, Value: parameters[name.replace(/Key$/, "Value")] ?? "" }));
}
