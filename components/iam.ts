/** Policy documents and service roles: the one place where either is built. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Operators and keys of a statement's `Condition`, in IAM's own JSON names. */
export type Conditions = Readonly<
    Record<
        string,
        Readonly<Record<string, pulumi.Input<string | string[]> | readonly pulumi.Input<string>[]>>
    >
>;

/** One statement of a policy document, in IAM's own JSON names. */
export interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action: readonly string[];
    readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
    readonly Principal?:
        | "*"
        | {
              readonly Service?: readonly pulumi.Input<string>[];
              readonly AWS?: pulumi.Input<string> | readonly pulumi.Input<string>[];
          };
    readonly Condition?: Conditions;
}

/** The account, Region and partition that the provider deploys to. */
export interface Site {
    readonly accountId: pulumi.Output<string>;
    readonly region: pulumi.Output<string>;
    /** `aws`, `aws-cn` or `aws-us-gov`. */
    readonly partition: pulumi.Output<string>;
}

/** Looks up where `component`'s provider deploys to; known at preview, so that ARNs built from it are. */
export function siteOf(component: pulumi.ComponentResource): Site {
    const options = { parent: component };
    return {
        accountId: aws.getCallerIdentityOutput({}, options).accountId,
        region: aws.getRegionOutput({}, options).region,
        partition: aws.getPartitionOutput({}, options).partition,
    };
}

/**
 * An ARN from names that are known before the resource exists, so that a document that holds it is known at preview.
 * `resource` is what follows the account, such as `database/logs`.
 */
export function arn(
    site: Site,
    service: string,
    resource: pulumi.Input<string>,
): pulumi.Output<string> {
    return pulumi.interpolate`arn:${site.partition}:${service}:${site.region}:${site.accountId}:${resource}`;
}

/** The ARN of a role of this account, from its name. */
export function roleArn(site: Site, roleName: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.interpolate`arn:${site.partition}:iam::${site.accountId}:role/${roleName}`;
}

/** The account as a principal: whatever IAM in the account lets in. */
export function accountRoot(site: Site): pulumi.Output<string> {
    return pulumi.interpolate`arn:${site.partition}:iam::${site.accountId}:root`;
}

/** The ARN of a bucket (or, with `key`, of the objects that match it), from its name. */
export function bucketArn(
    site: Site,
    bucket: pulumi.Input<string>,
    key?: pulumi.Input<string>,
): pulumi.Output<string> {
    return key === undefined
        ? pulumi.interpolate`arn:${site.partition}:s3:::${bucket}`
        : pulumi.interpolate`arn:${site.partition}:s3:::${bucket}/${key}`;
}

/** An Allow statement; actions are named one by one, never by wildcard. */
export function allow(
    actions: readonly string[],
    resource: NonNullable<Statement["Resource"]>,
    condition?: Conditions,
): Statement {
    const statement = { Effect: "Allow" as const, Action: actions, Resource: resource };
    return condition === undefined ? statement : { ...statement, Condition: condition };
}

/** The JSON of a policy document. Known as soon as every ARN in it is. */
export function document(...statements: Statement[]): pulumi.Output<string> {
    return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * A key policy that leaves access to IAM in the account and lets `services` of that account use the key.
 * Without the first statement, `kms:*` for the account's root, nobody could ever change the key again
 * (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
 */
export function accountKeyPolicy(site: Site, ...services: Statement[]): pulumi.Output<string> {
    return document(
        {
            Sid: "AccountAccess",
            ...allow(["kms:*"], "*"),
            Principal: { AWS: accountRoot(site) },
        },
        ...services,
    );
}

/**
 * Lets CloudWatch Logs use a key for the log groups whose name matches `logGroups`, and for no others
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
 */
export function logGroupsUseKey(site: Site, logGroups: string): Statement {
    const context = arn(site, "logs", `log-group:${logGroups}`);
    return {
        Sid: "LogGroups",
        ...allow(
            [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
                "kms:GenerateDataKey",
            ],
            "*",
            { ArnLike: { "kms:EncryptionContext:aws:logs:arn": context } },
        ),
        Principal: { Service: [pulumi.interpolate`logs.${site.region}.amazonaws.com`] },
    };
}

/** Arguments of {@link serviceRole}. */
export interface ServiceRoleArgs {
    /** Physical name, unique in the account; documents name the role by it. */
    readonly roleName: string;
    /** Service that assumes the role, such as `glue.amazonaws.com`. */
    readonly service: string;
    /** What the role is for, in a sentence. */
    readonly description: string;
    /**
     * Conditions of the trust.
     * @default `aws:SourceAccount` must be this account, against the confused deputy
     */
    readonly condition?: Conditions | "none";
}

/**
 * A role that one service may assume, without permissions: these come by grants.
 *
 * EC2 sends no `aws:SourceAccount` when it assumes an instance's role, so that its trust takes `condition: "none"`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
 */
export function serviceRole(
    component: pulumi.ComponentResource,
    name: string,
    args: ServiceRoleArgs,
): aws.iam.Role {
    const { accountId } = siteOf(component);
    const condition = args.condition ?? { StringEquals: { "aws:SourceAccount": accountId } };
    const trust: Statement = {
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: [args.service] },
    };
    return new aws.iam.Role(
        name,
        {
            name: args.roleName,
            description: args.description,
            assumeRolePolicy: document(
                condition === "none" ? trust : { ...trust, Condition: condition },
            ),
        },
        { parent: component },
    );
}

/** One inline policy on `role`, in a resource of its own. `name` is unique within `parent`. */
export function grant(
    parent: pulumi.Resource,
    name: string,
    role: aws.iam.Role,
    ...statements: Statement[]
): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(
        name,
        { name, role: role.name, policy: document(...statements) },
        { parent },
    );
}
