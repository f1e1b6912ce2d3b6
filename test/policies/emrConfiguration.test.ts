/** Security configurations of EMR. */
import { describePolicy, keyArn, resource, unknown, usePack } from "./support";

const emrConfiguration = {
    EncryptionConfiguration: {
        EnableAtRestEncryption: true,
        EnableInTransitEncryption: true,
        AtRestEncryptionConfiguration: {
            S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: keyArn },
            LocalDiskEncryptionConfiguration: {
                EncryptionKeyProviderType: "AwsKms",
                AwsKmsKey: keyArn,
                EnableEbsEncryption: true,
            },
        },
        InTransitEncryptionConfiguration: {
            TLSCertificateConfiguration: {
                CertificateProviderType: "PEM",
                S3Object: "s3://artifacts/certificates.zip",
            },
        },
    },
    InstanceMetadataServiceConfiguration: {
        MinimumInstanceMetadataServiceVersion: 2,
        HttpPutResponseHopLimit: 1,
    },
    AuthorizationConfiguration: { IAMConfiguration: { EnableApplicationScopedIAMRole: true } },
};
/** The configuration with the value at `path` changed, or taken out. */
function emrSecurity(path = "", value?: unknown) {
    const changed = structuredClone(emrConfiguration) as Record<string, any>;
    const names = path.split(".");
    const last = names.pop() ?? "";
    let parent = changed;
    for (const name of names) parent = parent[name];
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
    return resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
        configuration: JSON.stringify(changed),
    });
}
const inCrypto = (path: string) => `EncryptionConfiguration.${path}`;
const s3Crypto = inCrypto("AtRestEncryptionConfiguration.S3EncryptionConfiguration");
const diskCrypto = inCrypto("AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration");
const laterConfiguration = resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
    configuration: unknown,
});
describe("policies on security configurations of EMR", () => {
    usePack();

    describePolicy("emr-encryption-at-rest", {
        fails: {
            "no encryption at rest": [
                "EnableAtRestEncryption",
                emrSecurity(inCrypto("EnableAtRestEncryption"), false),
            ],
            "S3's own key": [
                "S3.EncryptionMode",
                emrSecurity(`${s3Crypto}.EncryptionMode`, "SSE-S3"),
            ],
            "no key for S3": ["S3.AwsKmsKey", emrSecurity(`${s3Crypto}.AwsKmsKey`)],
            "no key for disks": [
                "LocalDisk.AwsKmsKey",
                emrSecurity(`${diskCrypto}.AwsKmsKey`, "alias/aws/ebs"),
            ],
            "no encryption of disks": [
                "LocalDisk.EncryptionKeyProviderType",
                emrSecurity(diskCrypto),
            ],
            "root volumes in the clear": [
                "LocalDisk.EnableEbsEncryption",
                emrSecurity(`${diskCrypto}.EnableEbsEncryption`),
            ],
            "text that is no JSON": [
                "configuration",
                resource("aws:emr/securityConfiguration:SecurityConfiguration", "emr", {
                    configuration: "{",
                }),
            ],
        },
        passes: { "S3 and disks under a key of one's own": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-encryption-in-transit", {
        fails: {
            "traffic in the clear": [
                "EnableInTransitEncryption",
                emrSecurity(inCrypto("EnableInTransitEncryption"), false),
            ],
            "no certificates": [
                "CertificateProviderType",
                emrSecurity(inCrypto("InTransitEncryptionConfiguration")),
            ],
        },
        passes: { "certificates in S3": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-imdsv2", {
        fails: {
            "version 1": [
                "MinimumInstanceMetadataServiceVersion",
                emrSecurity(
                    "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
                    1,
                ),
            ],
            silence: [
                "MinimumInstanceMetadataServiceVersion",
                emrSecurity("InstanceMetadataServiceConfiguration"),
            ],
            "tokens that travel": [
                "HttpPutResponseHopLimit",
                emrSecurity("InstanceMetadataServiceConfiguration.HttpPutResponseHopLimit", 3),
            ],
        },
        passes: { "version 2, one hop": [emrSecurity()] },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });

    describePolicy("emr-runtime-roles", {
        fails: {
            "steps under the instance profile": [
                "EnableApplicationScopedIAMRole",
                emrSecurity("AuthorizationConfiguration"),
            ],
        },
        passes: {
            "runtime roles": [emrSecurity()],
            Kerberos: [
                emrSecurity("AuthenticationConfiguration", {
                    KerberosConfiguration: { Provider: "ClusterDedicatedKdc" },
                }),
            ],
        },
        unseen: { "a configuration that is only known later": [laterConfiguration] },
    });
});
