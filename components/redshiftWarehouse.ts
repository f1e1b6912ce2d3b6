import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse, retentionDays, wholeNumber } from "./checks";
import { allow, arn, grant, serviceRole, siteOf } from "./iam";
import { deploymentName } from "./names";
import { auditLogGroups } from "./warehouse/audit";
import { warehouseKey } from "./warehouse/key";
import { migrations } from "./warehouse/migrations";
import { clusterNetwork } from "./warehouse/network";

/** Arguments of {@link RedshiftWarehouse}. */
export interface RedshiftWarehouseArgs {
    readonly vpcId: pulumi.Input<string>;

    /** Private subnets; in several zones, so that the cluster can move out of one that fails. */
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;

    /** Glue database that Spectrum reads, as schema `lake`. */
    readonly processedDatabaseName: pulumi.Input<string>;

    /** @default "logs" */
    readonly databaseName?: string;

    /** RA3 only: its storage is apart, and it alone moves between zones. @default "ra3.large" */
    readonly nodeType?: "ra3.large" | "ra3.xlplus" | "ra3.4xlarge" | "ra3.16xlarge";

    /** @default 1, a cluster of a single node */
    readonly numberOfNodes?: number;

    /** Days that automated snapshots are kept, 1 to 35. @default 7 */
    readonly snapshotRetentionDays?: number;

    /** Whether a destroy takes a last snapshot, `<name>-final`, which is kept until it is deleted by hand. @default true */
    readonly finalSnapshot?: boolean;

    /** Half an hour or more a week, in UTC. @default "sun:04:30-sun:05:30" */
    readonly maintenanceWindow?: string;

    /** Terabytes a month that Spectrum may scan; then it is switched off until the next month. @default 10 */
    readonly spectrumLimitTerabytes?: number;

    /** Days that CloudWatch keeps the audit logs, one of the values it accepts. @default 90 */
    readonly logRetentionDays?: number;

    /** Days between scheduling the keys' deletion and losing them and all data under them, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;

    /** Folder of the migrations. @default `etl/migrations` of this project */
    readonly migrationsFolder?: string;

    /** Refuses to delete the cluster and its keys. @default true */
    readonly protect?: boolean;
}

/** Ports between which a cluster can be moved to another zone are 5431 to 5455; 5439 is the one that scanners try. */
const port = 5440;

/**
 * The warehouse: a private, encrypted Redshift cluster, its audit logs, the role by which it reads the lake, and the objects in its
 * database. Nobody knows its admin's password: Redshift manages it in Secrets Manager, and people and programs come as IAM roles.
 */
export class RedshiftWarehouse extends pulumi.ComponentResource {
    public readonly clusterIdentifier: pulumi.Output<string>;
    public readonly databaseName: pulumi.Output<string>;

    /** Role of COPY and of Spectrum, to grant it what it reads. */
    public readonly role: aws.iam.Role;
    public readonly roleArn: pulumi.Output<string>;

    /** Key of the data, the snapshots and the audit logs. */
    public readonly keyArn: pulumi.Output<string>;

    /** Secret with the admin's password, for the Data API alone. */
    public readonly adminSecretArn: pulumi.Output<string>;

    /** Usage limit whose consumption CloudWatch gets as a metric. */
    public readonly spectrumUsageLimitId: pulumi.Output<string>;

