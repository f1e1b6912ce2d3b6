import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuse, retentionDays, wholeNumber } from "./checks";
import { allow, arn, grant, serviceRole, siteOf, type Site, type Statement } from "./iam";
import { deploymentName } from "./names";
import { uploadSource } from "./sourceUpload";

/** Sizes of a worker (https://docs.aws.amazon.com/glue/latest/dg/worker-types.html). */
const workerTypes = ["G.1X", "G.2X", "G.4X", "G.8X"] as const;
export type WorkerType = (typeof workerTypes)[number];

/** Arguments of {@link GlueLoader}. */
export interface GlueLoaderArgs {
    /** Bucket of the packaged code. */
    readonly artifactsBucketName: pulumi.Input<string>;

    /** Key of the packaged code and of the logs. */
    readonly keyArn: pulumi.Input<string>;

    /** Glue security configuration that encrypts what the job writes and logs. */
    readonly securityConfigurationName: pulumi.Input<string>;

    /** Bucket of the processed tables, the runs' manifests and the staging files. */
    readonly processedBucketName: pulumi.Input<string>;

    /** Glue database of the processed tables. */
    readonly processedDatabaseName: pulumi.Input<string>;

    /** Redshift cluster and database that the day is loaded into. */
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly databaseName: pulumi.Input<string>;

    /** Role that Redshift reads the staging files with. */
    readonly warehouseRoleArn: pulumi.Input<string>;

    /** Size of a worker. @default "G.1X", 4 vCPU and 16 GB */
    readonly workerType?: WorkerType;

    /** Most workers at a time, one of which drives, 2 or more; Glue takes fewer while fewer do. @default 2 */
    readonly numberOfWorkers?: number;

    /** Minutes after which Glue stops a run, 1 to 10080. @default 60 */
    readonly timeoutMinutes?: number;

    /**
     * Times that Glue itself starts a failed run again, 0 to 10.
     * @default 0: Step Functions follows the run that it started and takes its end for the job's, so that a retry belongs
     * into the workflow
     */
    readonly maxRetries?: number;

    /** Days that CloudWatch keeps the job's logs, one of the values it accepts. @default 90 */
    readonly logRetentionDays?: number;

    /**
     * Folder that holds `job.py` and the package `loglake_etl`.
     * @default `etl/src` of this project
     */
    readonly sourceFolder?: string;
}

/** Spark 3.5.6, Python 3.11 (https://docs.aws.amazon.com/glue/latest/dg/release-notes.html). */
export const glueVersion = "5.1";

/**
 * The Glue job that loads a day into the warehouse: its code, its role and its logs. It is given `--run_id` and `--dt` by
 * whoever starts it, and reaches Redshift through the Data API: no connection, no password, no network of its own.
 */
export class GlueLoader extends pulumi.ComponentResource {
    /** Role of the job, to grant it what it reads and writes: its code too, below `etl/` of the artifacts. */
    public readonly role: aws.iam.Role;
    public readonly roleArn: pulumi.Output<string>;

    public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: GlueLoaderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:GlueLoader", name, {}, opts);

        deploymentName(name);
        const jobName = `${name}-load`;
        const numberOfWorkers = wholeNumber("numberOfWorkers", args.numberOfWorkers ?? 2, 2, 299);
        const timeout = wholeNumber("timeoutMinutes", args.timeoutMinutes ?? 60, 1, 10080);
        const maxRetries = wholeNumber("maxRetries", args.maxRetries ?? 0, 0, 10);
        const retentionInDays = retentionDays("logRetentionDays", args.logRetentionDays ?? 90);

        const roleName = `${name}-loader`;
        this.role = serviceRole(this, roleName, {
            roleName,
            service: "glue.amazonaws.com",
            description: `Loads the processed logs of ${name} into Redshift`,
        });
        this.roleArn = this.role.arn;
        const policy = grant(
            this,
            roleName,
            this.role,
            ...runStatements(siteOf(this), args.securityConfigurationName, roleName),
        );
        logGroups(this, roleName, { ...args, retentionInDays });

