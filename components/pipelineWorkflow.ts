import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formats as allFormats, tables as allTables, type Format, type Table } from "../formats";
import { refuse, retentionDays, wholeNumber } from "./checks";
import { arn, siteOf } from "./iam";
import { deploymentName } from "./names";
import type { SparkTarget } from "./sparkTarget";
import { plannerFunction } from "./workflow/plannerFunction";
import { grantOwn, workflowKey, workflowLogGroupName, workflowRole } from "./workflow/role";
import { dailyRun } from "./workflow/schedule";
import { definitionJson } from "./workflow/resolve";
import type { Limits } from "./workflow/spec";

/** Arguments of {@link PipelineWorkflow}. */
export interface PipelineWorkflowArgs {
    /** Crawler of the raw bucket. */
    readonly crawlerName: pulumi.Input<string>;

    /** Glue database that the crawler fills. */
    readonly rawDatabaseName: pulumi.Input<string>;

    /** Bucket of processed data, which plans and manifests lie in too. */
    readonly processedBucketName: pulumi.Input<string>;

    /** Where Spark runs and what it runs. */
    readonly spark: SparkTarget;

    /** Glue job that loads the day. */
    readonly jobName: pulumi.Input<string>;

    /** Redshift cluster and database that the day is loaded into. */
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly databaseName: pulumi.Input<string>;

    /** SNS topic that failures are published to. */
    readonly alertTopicArn: pulumi.Input<string>;

    /** Formats that sources may have. @default every format of `formats/` */
    readonly formats?: readonly Format[];

    /** Tables that Spark writes. @default every table of `formats/tables.json` */
    readonly tables?: readonly Table[];

    /**
     * When to run the day before, as EventBridge Scheduler has it. Days are UTC days.
     * @default "cron(0 2 * * ? *)", two in the morning
     */
    readonly scheduleExpression?: string;

    /** Time zone of the expression, such as `Europe/Dublin`. @default "UTC" */
    readonly scheduleTimezone?: string;

    /** Whether the schedule runs. @default true */
    readonly scheduleEnabled?: boolean;

    /** Largest part of a day's lines that may be quarantined, 0 to 1, or the day is not loaded. @default 0.05 */
    readonly quarantineRatioLimit?: number;

    /** Minutes that a crawl may take, and that another crawl is waited for. @default 60 */
    readonly crawlTimeoutMinutes?: number;

    /** Minutes from the launch of a cluster until it takes steps. @default 45 */
    readonly launchTimeoutMinutes?: number;

    /** Minutes that the Spark step may take, waiting for other steps included. @default 240 */
    readonly sparkTimeoutMinutes?: number;

    /** Minutes that the Glue job may take. @default 120 */
    readonly loadTimeoutMinutes?: number;

    /** Minutes that counting the rows may take. @default 30 */
    readonly verifyTimeoutMinutes?: number;

    /** Days that CloudWatch keeps the logs of state machine and planner, one of the values it accepts. @default 90 */
    readonly logRetentionDays?: number;

    /** Days between scheduling the key's deletion and losing it, 7 to 30. @default 30 */
    readonly keyDeletionWindowDays?: number;
}

/** Drives a run: the state machine, the planner it asks what to run, and the schedule that starts it. */
export class PipelineWorkflow extends pulumi.ComponentResource {
    public readonly stateMachineArn: pulumi.Output<string>;
    public readonly stateMachineName: pulumi.Output<string>;

    /** Role of the state machine: what a state calls is granted to it. */
    public readonly role: aws.iam.Role;

    /** Role of the planner, which reads the raw catalog and writes plans. */
    public readonly plannerRole: aws.iam.Role;

    /** Name of the planner's function. */
    public readonly functionName: pulumi.Output<string>;

    /** Key of definition, execution history, logs and the planner's environment. */
    public readonly keyArn: pulumi.Output<string>;

