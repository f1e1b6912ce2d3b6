/**
 * Controls of AWS Foundational Security Best Practices v1.0.0 for the services that the pack judges, as AWS lists them
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html).
 */
export const controls: Readonly<Record<string, string>> = {
    "EC2.2": "VPC default security groups should not allow inbound or outbound traffic",
    "EC2.3": "Attached Amazon EBS volumes should be encrypted at-rest",
    "EC2.6": "VPC flow logging should be enabled in all VPCs",
    "EC2.7": "EBS default encryption should be enabled",
    "EC2.15": "Amazon EC2 subnets should not automatically assign public IP addresses",
    "EC2.18":
        "Security groups should only allow unrestricted incoming traffic for authorized ports",
    "EC2.19": "Security groups should not allow unrestricted access to ports with high risk",
    "EMR.1": "Amazon EMR cluster primary nodes should not have public IP addresses",
    "EMR.2": "Amazon EMR block public access setting should be enabled",
    "EMR.3": "Amazon EMR security configurations should be encrypted at rest",
    "EMR.4": "Amazon EMR security configurations should be encrypted in transit",
    "Glue.4": "AWS Glue Spark jobs should run on supported versions of AWS Glue",
    "IAM.1": 'IAM policies should not allow full "*" administrative privileges',
    "IAM.2": "IAM users should not have IAM policies attached",
    "IAM.21":
        "IAM customer managed policies that you create should not allow wildcard actions for services",
    "KMS.1": "IAM customer managed policies should not allow decryption actions on all KMS keys",
    "KMS.2":
        "IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys",
    "KMS.3": "AWS KMS keys should not be deleted unintentionally",
    "KMS.5": "KMS keys should not be publicly accessible",
    "Lambda.1": "Lambda function policies should prohibit public access",
    "Lambda.2": "Lambda functions should use supported runtimes",
    "Redshift.1": "Amazon Redshift clusters should prohibit public access",
    "Redshift.2": "Connections to Amazon Redshift clusters should be encrypted in transit",
    "Redshift.3": "Amazon Redshift clusters should have automatic snapshots enabled",
    "Redshift.4": "Amazon Redshift clusters should have audit logging enabled",
    "Redshift.6": "Amazon Redshift should have automatic upgrades to major versions enabled",
    "Redshift.7": "Redshift clusters should use enhanced VPC routing",
    "Redshift.8": "Amazon Redshift clusters should not use the default Admin username",
    "Redshift.10": "Redshift clusters should be encrypted at rest",
    "Redshift.15":
        "Redshift security groups should allow ingress on the cluster port only from restricted origins",
    "RedshiftServerless.1": "Amazon Redshift Serverless workgroups should use enhanced VPC routing",
    "RedshiftServerless.2":
        "Connections to Redshift Serverless workgroups should be required to use SSL",
    "RedshiftServerless.3": "Redshift Serverless workgroups should prohibit public access",
    "RedshiftServerless.5":
        "Redshift Serverless namespaces should not use the default admin username",
    "RedshiftServerless.6": "Redshift Serverless namespaces should export logs to CloudWatch Logs",
    "S3.1": "S3 general purpose buckets should have block public access settings enabled",
    "S3.2": "S3 general purpose buckets should block public read access",
    "S3.3": "S3 general purpose buckets should block public write access",
    "S3.5": "S3 general purpose buckets should require requests to use SSL",
    "S3.6": "S3 general purpose bucket policies should restrict access to other AWS accounts",
    "S3.8": "S3 general purpose buckets should block public access",
    "S3.9": "S3 general purpose buckets should have server access logging enabled",
    "S3.12": "ACLs should not be used to manage user access to S3 general purpose buckets",
    "S3.13": "S3 general purpose buckets should have Lifecycle configurations",
    "S3.19": "S3 access points should have block public access settings enabled",
    "S3.24": "S3 Multi-Region Access Points should have block public access settings enabled",
    "SecretsManager.1": "Secrets Manager secrets should have automatic rotation enabled",
    "SNS.4": "SNS topic access policies should not allow public access",
    "SQS.1": "Amazon SQS queues should be encrypted at rest",
    "SQS.3": "SQS queue access policies should not allow public access",
    "StepFunctions.1": "Step Functions state machines should have logging turned on",
};
