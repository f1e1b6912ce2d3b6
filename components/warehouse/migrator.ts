/** The role that migrations run as, and who may take it on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountRoot, allow, document, grant, siteOf } from "../iam";
import { clusterArn, type SqlTarget } from "./access";

/** Arguments of {@link migratorRole}. */
export interface MigratorRoleArgs extends SqlTarget {
    readonly adminSecretArn: pulumi.Input<string>;
    /** Key that the secret lies under. */
    readonly secretKeyArn: pulumi.Input<string>;
    /** ARNs, with wildcards, of the identities of this account that take the role on. @default whoever deploys */
    readonly deployerArns: readonly string[] | undefined;
}

/** What {@link migratorRole} made. */
export interface MigratorRole {
    readonly role: aws.iam.Role;
    readonly policy: aws.iam.RolePolicy;
}

/**
 * Creates the role as a child of `warehouse`: the admin of one database, and nothing else in the account, whatever else
 * whoever deploys may do.
 *
 * The trust leaves to IAM in the account who may assume the role, and binds it to identities by `aws:PrincipalArn`: named as
 * principals, they would be replaced by ids that nobody can read once one of them is deleted
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export function migratorRole(
    warehouse: pulumi.ComponentResource,
    deployment: string,
    args: MigratorRoleArgs,
): MigratorRole {
    const site = siteOf(warehouse);
    const name = `${deployment}-migrator`;
    const deployer = aws.getCallerIdentityOutput({}, { parent: warehouse }).arn;
    const role = new aws.iam.Role(
        name,
        {
            name,
            description: `Brings the database of ${deployment} to what its migrations say`,
            assumeRolePolicy: document({
                Effect: "Allow",
                Action: ["sts:AssumeRole"],
                Principal: { AWS: accountRoot(site) },
                Condition: {
                    ArnLike: {
                        "aws:PrincipalArn": args.deployerArns ?? deployer.apply(principalArns),
                    },
                },
            }),
        },
        { parent: warehouse },
    );
    const policy = grant(
        warehouse,
        name,
        role,
        allow(
            ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"],
            clusterArn(site, args),
        ),
        allow(["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"], "*"),
        // as the admin: the Data API reads the secret on behalf of its caller
        // (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html)
        allow(["secretsmanager:GetSecretValue"], args.adminSecretArn),
        allow(["kms:Decrypt"], args.secretKeyArn, {
            StringEquals: {
                "kms:ViaService": pulumi.interpolate`secretsmanager.${site.region}.amazonaws.com`,
            },
        }),
    );
    return { role, policy };
}

/** How `aws:PrincipalArn` has the caller: a session by its role, whose path its own ARN doesn't tell. */
export function principalArns(caller: string): string[] {
    const [, partition, account, role] =
        /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(caller) ?? [];
    if (role === undefined) return [caller];
    const roles = `arn:${String(partition)}:iam::${String(account)}:role`;
    return [`${roles}/${role}`, `${roles}/*/${role}`];
}
