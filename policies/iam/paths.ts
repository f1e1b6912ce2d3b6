/** Ways from a right to all rights. */

/** A way to more rights: all of `actions` together. */
export interface Path {
    readonly actions: readonly string[];
    /** `always`: whatever the resource. `unbounded`: where the last action isn't limited to named resources. */
    readonly when: "always" | "unbounded";
}

const always = (...actions: string[]): Path => ({ actions, when: "always" });
const unbounded = (...actions: string[]): Path => ({ actions, when: "unbounded" });

/** A service that runs what it is given under a role that is passed to it; safe where the role can be named only. */
const passing = (...actions: string[]): Path => ({
    actions: ["iam:PassRole", ...actions],
    when: "unbounded",
});

/**
 * Known paths (https://pathfinding.cloud, https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/),
 * and those by EMR, Step Functions and EventBridge Scheduler, which data platforms have.
 */
export const paths: readonly Path[] = [
    always("iam:CreatePolicyVersion"),
    always("iam:SetDefaultPolicyVersion"),
    always("iam:CreateAccessKey"),
    always("iam:CreateLoginProfile"),
    always("iam:UpdateLoginProfile"),
    always("iam:AttachUserPolicy"),
    always("iam:AttachGroupPolicy"),
    always("iam:AttachRolePolicy"),
    always("iam:PutUserPolicy"),
    always("iam:PutGroupPolicy"),
    always("iam:PutRolePolicy"),
    always("iam:AddUserToGroup"),
    always("iam:UpdateAssumeRolePolicy"),
    always("iam:DeleteRolePermissionsBoundary"),
    always("iam:PutRolePermissionsBoundary"),
    always("iam:DeleteUserPermissionsBoundary"),
    always("iam:PutUserPermissionsBoundary"),
    always("iam:CreateServiceSpecificCredential"),
    always("iam:UpdateSAMLProvider"),
    unbounded("sts:AssumeRole"),
    unbounded("lambda:UpdateFunctionCode"),
    unbounded("lambda:UpdateFunctionConfiguration"),
    unbounded("glue:UpdateDevEndpoint"),
    unbounded("states:UpdateStateMachine"),
    unbounded("ssm:SendCommand"),
    unbounded("ssm:StartSession"),
    unbounded("codebuild:UpdateProject"),
    unbounded("codebuild:StartBuild"),
    unbounded("elasticmapreduce:AddJobFlowSteps"),
    unbounded("ec2:ModifyInstanceAttribute"),
    unbounded("ec2-instance-connect:SendSSHPublicKey"),
    unbounded("cloudformation:UpdateStack"),
    unbounded("cloudformation:ExecuteChangeSet"),
    unbounded("sagemaker:CreatePresignedNotebookInstanceUrl"),
    passing("ec2:RunInstances"),
    passing("ec2:RequestSpotInstances"),
    passing("ec2:RequestSpotFleet"),
    passing("ec2:AssociateIamInstanceProfile"),
    passing("lambda:CreateFunction"),
    passing("glue:CreateDevEndpoint"),
    passing("glue:CreateJob"),
    passing("glue:UpdateJob"),
    passing("glue:CreateSession"),
    passing("cloudformation:CreateStack"),
    passing("cloudformation:CreateChangeSet"),
    passing("cloudformation:UpdateStack"),
    passing("cloudformation:CreateStackSet"),
    passing("datapipeline:CreatePipeline"),
    passing("sagemaker:CreateNotebookInstance"),
    passing("sagemaker:CreateTrainingJob"),
    passing("sagemaker:CreateProcessingJob"),
    passing("codebuild:CreateProject"),
    passing("codestar:CreateProject"),
    passing("ecs:RegisterTaskDefinition"),
    passing("ecs:RunTask"),
    passing("ecs:StartTask"),
    passing("states:CreateStateMachine"),
    passing("states:UpdateStateMachine"),
    passing("elasticmapreduce:RunJobFlow"),
    passing("elasticmapreduce:AddJobFlowSteps"),
    passing("emr-serverless:StartJobRun"),
    passing("emr-containers:StartJobRun"),
    passing("codepipeline:CreatePipeline"),
    passing("ssm:StartAutomationExecution"),
    passing("airflow:CreateEnvironment"),
    passing("scheduler:CreateSchedule"),
    passing("events:PutTargets"),
    passing("redshift:ModifyClusterIamRoles"),
    passing("redshift:CreateCluster"),
    passing("redshift:RestoreFromClusterSnapshot"),
    passing("redshift-serverless:CreateNamespace"),
    passing("redshift-serverless:UpdateNamespace"),
    passing("kinesisanalytics:CreateApplication"),
    passing("kafkaconnect:CreateConnector"),
    passing("pipes:CreatePipe"),
    passing("databrew:CreateRecipeJob"),
    passing("batch:RegisterJobDefinition"),
    passing("apprunner:CreateService"),
    passing("imagebuilder:CreateInfrastructureConfiguration"),
];
