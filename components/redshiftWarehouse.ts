import type * as aws from "@pulumi/aws";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { refuse, retentionDays, wholeNumber } from "./checks";
import { grant, siteOf } from "./iam";
import { deploymentName } from "./names";
import { batchStatements, queryStatements, warehouseRole } from "./warehouse/access";
import { auditLogs } from "./warehouse/auditLogs";
import { redshiftCluster } from "./warehouse/cluster";
import { adminSecretKey, dataKey } from "./warehouse/encryption";
import { applyMigrations, type MigrationCredentials } from "./warehouse/migrations";
import { migratorRole } from "./warehouse/migrator";
import { clusterNetwork } from "./warehouse/network";
import { limitSpectrum, type SpectrumLimitAction } from "./warehouse/spectrumLimit";

/** Node types, and the fewest nodes that each comes in (https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html). */
const fewestNodes = {
    "ra3.large": 1,
    "ra3.xlplus": 1,
    "ra3.4xlarge": 2,
    "ra3.16xlarge": 2,
} as const;
export type NodeType = keyof typeof fewestNodes;

/** Arguments of {@link RedshiftWarehouse}. */
export interface RedshiftWarehouseArgs {
    /** Network of the cluster, and private subnets of it, each in another zone. */
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;

    /** Glue database whose tables Spectrum reads as the schema `lake`. */
    readonly processedDatabaseName: pulumi.Input<string>;

    /** Size of a node. @default "ra3.large", 2 vCPU and 16 GB */
    readonly nodeType?: NodeType;

    /** Nodes, 2 or more of the two larger types. @default as few as the type allows */
    readonly numberOfNodes?: number;

    /** Days that automated snapshots are kept, 1 to 35. @default 7 */
    readonly snapshotRetentionDays?: number;

    /**
     * Takes a snapshot before the cluster is deleted. It is called `<name>-final-<id of its key>`, so that a cluster that comes
     * after this one, under a key of its own, can leave one too. @default true
     */
    readonly finalSnapshot?: boolean;

    /** Weekly half hour or more for maintenance, in UTC. @default "sun:06:00-sun:07:00" */
    readonly maintenanceWindow?: string;

    /** Terabytes that Spectrum may scan in a day, 1 or more; each costs about 5 USD. @default 1 */
    readonly spectrumLimitTerabytes?: number;

    /**
     * What happens at that limit: `disable` refuses queries of Spectrum until the day (UTC) is over, `emit-metric` leaves it
     * to an alarm. @default "disable"
     */
    readonly spectrumLimitAction?: SpectrumLimitAction;

    /** Days that CloudWatch keeps the audit logs, one of the values it accepts. @default 90 */
    readonly logRetentionDays?: number;

    /** Days between scheduling the keys' deletion and losing them, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;

    /**
     * Grants the role what COPY and Spectrum read; migrations wait for what it returns.
     * @default nothing is granted before the migrations
     */
    readonly grants?: (role: aws.iam.Role) => readonly pulumi.Resource[];

    /**
     * ARNs, with wildcards, of the identities of this account that run migrations: name all that deploy, or the role's trust
     * changes with whoever does. @default whoever deploys
     */
    readonly deployerArns?: readonly string[];

    /**
     * Whose credentials the migrator's role is assumed with, where the deployment has others than its environment.
     * @default the environment's
     */
    readonly migrationCredentials?: MigrationCredentials;

    /**
     * Folder of migrations of your own, with the same placeholders, to be applied instead of this project's.
     * @default `etl/migrations` of this project
     */
    readonly migrationsFolder?: string;

    /** IAM role of the job that loads; its user may write. @default `<name>-loader` */
    readonly loaderRoleName?: pulumi.Input<string>;

    /** IAM role of the workflow that checks; its user may read. @default `<name>-workflow` */
    readonly workflowRoleName?: pulumi.Input<string>;

    /** Refuses to delete the cluster and its keys. @default true */
    readonly protect?: boolean;
}

/**
 * A provisioned Redshift cluster that nothing can connect to, reached through the Data API only, with the tables of the
 * warehouse in it: migrations run on every deployment that brings a new one.
 */
export class RedshiftWarehouse extends pulumi.ComponentResource {
    public readonly clusterIdentifier: pulumi.Output<string>;
    public readonly databaseName: pulumi.Output<string>;

    /** Role that COPY and Spectrum read with; it can read nothing until it is granted something. */
    public readonly role: aws.iam.Role;
    public readonly roleArn: pulumi.Output<string>;

    /** Key of the data, the snapshots and the audit logs. */
    public readonly keyArn: pulumi.Output<string>;

    /** Secret with the admin's password, which Redshift makes and changes. */
    public readonly adminSecretArn: pulumi.Output<string>;