    constructor(name: string, args: RedshiftWarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:RedshiftWarehouse", name, {}, opts);

        deploymentName(name);
        const protect = args.protect ?? true;
        const numberOfNodes = wholeNumber("numberOfNodes", args.numberOfNodes ?? 1, 1, 128);
        const databaseName = sqlName("databaseName", args.databaseName ?? "logs");
        const deletionWindowDays = wholeNumber(
            "keyDeletionWindowDays",
            args.keyDeletionWindowDays ?? 30,
            7,
            30,
        );

        const key = warehouseKey(this, `${name}-warehouse`, {
            description: `Data, snapshots and audit logs of the warehouse of ${name}`,
            deletionWindowDays,
            protect,
            logGroups: `/aws/redshift/cluster/${name}/*`,
        });
        const secretKey = warehouseKey(this, `${name}-warehouse-admin`, {
            description: `Password of the admin of the warehouse of ${name}`,
            deletionWindowDays,
            protect,
        });
        this.keyArn = key.arn;
        this.role = serviceRole(this, `${name}-warehouse`, {
            roleName: `${name}-warehouse`,
            service: "redshift.amazonaws.com",
            description: `Reads the lake for COPY and Spectrum in ${name}`,
        });
        this.roleArn = this.role.arn;

        const network = clusterNetwork(this, name, args.vpcId, args.subnetIds);
        const cluster = new aws.redshift.Cluster(
            name,
            {
                clusterIdentifier: name,
                databaseName,
                nodeType: args.nodeType ?? "ra3.large",
                clusterType: numberOfNodes === 1 ? "single-node" : "multi-node",
                numberOfNodes,
                masterUsername: "loglake_admin",
                manageMasterPassword: true,
                masterPasswordSecretKmsKeyId: secretKey.arn,
                encrypted: "true",
                kmsKeyId: key.arn,
                port,
                publiclyAccessible: false,
                enhancedVpcRouting: true,
                availabilityZoneRelocationEnabled: true,
                clusterSubnetGroupName: network.subnetGroupName,
                vpcSecurityGroupIds: [network.securityGroupId],
                clusterParameterGroupName: parameterGroup(this, name),
                iamRoles: [this.roleArn],
                automatedSnapshotRetentionPeriod: wholeNumber(
                    "snapshotRetentionDays",
                    args.snapshotRetentionDays ?? 7,
                    1,
                    35,
                ),
                preferredMaintenanceWindow: args.maintenanceWindow ?? "sun:04:30-sun:05:30",
                allowVersionUpgrade: true,
                applyImmediately: false,
                ...((args.finalSnapshot ?? true)
                    ? { skipFinalSnapshot: false, finalSnapshotIdentifier: `${name}-final` }
                    : { skipFinalSnapshot: true }),
            },
            { parent: this, protect },
        );
        this.clusterIdentifier = cluster.clusterIdentifier;
        this.databaseName = pulumi.output(databaseName);
        this.adminSecretArn = cluster.masterPasswordSecretArn;

        auditLogGroups(this, name, {
            clusterIdentifier: this.clusterIdentifier,
            keyArn: key.arn,
            retentionInDays: retentionDays("logRetentionDays", args.logRetentionDays ?? 90),
        });
        this.spectrumUsageLimitId = usageLimits(
            this,
            name,
            this.clusterIdentifier,
            wholeNumber("spectrumLimitTerabytes", args.spectrumLimitTerabytes ?? 10, 1, 100_000),
        );
        migrations(this, name, {
            clusterIdentifier: this.clusterIdentifier,
            databaseName,
            adminSecretArn: this.adminSecretArn,
            region: siteOf(this).region,
            folder: args.migrationsFolder,
            variables: {
                processed_database: args.processedDatabaseName,
                warehouse_role_arn: this.roleArn,
                loader_user: `IAMR:${name}-loader`,
                workflow_user: `IAMR:${name}-workflow`,
            },
        });

        this.registerOutputs({
            clusterIdentifier: this.clusterIdentifier,
            databaseName: this.databaseName,
            roleArn: this.roleArn,
            adminSecretArn: this.adminSecretArn,
        });
    }

    /**
     * Lets `role` run SQL through the Data API, as the database user `IAMR:<role name>` with what that user was granted. It sees
     * the statements and results that it submitted itself, and no others. `id` names the grant, unique within the stack.
     */
    public grantQuery(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const site = siteOf(this);
        const { clusterIdentifier, databaseName } = this;
        return grant(
            this,
            `${id}-query`,
            role,
            allow(
                ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"],
                arn(site, "redshift", pulumi.interpolate`cluster:${clusterIdentifier}`),
            ),
            // these know no resources, but their statement's owner
            // (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html)
            allow(
                [
                    "redshift-data:DescribeStatement",
                    "redshift-data:GetStatementResult",
                    "redshift-data:CancelStatement",
                ],
                "*",
                {
                    StringEquals: {
                        "redshift-data:statement-owner-iam-userid": "${aws:userid}",
                    },
                },
            ),
            allow(
                ["redshift:GetClusterCredentialsWithIAM"],
                arn(
                    site,
                    "redshift",
                    pulumi.interpolate`dbname:${clusterIdentifier}/${databaseName}`,
                ),
            ),
        );
    }
}

function sqlName(argument: string, name: string): string {
    if (/^[a-z_][a-z0-9_]{0,63}$/.test(name)) return name;
    return refuse(
        argument,
        `must be up to 64 lower-case letters, digits and underscores, got ${JSON.stringify(name)}`,
    );
}

function parameterGroup(warehouse: RedshiftWarehouse, name: string): pulumi.Output<string> {
    const group = new aws.redshift.ParameterGroup(
        name,
        {
            name,
            description: `TLS only, and a log of every statement, in ${name}`,
            family: "redshift-2.0",
            parameters: [
                { name: "require_ssl", value: "true" },
                { name: "enable_user_activity_logging", value: "true" },
            ],
        },
        { parent: warehouse },
    );
    return group.name;
}

/** A limit has one action: one limit emits the metric that an alarm watches, another switches Spectrum off. */
function usageLimits(
    warehouse: RedshiftWarehouse,
    name: string,
    clusterIdentifier: pulumi.Input<string>,
    amount: number,
): pulumi.Output<string> {
    const limit = (suffix: string, breachAction: "emit-metric" | "disable") =>
        new aws.redshift.UsageLimit(
            `${name}-spectrum-${suffix}`,
            {
                clusterIdentifier,
                featureType: "spectrum",
                limitType: "data-scanned",
                period: "monthly",
                amount,
                breachAction,
            },
            { parent: warehouse },
        );
    limit("off", "disable");
    return limit("metric", "emit-metric").id;
}
