/** Redshift clusters and Redshift Serverless. */
import { activity, parameters, tls, warehouse } from "./fixtures";
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

const auditLog = (properties: object = {}) =>
    resource("aws:redshift/logging:Logging", "audit", {
        clusterIdentifier: "warehouse",
        logDestinationType: "cloudwatch",
        logExports: ["connectionlog", "userlog", "useractivitylog"],
        ...properties,
    });
const namespace = (properties: object = {}) =>
    resource("aws:redshiftserverless/namespace:Namespace", "ns", {
        namespaceName: "ns",
        dbName: "logs",
        kmsKeyId: keyArn,
        manageAdminPassword: true,
        adminPasswordSecretKmsKeyId: keyArn,
        adminUsername: "loglake",
        logExports: ["connectionlog", "userlog", "useractivitylog"],
        ...properties,
    });
const workgroup = (properties: object = {}) =>
    resource("aws:redshiftserverless/workgroup:Workgroup", "wg", {
        enhancedVpcRouting: true,
        publiclyAccessible: false,
        subnetIds: ["subnet-1"],
        configParameters: [{ parameterKey: "require_ssl", parameterValue: "true" }],
        ...properties,
    });

describe("policies on Redshift", () => {
    usePack();

    describePolicy("redshift-encryption", {
        fails: {
            "a cluster in the clear": ["encrypted", warehouse({ encrypted: false })],
            "a cluster under AWS's key": ["kmsKeyId", warehouse({ kmsKeyId: undefined })],
            "a namespace under AWS's key": [
                "kmsKeyId",
                namespace({ kmsKeyId: "AWS_OWNED_KMS_KEY" }),
            ],
        },
        passes: {
            "a cluster under a key of one's own": [warehouse()],
            "a namespace under a key of one's own": [namespace()],
        },
        unseen: { "encryption that is only known later": [warehouse({ encrypted: unknown })] },
    });

    describePolicy("redshift-private", {
        fails: {
            "a public cluster": ["publiclyAccessible", warehouse({ publiclyAccessible: true })],
            "COPY past the VPC": ["enhancedVpcRouting", warehouse({ enhancedVpcRouting: false })],
            "no subnets": [
                "clusterSubnetGroupName",
                warehouse({ clusterSubnetGroupName: undefined }),
            ],
            "a public address": ["elasticIp", warehouse({ elasticIp: "198.51.100.1" })],
            "a public workgroup": ["publiclyAccessible", workgroup({ publiclyAccessible: true })],
            "a workgroup past the VPC": [
                "enhancedVpcRouting",
                workgroup({ enhancedVpcRouting: undefined }),
            ],
        },
        passes: {
            "a private cluster": [warehouse()],
            "a private workgroup": [workgroup()],
            "the provider's default": [warehouse({ publiclyAccessible: undefined })],
        },
        unseen: {
            "routing that is only known later": [warehouse({ enhancedVpcRouting: unknown })],
        },
    });

    describePolicy("redshift-admin-credentials", {
        fails: {
            "a password of one's own": [
                "masterPassword",
                warehouse({ manageMasterPassword: undefined, masterPassword: "Hunter22" }),
            ],
            "an unmanaged password": [
                "manageMasterPassword",
                warehouse({ manageMasterPassword: false }),
            ],
            "a secret under AWS's key": [
                "masterPasswordSecretKmsKeyId",
                warehouse({ masterPasswordSecretKmsKeyId: undefined }),
            ],
            "the default user": ["masterUsername", warehouse({ masterUsername: "awsuser" })],
            "an unmanaged password of a namespace": [
                "manageAdminPassword",
                namespace({ manageAdminPassword: undefined }),
            ],
            "the default user of a namespace": [
                "adminUsername",
                namespace({ adminUsername: "admin" }),
            ],
        },
        passes: {
            "a managed password": [warehouse()],
            "a managed password of a namespace": [namespace()],
        },
        unseen: { "a user that is only known later": [warehouse({ masterUsername: unknown })] },
    });

    describePolicy("redshift-recovery", {
        fails: {
            "no snapshots": [
                "automatedSnapshotRetentionPeriod",
                warehouse({ automatedSnapshotRetentionPeriod: 0 }),
            ],
            "AWS's one day": [
                "automatedSnapshotRetentionPeriod",
                warehouse({ automatedSnapshotRetentionPeriod: undefined }),
            ],
            "no upgrades": ["allowVersionUpgrade", warehouse({ allowVersionUpgrade: false })],
        },
        passes: { "a week of snapshots": [warehouse()] },
        unseen: {
            "retention that is only known later": [
                warehouse({ automatedSnapshotRetentionPeriod: unknown }),
            ],
        },
    });

    describePolicy("redshift-parameters", {
        fails: {
            "clients without TLS": ["require_ssl", parameters(activity)],
            "clients that may leave TLS out": [
                "require_ssl",
                parameters(activity, { ...tls, value: "false" }),
            ],
            "no activity log": ["enable_user_activity_logging", parameters(tls)],
            "a workgroup without TLS": ["require_ssl", workgroup({ configParameters: undefined })],
        },
        passes: {
            "a group with both": [parameters(tls, activity)],
            "a workgroup with TLS": [workgroup()],
        },
        unseen: {
            "parameters that are only known later": [
                resource("aws:redshift/parameterGroup:ParameterGroup", "p", {
                    parameters: unknown,
                }),
            ],
        },
    });

    describePolicy("redshift-parameter-group", {
        fails: {
            "the default group": [
                "clusterParameterGroupName",
                warehouse({ clusterParameterGroupName: "default.redshift-1.0" }),
            ],
            "no group, which is the default one": [
                "clusterParameterGroupName",
                warehouse({ clusterParameterGroupName: undefined }),
            ],
        },
        passes: {
            "a group of one's own": [warehouse(), parameters(tls, activity)],
            "a group that is only known later": [warehouse({ clusterParameterGroupName: unknown })],
        },
    });

    describePolicy("redshift-audit-logging", {
        fails: {
            "logs to S3 without a bucket": [
                "bucketName",
                warehouse(),
                auditLog({ logDestinationType: "s3", logExports: undefined }),
            ],
            "no audit log": ["logging", warehouse()],
            "the log of another cluster": [
                "logging",
                warehouse(),
                auditLog({ clusterIdentifier: "other" }),
            ],
            "part of the logs": [
                "logExports",
                warehouse(),
                auditLog({ logExports: ["connectionlog"] }),
            ],
        },
        passes: {
            "logs to CloudWatch": [warehouse(), auditLog()],
            "logs to S3": [
                warehouse(),
                auditLog({ logDestinationType: "s3", bucketName: "logs", logExports: undefined }),
            ],
            "logs of a cluster whose name is only known later": [
                warehouse({ clusterIdentifier: unknown }),
                {
                    ...auditLog({ clusterIdentifier: unknown }),
                    from: { clusterIdentifier: "warehouse" },
                },
            ],
        },
        unseen: {
            "logs that are only known later": [warehouse(), auditLog({ logExports: unknown })],
        },
    });

    describePolicy("redshift-serverless-logging", {
        fails: {
            "no logs": ["logExports", namespace({ logExports: undefined })],
            "part of the logs": ["logExports", namespace({ logExports: ["userlog"] })],
        },
        passes: { "all three": [namespace()] },
        unseen: {
            "logs that are only known later": [namespace({ logExports: ["userlog", unknown] })],
        },
    });

    describePolicy("redshift-default-database", {
        fails: {
            "AWS's name": ["databaseName", warehouse({ databaseName: undefined })],
            "AWS's name, said": ["dbName", namespace({ dbName: "dev" })],
        },
        passes: { "a name of one's own": [warehouse(), namespace()] },
        unseen: { "a name that is only known later": [warehouse({ databaseName: unknown })] },
    });

    describePolicy("redshift-default-port", {
        fails: {
            "AWS's port": ["port", warehouse({ port: 5439 })],
            "no word on the port": ["port", warehouse({ port: undefined })],
            "AWS's port of a workgroup": ["port", workgroup({ port: 5439 })],
        },
        passes: {
            "ports of one's own": [warehouse({ port: 5440 }), workgroup({ port: 8200 })],
        },
        unseen: { "a port that is only known later": [warehouse({ port: unknown })] },
    });

    const copy = (snapshotCopyGrantName: unknown) =>
        resource("aws:redshift/snapshotCopy:SnapshotCopy", "copy", {
            clusterIdentifier: "warehouse",
            destinationRegion: "eu-central-1",
            snapshotCopyGrantName,
        });
    const copyGrant = (kmsKeyId: unknown) =>
        resource("aws:redshift/snapshotCopyGrant:SnapshotCopyGrant", "grant", {
            snapshotCopyGrantName: "copies",
            kmsKeyId,
        });

    describePolicy("redshift-snapshot-copy-encryption", {
        fails: {
            "copies without a key": ["snapshotCopyGrantName", copy(undefined)],
            "a grant of AWS's key": ["kmsKeyId", copy("copies"), copyGrant(undefined)],
        },
        passes: {
            "a grant of a key of one's own": [copy("copies"), copyGrant(keyArn)],
            "a key and a grant that are only known later": [copy(unknown), copyGrant(unknown)],
        },
    });
});