    /** Usage limit whose metrics say how much Spectrum has scanned. */
    public readonly spectrumUsageLimitId: pulumi.Output<string>;

    /** What has to be there before the tables are used. */
    public readonly migrations: command.local.Command;

    constructor(name: string, args: RedshiftWarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:RedshiftWarehouse", name, {}, opts);

        deploymentName(name);
        const keys = {
            deletionWindowDays: wholeNumber(
                "keyDeletionWindowDays",
                args.keyDeletionWindowDays ?? 30,
                7,
                30,
            ),
            protect: args.protect ?? true,
        };
        const key = dataKey(this, name, keys);
        const secretKey = adminSecretKey(this, name, keys);
        this.role = warehouseRole(this, name);

        const logGroups = auditLogs(this, name, {
            keyArn: key.arn,
            retentionDays: retentionDays("logRetentionDays", args.logRetentionDays ?? 90),
        });
        const cluster = redshiftCluster(this, name, {
            ...clusterNetwork(this, name, args),
            ...sizeOf(args),
            key,
            secretKeyArn: secretKey.arn,
            roleArn: this.role.arn,
            logGroups,
            snapshotRetentionDays: wholeNumber(
                "snapshotRetentionDays",
                args.snapshotRetentionDays ?? 7,
                1,
                35,
            ),
            finalSnapshot: args.finalSnapshot ?? true,
            maintenanceWindow: args.maintenanceWindow ?? "sun:06:00-sun:07:00",
            protect: keys.protect,
        });
        const spectrumLimit = limitSpectrum(this, name, {
            clusterIdentifier: cluster.clusterIdentifier,
            terabytes: wholeNumber("spectrumLimitTerabytes", args.spectrumLimitTerabytes ?? 1, 1),
            action: args.spectrumLimitAction ?? "disable",
        });

        this.clusterIdentifier = cluster.clusterIdentifier;
        this.databaseName = cluster.databaseName;
        this.roleArn = this.role.arn;
        this.keyArn = key.arn;
        this.adminSecretArn = cluster.masterPasswordSecretArn;
        this.spectrumUsageLimitId = spectrumLimit.id;
        const migrator = migratorRole(this, name, {
            clusterIdentifier: this.clusterIdentifier,
            databaseName: this.databaseName,
            adminSecretArn: this.adminSecretArn,
            secretKeyArn: secretKey.arn,
            deployerArns: args.deployerArns,
        });
        this.migrations = applyMigrations(this, name, {
            clusterIdentifier: cluster.clusterIdentifier,
            databaseName: cluster.databaseName,
            adminSecretArn: cluster.masterPasswordSecretArn,
            variables: {
                processed_database: args.processedDatabaseName,
                warehouse_role_arn: this.role.arn,
                loader_user: databaseUser(args.loaderRoleName ?? `${name}-loader`),
                workflow_user: databaseUser(args.workflowRoleName ?? `${name}-workflow`),
            },
            folder: args.migrationsFolder,
            roleArn: migrator.role.arn,
            credentials: args.migrationCredentials,
            dependsOn: [spectrumLimit, migrator.policy, ...(args.grants?.(this.role) ?? [])],
        });

        this.registerOutputs({
            clusterIdentifier: this.clusterIdentifier,
            databaseName: this.databaseName,
            roleArn: this.roleArn,
            keyArn: this.keyArn,
            adminSecretArn: this.adminSecretArn,
            spectrumUsageLimitId: this.spectrumUsageLimitId,
        });
    }

    /**
     * Lets `role` run single statements and read their results, as its own database user, `IAMR:<role name>`, which can do what
     * migrations granted it. `id` names the grant, unique within the stack, here and below.
     *
     * Whose results a role may read needs no condition: a statement belongs to the role that ran it. The one to the session
     * (`redshift-data:statement-owner-iam-userid`) would bind it closer than Step Functions keeps its sessions
     * (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html).
     */
    public grantQuery(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        return grant(this, `${id}-query`, role, ...queryStatements(siteOf(this), this));
    }

    /** Lets `role` run several statements as one transaction, likewise as its own user, and cancel them. */
    public grantBatch(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        return grant(this, `${id}-batch`, role, ...batchStatements(siteOf(this), this));
    }
}

function sizeOf({ nodeType = "ra3.large", numberOfNodes }: RedshiftWarehouseArgs) {
    if (!(nodeType in fewestNodes)) {
        const known = Object.keys(fewestNodes).join(", ");
        refuse("nodeType", `must be one of ${known}, got ${nodeType}`);
    }
    const fewest = fewestNodes[nodeType];
    return {
        nodeType,
        numberOfNodes: wholeNumber("numberOfNodes", numberOfNodes ?? fewest, fewest, 128),
    };
}

/** User of the database that an IAM role logs on as. */
function databaseUser(roleName: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.interpolate`IAMR:${roleName}`;
}
