import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formats as allFormats, tables, type Format } from "../formats";
import { refuse, retentionDays } from "./checks";
import { allow, arn, grant, siteOf } from "./iam";
import {
    objectStatements,
    readCatalog,
    tableArns,
    type CatalogAction,
    type ObjectAccess,
} from "./lake/access";
import { lakeBuckets } from "./lake/buckets";
import { database, processedTable } from "./lake/catalog";
import { rawCrawler } from "./lake/crawler";
import { lakeKey, securityConfiguration } from "./lake/encryption";
import type { LakeRetention } from "./lake/retention";
import { deploymentName, type Layer } from "./names";

/** Arguments of {@link RawLake}. */
export interface RawLakeArgs extends LakeRetention {
    /**
     * Formats that the crawler tells apart, in the order in which they are tried.
     * @default every format of `formats/`
     */
    readonly formats?: readonly Format[];

    /** Days that CloudWatch keeps the crawler's log, one of the values it accepts. @default 90 */
    readonly logRetentionDays?: number;

    /** Days between scheduling the key's deletion and losing it and all data under it, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;

    /** Deletes the buckets with the objects in them on destroy. @default false */
    readonly forceDestroy?: boolean;

    /** Refuses to delete key, buckets, databases and the tables of processed data. @default true */
    readonly protect?: boolean;
}

/**
 * Where logs arrive and where processed data lies: one key, four buckets, the catalog, and the crawler that fills its
 * raw half.
 */
export class RawLake extends pulumi.ComponentResource {
    /** Key of everything at rest in the lake. */
    public readonly key: aws.kms.Key;
    public readonly keyArn: pulumi.Output<string>;

    /** Logs as uploaded: `<source>/dt=YYYY-MM-DD/*`. */
    public readonly rawBucketName: pulumi.Output<string>;

    /** Tables as `<table>/dt=YYYY-MM-DD/run=<run id>/*`, run records below `_runs/`, the loads' below `_staging/`. */
    public readonly processedBucketName: pulumi.Output<string>;

    /** Code packages, and EMR's logs below `emr-logs/`. */
    public readonly artifactsBucketName: pulumi.Output<string>;

    /** S3's access logs of the other three, below `s3/`. */
    public readonly accessLogsBucketName: pulumi.Output<string>;

    public readonly rawDatabaseName: pulumi.Output<string>;
    public readonly processedDatabaseName: pulumi.Output<string>;

    public readonly crawlerName: pulumi.Output<string>;
    public readonly crawlerRole: aws.iam.Role;

    /** Glue security configuration under the lake's key, for jobs too. */
    public readonly glueSecurityConfigurationName: pulumi.Output<string>;

    constructor(name: string, args: RawLakeArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:RawLake", name, {}, opts);

        deploymentName(name);
        const protect = args.protect ?? true;
        const forceDestroy = args.forceDestroy ?? false;

        this.key = lakeKey(this, name, { ...args, protect });
        this.keyArn = this.key.arn;

        const buckets = lakeBuckets(this, name, {
            ...args,
            keyArn: this.keyArn,
            forceDestroy,
            protect,
        });
        this.rawBucketName = buckets.raw;
        this.processedBucketName = buckets.processed;
        this.artifactsBucketName = buckets.artifacts;
        this.accessLogsBucketName = buckets.accessLogs;

        this.rawDatabaseName = database(this, name, "raw", protect);
        this.processedDatabaseName = database(this, name, "processed", protect);
        for (const table of tables) {
            processedTable(this, `${name}-${table.name}`, table, {
                databaseName: this.processedDatabaseName,
                bucketName: buckets.processed,
                protect,
            });
        }

        this.glueSecurityConfigurationName = securityConfiguration(this, name, this.keyArn);
        const crawler = rawCrawler(this, name, {
            formats: args.formats ?? allFormats,
            lake: this,
            databaseName: this.rawDatabaseName,
            securityConfigurationName: this.glueSecurityConfigurationName,
            logRetentionDays: retentionDays("logRetentionDays", args.logRetentionDays ?? 90),
        });
        this.crawlerName = crawler.crawlerName;
        this.crawlerRole = crawler.role;

        this.registerOutputs({
            keyArn: this.keyArn,
            rawBucketName: this.rawBucketName,
            processedBucketName: this.processedBucketName,
            artifactsBucketName: this.artifactsBucketName,
            accessLogsBucketName: this.accessLogsBucketName,
            rawDatabaseName: this.rawDatabaseName,
            processedDatabaseName: this.processedDatabaseName,
            crawlerName: this.crawlerName,
            glueSecurityConfigurationName: this.glueSecurityConfigurationName,
        });
    }

    /**
     * Lets `role` use objects of the lake, and the key that they lie under through S3. `id` names the grant, unique within the
     * stack, here and below. Grant a role all that it needs at once.
     */
    public grantObjects(id: string, role: aws.iam.Role, access: ObjectAccess): aws.iam.RolePolicy {
        const statements = objectStatements(siteOf(this), this, access);
        if (statements.length === 0) refuse("access", "must name something, got nothing");
        return grant(this, `${id}-objects`, role, ...statements);
    }

    /** Lets `role` start the crawler and watch it. */
    public grantRunCrawler(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const crawler = arn(siteOf(this), "glue", pulumi.interpolate`crawler/${this.crawlerName}`);
        const statement = allow(["glue:StartCrawler", "glue:GetCrawler"], crawler);
        return grant(this, `${id}-run-crawler`, role, statement);
    }

    /** Lets `role` look up one layer of the catalog: databases, tables and partitions, or only what `actions` names. */
    public grantReadCatalog(
        id: string,
        role: aws.iam.Role,
        layer: Layer,
        actions?: readonly CatalogAction[],
    ): aws.iam.RolePolicy {
        const databaseName = layer === "raw" ? this.rawDatabaseName : this.processedDatabaseName;
        const statements = readCatalog(siteOf(this), databaseName, actions);
        return grant(this, `${id}-read-${layer}-catalog`, role, ...statements);
    }

    /** Lets `role` point a day's partition of any processed table at a run's folder. */
    public grantPublishPartitions(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const statement = allow(
            ["glue:GetTable", "glue:BatchCreatePartition", "glue:UpdatePartition"],
            tableArns(siteOf(this), this.processedDatabaseName),
        );
        return grant(this, `${id}-publish-partitions`, role, statement);
    }
}
