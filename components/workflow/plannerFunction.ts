/** The planner's function, its role and its log. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Declarations } from "../../planner/plan";
import { allow, arn, grant, serviceRole, siteOf } from "../iam";
import { plannerArchive, plannerRuntime } from "./plannerCode";

/** Arguments of {@link plannerFunction}. */
export interface PlannerFunctionArgs {
    readonly declarations: Declarations;
    readonly rawDatabaseName: pulumi.Input<string>;
    readonly processedBucketName: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly logRetentionDays: number;
}

/** What {@link plannerFunction} made. */
export interface PlannerFunction {
    readonly functionName: pulumi.Output<string>;
    /** ARN made from names, known before the function exists. */
    readonly arn: pulumi.Output<string>;
    readonly role: aws.iam.Role;
}

/** Name of the function of a deployment. */
export function plannerName(deployment: string): string {
    return `${deployment}-planner`;
}

/** Name of the function's log group. */
export function plannerLogGroupName(deployment: string): string {
    return `/aws/lambda/${plannerName(deployment)}`;
}

/** Creates the function and what it needs as children of `workflow`. */
export function plannerFunction(
    workflow: pulumi.ComponentResource,
    deployment: string,
    args: PlannerFunctionArgs,
): PlannerFunction {
    const site = siteOf(workflow);
    const name = plannerName(deployment);
    const role = serviceRole(workflow, name, {
        roleName: name,
        service: "lambda.amazonaws.com",
        description: `Plans the runs of ${deployment}: reads the raw catalog, writes the plan`,
    });
    // made first, with its key and an end to what it keeps: Lambda would make it without either
    const logGroup = new aws.cloudwatch.LogGroup(
        name,
        {
            name: plannerLogGroupName(deployment),
            retentionInDays: args.logRetentionDays,
            kmsKeyId: args.keyArn,
        },
        { parent: workflow },
    );
    const logStreams = arn(
        site,
        "logs",
        `log-group:${plannerLogGroupName(deployment)}:log-stream:*`,
    );
    const policy = grant(
        workflow,
        name,
        role,
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], logStreams),
        // these know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html)
        allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        // the environment's variables, for this function only
        // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html)
        allow(["kms:Decrypt"], args.keyArn, {
            StringEquals: {
                "kms:EncryptionContext:aws:lambda:FunctionArn": arn(
                    site,
                    "lambda",
                    `function:${name}`,
                ),
            },
        }),
    );
    const planner = new aws.lambda.Function(
        name,
        {
            name,
            description: `Plans the runs of ${deployment}`,
            role: role.arn,
            runtime: plannerRuntime,
            architectures: ["arm64"],
            handler: "index.handler",
            code: plannerArchive(args.declarations),
            memorySize: 256,
            timeout: plannerTimeoutSeconds,
            kmsKeyArn: args.keyArn,
            environment: {
                variables: {
                    RAW_DATABASE: args.rawDatabaseName,
                    PROCESSED_BUCKET: args.processedBucketName,
                },
            },
            tracingConfig: { mode: "Active" },
            loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
        },
        { parent: workflow, dependsOn: [policy] },
    );
    return {
        functionName: planner.name,
        arn: arn(site, "lambda", `function:${name}`),
        role,
    };
}

/** A plan takes seconds; a catalog of thousands of sources takes longer, one request each. */
const plannerTimeoutSeconds = 120;
