/** What a deployment asks of AWS: for each resource type of the program, the actions of its provider's create, read, update and delete. */

const tagged = (service: string, ...reads: string[]) => [
    `${service}:TagResource`,
    `${service}:UntagResource`,
    ...reads.map((name) => `${service}:${name}`),
];

const of = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);

const encrypting = of("kms", "DescribeKey", "GenerateDataKey", "Decrypt", "Encrypt");

const ec2Tags = of("ec2", "CreateTags", "DeleteTags");

const securityGroupRules = (direction: "Ingress" | "Egress") => [
    ...of("ec2", `AuthorizeSecurityGroup${direction}`, `RevokeSecurityGroup${direction}`),
    ...of("ec2", "DescribeSecurityGroupRules", "ModifySecurityGroupRules"),
];

/** Actions by type token. A type of the program that is not here fails a test, as does one that is here in vain. */
export const actionsByType: Readonly<Record<string, readonly string[]>> = {
    "awsx:ec2:Vpc": [
        ...of("ec2", "CreateVpc", "DeleteVpc", "DescribeVpcs", "DescribeVpcAttribute"),
        ...of("ec2", "ModifyVpcAttribute", "DescribeAvailabilityZones", "DescribeNetworkAcls"),
        ...of("ec2", "CreateSubnet", "DeleteSubnet", "DescribeSubnets", "ModifySubnetAttribute"),
        ...of("ec2", "CreateRouteTable", "DeleteRouteTable", "DescribeRouteTables"),
        ...of("ec2", "AssociateRouteTable", "DisassociateRouteTable", "DescribeNetworkInterfaces"),
        // awsx makes one in every network, also where no route leads to it
        ...of("ec2", "CreateInternetGateway", "DeleteInternetGateway", "AttachInternetGateway"),
        ...of("ec2", "DetachInternetGateway", "DescribeInternetGateways"),
        ...ec2Tags,
    ],
    "aws:ec2/vpcEndpoint:VpcEndpoint": [
        ...of("ec2", "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"),
        ...of("ec2", "ModifyVpcEndpoint", "DescribePrefixLists"),
        ...ec2Tags,
    ],
    "aws:ec2/securityGroup:SecurityGroup": [
        ...of("ec2", "CreateSecurityGroup", "DeleteSecurityGroup", "DescribeSecurityGroups"),
        ...securityGroupRules("Ingress"),
        ...securityGroupRules("Egress"),
        ...ec2Tags,
    ],
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
        ...of("ec2", "DescribeSecurityGroups"),
        ...of("ec2", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
    ],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRules("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRules("Egress"),
    "aws:ec2/flowLog:FlowLog": [
        ...of("ec2", "CreateFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs"),
        "iam:PassRole",
        ...ec2Tags,
    ],

    "aws:s3/bucket:Bucket": [
        ...of("s3", "CreateBucket", "DeleteBucket", "ListBucket", "GetBucketLocation"),
        // what a read of a bucket looks at, whether it is set or not
        ...of("s3", "GetAccelerateConfiguration", "GetBucketAcl", "GetBucketCORS"),
        ...of("s3", "GetBucketLogging", "GetBucketObjectLockConfiguration", "GetBucketPolicy"),
        ...of("s3", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning"),
        ...of("s3", "GetBucketWebsite", "GetEncryptionConfiguration"),
        ...of("s3", "GetLifecycleConfiguration", "GetReplicationConfiguration"),
        ...tagged("s3", "ListTagsForResource", "PutBucketTagging"),
        // forceDestroy
        ...of("s3", "ListBucketVersions", "DeleteObject", "DeleteObjectVersion"),
    ],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
        ...of("s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration"),
    ],
    "aws:s3/bucketLogging:BucketLogging": of("s3", "GetBucketLogging", "PutBucketLogging"),
    "aws:s3/bucketNotification:BucketNotification": [
        ...of("s3", "GetBucketNotification", "PutBucketNotification"),
    ],
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [
        ...of("s3", "GetBucketOwnershipControls", "PutBucketOwnershipControls"),
    ],
    "aws:s3/bucketPolicy:BucketPolicy": [
        ...of("s3", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"),
    ],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        ...of("s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"),
    ],
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        ...of("s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration"),
    ],
    "aws:s3/bucketVersioning:BucketVersioning": [
        ...of("s3", "GetBucketVersioning", "PutBucketVersioning"),
    ],
    "aws:s3/bucketObjectv2:BucketObjectv2": [
        ...of("s3", "PutObject", "GetObject", "GetObjectTagging", "PutObjectTagging"),
        ...of("s3", "ListBucketVersions", "DeleteObject", "DeleteObjectVersion"),
        ...encrypting,
    ],

    "aws:kms/key:Key": [
        ...of("kms", "CreateKey", "DescribeKey", "ScheduleKeyDeletion", "UpdateKeyDescription"),
        ...of("kms", "GetKeyPolicy", "PutKeyPolicy", "GetKeyRotationStatus", "EnableKeyRotation"),
        ...tagged("kms", "ListResourceTags"),
    ],
    "aws:kms/alias:Alias": of("kms", "CreateAlias", "DeleteAlias", "ListAliases", "UpdateAlias"),

    "aws:glue/catalogDatabase:CatalogDatabase": [
        ...of("glue", "CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase"),
        ...tagged("glue", "GetTags"),
    ],
    "aws:glue/catalogTable:CatalogTable": [
        ...of("glue", "CreateTable", "GetTable", "UpdateTable", "DeleteTable"),
        ...of("glue", "GetPartitionIndexes"),
    ],
    "aws:glue/classifier:Classifier": [
        ...of("glue", "CreateClassifier", "GetClassifier", "UpdateClassifier", "DeleteClassifier"),
    ],
    "aws:glue/crawler:Crawler": [
        ...of("glue", "CreateCrawler", "GetCrawler", "UpdateCrawler", "DeleteCrawler"),
        "iam:PassRole",
        ...tagged("glue", "GetTags"),
    ],
    "aws:glue/job:Job": [
        ...of("glue", "CreateJob", "GetJob", "UpdateJob", "DeleteJob"),
        "iam:PassRole",
        ...tagged("glue", "GetTags"),
    ],
    "aws:glue/securityConfiguration:SecurityConfiguration": [
        ...of("glue", "CreateSecurityConfiguration", "GetSecurityConfiguration"),
        ...of("glue", "DeleteSecurityConfiguration"),
    ],

    "aws:emr/cluster:Cluster": [
        ...of("elasticmapreduce", "RunJobFlow", "DescribeCluster", "TerminateJobFlows"),
        ...of("elasticmapreduce", "ListBootstrapActions", "ListInstanceFleets", "ListInstances"),
        ...of("elasticmapreduce", "ModifyCluster", "ModifyInstanceFleet"),
        ...of("elasticmapreduce", "SetTerminationProtection", "SetUnhealthyNodeReplacement"),
        ...of("elasticmapreduce", "GetAutoTerminationPolicy", "PutAutoTerminationPolicy"),
        ...of("elasticmapreduce", "RemoveAutoTerminationPolicy", "AddTags", "RemoveTags"),
        "iam:PassRole",
        "iam:CreateServiceLinkedRole",
    ],
    "aws:emr/managedScalingPolicy:ManagedScalingPolicy": [
        ...of("elasticmapreduce", "GetManagedScalingPolicy", "PutManagedScalingPolicy"),
        ...of("elasticmapreduce", "RemoveManagedScalingPolicy"),
    ],
    "aws:emr/securityConfiguration:SecurityConfiguration": [
        ...of("elasticmapreduce", "CreateSecurityConfiguration", "DeleteSecurityConfiguration"),
        ...of("elasticmapreduce", "DescribeSecurityConfiguration"),
    ],

    "aws:redshift/cluster:Cluster": [
        ...of("redshift", "CreateCluster", "DescribeClusters", "ModifyCluster", "DeleteCluster"),
        ...of("redshift", "ModifyClusterIamRoles", "DescribeLoggingStatus", "CreateTags"),
        ...of("redshift", "DeleteTags", "DescribeTags"),
        "iam:PassRole",
        "iam:CreateServiceLinkedRole",
        // what Redshift looks at on behalf of whoever puts a cluster into a network, as AWS's own policy has it
        // (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRedshiftFullAccess.html)
        ...of("ec2", "DescribeAccountAttributes", "DescribeAddresses", "DescribeInternetGateways"),
        // the admin's secret, which Redshift makes on behalf of whoever makes the cluster
        // (https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html)
        ...of("secretsmanager", "CreateSecret", "DescribeSecret", "UpdateSecret", "DeleteSecret"),
        ...of("secretsmanager", "RotateSecret", "TagResource", "GetRandomPassword"),
        ...of("kms", "CreateGrant", "RetireGrant"),
        ...encrypting,
    ],
    "aws:redshift/logging:Logging": [
        ...of("redshift", "EnableLogging", "DisableLogging", "DescribeLoggingStatus"),
    ],
    "aws:redshift/parameterGroup:ParameterGroup": [
        ...of("redshift", "CreateClusterParameterGroup", "DeleteClusterParameterGroup"),
        ...of("redshift", "DescribeClusterParameterGroups", "DescribeClusterParameters"),
        ...of("redshift", "ModifyClusterParameterGroup", "CreateTags", "DeleteTags"),
    ],
    "aws:redshift/subnetGroup:SubnetGroup": [
        ...of("redshift", "CreateClusterSubnetGroup", "DeleteClusterSubnetGroup"),
        ...of("redshift", "DescribeClusterSubnetGroups", "ModifyClusterSubnetGroup"),
        ...of("redshift", "CreateTags", "DeleteTags"),
    ],
    "aws:redshift/usageLimit:UsageLimit": [
        ...of("redshift", "CreateUsageLimit", "DescribeUsageLimits", "ModifyUsageLimit"),
        ...of("redshift", "DeleteUsageLimit", "CreateTags", "DeleteTags"),
    ],
    // the migrations, whose role is taken on by whoever deploys
    "command:local:Command": ["sts:AssumeRole"],

    "aws:iam/role:Role": [
        ...of("iam", "CreateRole", "GetRole", "UpdateRole", "UpdateRoleDescription", "DeleteRole"),
        ...of("iam", "UpdateAssumeRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"),
        ...of("iam", "ListInstanceProfilesForRole", "TagRole", "UntagRole"),
    ],
    "aws:iam/rolePolicy:RolePolicy": [
        ...of("iam", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy"),
    ],
    "aws:iam/instanceProfile:InstanceProfile": [
        ...of("iam", "CreateInstanceProfile", "GetInstanceProfile", "DeleteInstanceProfile"),
        ...of("iam", "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile", "PassRole"),
        ...of("iam", "TagInstanceProfile", "UntagInstanceProfile"),
    ],

    "aws:lambda/function:Function": [
        ...of("lambda", "CreateFunction", "GetFunction", "DeleteFunction", "UpdateFunctionCode"),
        ...of("lambda", "UpdateFunctionConfiguration", "GetFunctionCodeSigningConfig"),
        ...of("lambda", "GetFunctionConfiguration", "ListVersionsByFunction"),
        "iam:PassRole",
        "kms:CreateGrant",
        ...encrypting,
        ...tagged("lambda", "ListTags"),
    ],
    "aws:sfn/stateMachine:StateMachine": [
        ...of("states", "CreateStateMachine", "DescribeStateMachine", "UpdateStateMachine"),
        ...of("states", "DeleteStateMachine", "ListStateMachineVersions"),
        ...of("states", "ValidateStateMachineDefinition"),
        "iam:PassRole",
        ...encrypting,
        ...tagged("states", "ListTagsForResource"),
    ],
    "aws:scheduler/schedule:Schedule": [
        ...of("scheduler", "CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule"),
        "iam:PassRole",
        ...encrypting,
    ],
    "aws:scheduler/scheduleGroup:ScheduleGroup": [
        ...of("scheduler", "CreateScheduleGroup", "GetScheduleGroup", "DeleteScheduleGroup"),
        ...tagged("scheduler", "ListTagsForResource"),
    ],
    "aws:sns/topic:Topic": [
        ...of("sns", "CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic"),
        ...tagged("sns", "ListTagsForResource"),
    ],
    "aws:sns/topicPolicy:TopicPolicy": of("sns", "GetTopicAttributes", "SetTopicAttributes"),
    "aws:sns/topicSubscription:TopicSubscription": [
        ...of("sns", "Subscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"),
        ...of("sns", "Unsubscribe"),
    ],
    "aws:cloudwatch/eventRule:EventRule": [
        ...of("events", "PutRule", "DescribeRule", "DeleteRule"),
        ...tagged("events", "ListTagsForResource"),
    ],
    "aws:cloudwatch/eventTarget:EventTarget": [
        ...of("events", "PutTargets", "ListTargetsByRule", "RemoveTargets"),
        "iam:PassRole",
    ],
    "aws:cloudwatch/metricAlarm:MetricAlarm": [
        ...of("cloudwatch", "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"),
        ...tagged("cloudwatch", "ListTagsForResource"),
    ],
    "aws:cloudwatch/dashboard:Dashboard": [
        ...of("cloudwatch", "PutDashboard", "GetDashboard", "DeleteDashboards"),
    ],
    "aws:cloudwatch/logGroup:LogGroup": [
        ...of("logs", "CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups", "AssociateKmsKey"),
        ...of("logs", "DisassociateKmsKey", "PutRetentionPolicy", "DeleteRetentionPolicy"),
        ...tagged("logs", "ListTagsForResource"),
    ],

    // made on the machine that deploys
    "tls:index/privateKey:PrivateKey": [],
    "tls:index/selfSignedCert:SelfSignedCert": [],
};