    constructor(name: string, args: PipelineWorkflowArgs, opts?: pulumi.ComponentResourceOptions) {
        super("loglake:index:PipelineWorkflow", name, {}, opts);

        deploymentName(name);
        const limits = runLimits(args);
        const quarantineRatioLimit = ratio(
            "quarantineRatioLimit",
            args.quarantineRatioLimit ?? 0.05,
        );
        const logRetentionDays = retentionDays("logRetentionDays", args.logRetentionDays ?? 90);

        const stateMachineArn = arn(siteOf(this), "states", `stateMachine:${name}`);
        this.keyArn = workflowKey(this, name, args.keyDeletionWindowDays ?? 30).arn;
        const planner = plannerFunction(this, name, {
            declarations: {
                formats: args.formats ?? allFormats,
                tables: args.tables ?? allTables,
            },
            rawDatabaseName: args.rawDatabaseName,
            processedBucketName: args.processedBucketName,
            keyArn: this.keyArn,
            logRetentionDays,
        });
        this.plannerRole = planner.role;
        this.functionName = planner.functionName;

        this.role = workflowRole(this, name, stateMachineArn);
        const policy = grantOwn(this, name, this.role, {
            stateMachineArn,
            keyArn: this.keyArn,
            plannerArn: planner.arn,
        });
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            {
                name: workflowLogGroupName(name),
                retentionInDays: logRetentionDays,
                kmsKeyId: this.keyArn,
            },
            { parent: this },
        );
        const machine = new aws.sfn.StateMachine(
            name,
            {
                name,
                roleArn: this.role.arn,
                definition: definitionJson(this, name, args, {
                    plannerArn: planner.arn,
                    quarantineRatioLimit,
                    limits,
                }),
                encryptionConfiguration: {
                    type: "CUSTOMER_MANAGED_KMS_KEY",
                    kmsKeyId: this.keyArn,
                    kmsDataKeyReusePeriodSeconds: 300,
                },
                loggingConfiguration: {
                    level: "ALL",
                    // what went through the states can hold lines of the logs; the history, under the key, has it
                    includeExecutionData: false,
                    logDestination: pulumi.interpolate`${logGroup.arn}:*`,
                },
                tracingConfiguration: { enabled: true },
            },
            { parent: this, dependsOn: [policy] }, // its log's delivery and its rule are tried when it is created
        );
        this.stateMachineArn = machine.arn;
        this.stateMachineName = machine.name;

        dailyRun(this, name, {
            stateMachineArn,
            stateMachine: machine,
            keyArn: this.keyArn,
            expression: args.scheduleExpression ?? "cron(0 2 * * ? *)",
            timezone: args.scheduleTimezone ?? "UTC",
            enabled: args.scheduleEnabled ?? true,
        });

        this.registerOutputs({
            stateMachineArn: this.stateMachineArn,
            stateMachineName: this.stateMachineName,
            functionName: this.functionName,
            keyArn: this.keyArn,
        });
    }
}

function runLimits(args: PipelineWorkflowArgs): Limits {
    const day = 24 * 60;
    const minutes = (argument: string, value: number) => wholeNumber(argument, value, 1, day);
    return {
        crawlMinutes: minutes("crawlTimeoutMinutes", args.crawlTimeoutMinutes ?? 60),
        launchMinutes: minutes("launchTimeoutMinutes", args.launchTimeoutMinutes ?? 45),
        sparkMinutes: minutes("sparkTimeoutMinutes", args.sparkTimeoutMinutes ?? 240),
        loadMinutes: minutes("loadTimeoutMinutes", args.loadTimeoutMinutes ?? 120),
        verifyMinutes: minutes("verifyTimeoutMinutes", args.verifyTimeoutMinutes ?? 30),
    };
}

function ratio(argument: string, value: number): number {
    if (value >= 0 && value <= 1) return value;
    return refuse(argument, `must be 0 to 1, got ${String(value)}`);
}