        const code = uploadSource(this, name, {
            bucketName: args.artifactsBucketName,
            keyArn: args.keyArn,
            prefix: "etl",
            sourceFolder: args.sourceFolder ?? join(__dirname, "..", "etl", "src"),
            entryPoint: "job.py",
            packageName: "loglake_etl",
        });
        const job = new aws.glue.Job(
            jobName,
            {
                name: jobName,
                description: "Publishes a day's partitions and loads it into Redshift",
                roleArn: this.role.arn,
                glueVersion,
                command: {
                    name: "glueetl",
                    pythonVersion: "3",
                    scriptLocation: code.entryPointUri,
                },
                workerType: workerType(args.workerType ?? "G.1X"),
                numberOfWorkers,
                executionClass: "STANDARD",
                executionProperty: { maxConcurrentRuns: 1 }, // two runs would both replace a day
                maxRetries,
                timeout,
                securityConfiguration: args.securityConfigurationName,
                defaultArguments: jobArguments(args, code.packageUri),
            },
            { parent: this, dependsOn: [policy] },
        );
        this.jobName = job.name;

        this.registerOutputs({ jobName: this.jobName, roleArn: this.roleArn });
    }

    /** Lets `role` start runs of the job, follow and stop them. `id` names the grant, unique within the stack. */
    public grantRun(id: string, role: aws.iam.Role): aws.iam.RolePolicy {
        const job = arn(siteOf(this), "glue", pulumi.interpolate`job/${this.jobName}`);
        return grant(
            this,
            `${id}-run-load`,
            role,
            // https://docs.aws.amazon.com/step-functions/latest/dg/glue-iam.html
            allow(
                ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
                job,
            ),
        );
    }
}

function workerType(type: WorkerType): WorkerType {
    if (workerTypes.includes(type)) return type;
    return refuse(
        "workerType",
        `must be one of ${workerTypes.join(", ")}, got ${JSON.stringify(type)}`,
    );
}

/** Glue's own arguments (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html) and the script's. */
function jobArguments(
    args: GlueLoaderArgs,
    packageUri: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
    return {
        "--job-language": "python",
        "--extra-py-files": packageUri,
        "--job-bookmark-option": "job-bookmark-disable", // the day that is loaded is an argument
        "--enable-auto-scaling": "true",
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        "--enable-continuous-cloudwatch-log": "true",
        "--processed_bucket": args.processedBucketName,
        "--processed_database": args.processedDatabaseName,
        "--cluster_identifier": args.clusterIdentifier,
        "--database": args.databaseName,
        "--copy_role_arn": args.warehouseRoleArn,
    };
}

/** Where a job with a security configuration logs: the configuration's name and the role's are in the group's. */
function logGroupPrefix(
    securityConfigurationName: pulumi.Input<string>,
    roleName: string,
): pulumi.Output<string> {
    return pulumi.interpolate`/aws-glue/jobs/${securityConfigurationName}-role/${roleName}`;
}

/** Glue would make the groups itself, without an end to what they keep. */
function logGroups(
    loader: pulumi.Resource,
    roleName: string,
    args: Pick<GlueLoaderArgs, "securityConfigurationName" | "keyArn"> & {
        readonly retentionInDays: number;
    },
): void {
    const prefix = logGroupPrefix(args.securityConfigurationName, roleName);
    for (const stream of ["output", "error"]) {
        new aws.cloudwatch.LogGroup(
            `${roleName}-${stream}`,
            {
                name: pulumi.interpolate`${prefix}/${stream}`,
                retentionInDays: args.retentionInDays,
                kmsKeyId: args.keyArn,
            },
            { parent: loader },
        );
    }
}

/** What every run needs, whatever it loads. */
function runStatements(
    site: Site,
    securityConfigurationName: pulumi.Input<string>,
    roleName: string,
): Statement[] {
    const groups = [
        pulumi.interpolate`${logGroupPrefix(securityConfigurationName, roleName)}/*`,
        // as the API's reference has it (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html)
        pulumi.interpolate`/aws-glue/jobs-${roleName}-${securityConfigurationName}/*`,
    ];
    return [
        {
            Sid: "Logs",
            ...allow(
                [
                    "logs:CreateLogGroup",
                    "logs:AssociateKmsKey",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                ],
                groups.map((group) => arn(site, "logs", pulumi.interpolate`log-group:${group}`)),
            ),
        },
        {
            // knows no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html)
            Sid: "SecurityConfiguration",
            ...allow(["glue:GetSecurityConfiguration"], "*"),
        },
        {
            Sid: "Metrics",
            ...allow(["cloudwatch:PutMetricData"], "*", {
                StringEquals: { "cloudwatch:namespace": "Glue" },
            }),
        },
    ];
}
