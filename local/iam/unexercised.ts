/** Permissions that no run on this machine uses, each with what does: a permission that is in neither is one too many. */

/** Permissions of one role. */
export interface Unexercised {
    /** Name of the role after the deployment's: `spark` for `loglake-dev-spark`; `*` for any. */
    readonly role: string;
    /** Actions, with wildcards. */
    readonly actions: readonly string[];
    /** Pattern of the resources. @default all */
    readonly resource?: string;
    /** What uses them in AWS. */
    readonly reason: string;
}

export const unexercised: readonly Unexercised[] = [
    {
        role: "*",
        actions: ["s3:GetBucketLocation"],
        reason: "Hadoop's and Redshift's clients look for a bucket's Region before they ask for its objects; here the Region is given",
    },
    {
        role: "*",
        actions: ["s3:AbortMultipartUpload"],
        reason: "files of more than 64 MB are uploaded in parts, which an upload that fails has to abort",
    },
    {
        role: "*",
        actions: ["xray:*"],
        reason: "Lambda and Step Functions send traces, which nothing here takes",
    },
    // Spark and Glue
    {
        role: "spark",
        actions: ["s3:ListBucket"],
        resource: "arn:aws:s3:::*-artifacts-*",
        reason: "EMR's client looks whether there is a folder of the name before it fetches a file",
    },
    {
        role: "spark",
        actions: ["s3:GetObject", "s3:DeleteObject"],
        resource: "arn:aws:s3:::*/_runs*",
        reason: "Hadoop looks for a folder of a file's name, and may take away the marker of one, when it writes a manifest",
    },
    {
        role: "loader",
        actions: ["s3:ListBucket"],
        resource: "arn:aws:s3:::*-artifacts-*",
        reason: "Glue's client looks whether there is a folder of the name before it fetches a file",
    },
    {
        role: "loader",
        actions: ["glue:UpdatePartition"],
        reason: "a day that is run again has a partition already, which is pointed at the new run's folder",
    },
    {
        role: "loader",
        actions: ["logs:*"],
        resource: "arn:aws:logs:*:log-group:/aws-glue/jobs-*",
        reason: "AWS's pages name the log groups of a job with a security configuration in two ways; the run goes by one",
    },
    {
        role: "loader",
        actions: ["redshift-data:CancelStatement"],
        reason: "a load that takes too long is cancelled",
    },
    // the crawler, of whose calls AWS publishes no list: those of AWSGlueServiceRole that the catalog's own objects need
    {
        role: "crawler",
        actions: ["glue:Get*", "glue:CreatePartition", "glue:*Update*"],
        reason: "Glue's crawler chooses between single calls and batches, and keeps counts and times in tables and partitions",
    },
    // Redshift
    {
        role: "warehouse",
        actions: ["glue:Get*", "glue:BatchGetPartition"],
        reason: "Spectrum lists databases and tables (svv_external_tables), and fetches partitions singly or in batches",
    },
    {
        role: "warehouse",
        actions: ["s3:GetObject"],
        resource: "arn:aws:s3:::*-processed-*",
        reason: "an analyst's query of any other table than those that the run's own checks and questions read",
    },
    // the workflow
    {
        role: "workflow",
        actions: ["logs:*LogDeliver*", "logs:PutResourcePolicy", "logs:Describe*"],
        reason: "Step Functions sets up the delivery of its log when the state machine is created",
    },
    {
        role: "workflow",
        actions: ["sns:Publish", "kms:GenerateDataKey", "kms:Decrypt"],
        reason: "only a run that fails publishes what failed",
    },
    {
        role: "workflow",
        actions: ["elasticmapreduce:CancelSteps", "glue:BatchStopJobRun", "glue:GetJobRuns"],
        reason: "Step Functions ends what it waits for when an execution is stopped",
    },
    {
        role: "workflow",
        actions: ["iam:CreateServiceLinkedRole"],
        reason: "the first cluster in an account makes EMR's clean-up role",
    },
    // nodes and services without a stand-in
    {
        role: "emr-instance",
        actions: ["sts:SetSourceIdentity"],
        reason: "whoever adds a step may have a source identity, which EMR hands on to the step",
    },
    {
        role: "emr-service",
        actions: ["ec2:*", "kms:*", "iam:PassRole"],
        reason: "EMR launches, tags and ends instances and their disks",
    },
    {
        role: "events",
        actions: ["sns:Publish", "kms:*"],
        reason: "EventBridge tells of a failure that has no metric",
    },
    {
        role: "flow-logs",
        actions: ["logs:*"],
        reason: "VPC writes its flow logs",
    },
];
