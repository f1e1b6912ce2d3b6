/** EMR's security configuration: encryption, metadata service and runtime roles, for every cluster of a deployment. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * EMR's JSON, as far as this project sets it
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html).
 */
export interface SecurityConfigurationDocument {
    readonly EncryptionConfiguration: {
        readonly EnableAtRestEncryption: true;
        readonly AtRestEncryptionConfiguration: {
            readonly S3EncryptionConfiguration: {
                readonly EncryptionMode: "SSE-KMS";
                readonly AwsKmsKey: string;
            };
            readonly LocalDiskEncryptionConfiguration: {
                readonly EncryptionKeyProviderType: "AwsKms";
                readonly AwsKmsKey: string;
                readonly EnableEbsEncryption: true;
            };
        };
        readonly EnableInTransitEncryption: true;
        readonly InTransitEncryptionConfiguration: {
            readonly TLSCertificateConfiguration: {
                readonly CertificateProviderType: "PEM";
                readonly S3Object: string;
            };
        };
    };
    readonly InstanceMetadataServiceConfiguration: {
        readonly MinimumInstanceMetadataServiceVersion: 2;
        readonly HttpPutResponseHopLimit: 1;
    };
    readonly AuthorizationConfiguration: {
        readonly IAMConfiguration: {
            readonly EnableApplicationScopedIAMRole: true;
            readonly ApplicationScopedIAMRoleConfiguration: {
                readonly PropagateSourceIdentity: true;
            };
        };
    };
}

/** Everything on, under one key, with the certificate at `certificateUri`. */
export function securityConfigurationDocument(
    keyArn: string,
    certificateUri: string,
): SecurityConfigurationDocument {
    return {
        EncryptionConfiguration: {
            EnableAtRestEncryption: true,
            AtRestEncryptionConfiguration: {
                S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: keyArn },
                LocalDiskEncryptionConfiguration: {
                    EncryptionKeyProviderType: "AwsKms",
                    AwsKmsKey: keyArn,
                    EnableEbsEncryption: true, // LUKS, which goes without saying, leaves the root volume out
                },
            },
            EnableInTransitEncryption: true,
            InTransitEncryptionConfiguration: {
                TLSCertificateConfiguration: {
                    CertificateProviderType: "PEM",
                    S3Object: certificateUri,
                },
            },
        },
        InstanceMetadataServiceConfiguration: {
            MinimumInstanceMetadataServiceVersion: 2,
            HttpPutResponseHopLimit: 1,
        },
        AuthorizationConfiguration: {
            IAMConfiguration: {
                EnableApplicationScopedIAMRole: true,
                ApplicationScopedIAMRoleConfiguration: { PropagateSourceIdentity: true },
            },
        },
    };
}

/** Arguments of {@link securityConfiguration}. */
export interface SecurityConfigurationArgs {
    readonly keyArn: pulumi.Input<string>;
    /** The certificate's archive in S3. */
    readonly certificate: aws.s3.BucketObjectv2;
}

/**
 * Creates the security configuration as a child of `processor` and returns its name.
 *
 * It can't be changed, only replaced, and since its name is fixed the old one must go first. EMR adds an `ExternalId` to
 * what it was given, so that a refresh sees a difference
 * (https://github.com/hashicorp/terraform-provider-aws/issues/37526): update without `--refresh` while a cluster uses it.
 */
export function securityConfiguration(
    processor: pulumi.Resource,
    deployment: string,
    args: SecurityConfigurationArgs,
): pulumi.Output<string> {
    const uri = pulumi.interpolate`s3://${args.certificate.bucket}/${args.certificate.key}`;
    const configuration = pulumi
        .all([args.keyArn, uri])
        .apply(([keyArn, certificateUri]) =>
            JSON.stringify(securityConfigurationDocument(keyArn, certificateUri)),
        );
    return new aws.emr.SecurityConfiguration(
        deployment,
        { name: deployment, configuration },
        { parent: processor, deleteBeforeReplace: true },
    ).name;
}
