/** EMR's security configurations, which are JSON. */
import {
    expectAtLeast,
    expectCustomerKey,
    expectOneOf,
    expectThat,
    expectTrue,
} from "../core/checks";
import { option, resourcePolicy, type Policy } from "../core/policy";
import { parsed } from "./json";

const docs = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/";
const configurationType = "aws:emr/securityConfiguration:SecurityConfiguration";

const atRest = resourcePolicy({
    name: "emr-encryption-at-rest",
    title: "EMR encrypts S3 data and local disks under customer-managed keys",
    risk: "Shuffle data, spills and results lie on disks and in S3 without a key of one's own.",
    severity: "high",
    fsbp: ["EMR.3"],
    types: [configurationType],
    remedy: "Enable at-rest encryption: SSE-KMS or CSE-KMS for S3, an AwsKms key with EnableEbsEncryption for disks.",
    url: `${docs}emr-data-encryption-options.html`,
    judge: (subject, verdict) => {
        const encryption = parsed(subject.at("configuration"), verdict)?.at(
            "EncryptionConfiguration",
        );
        if (encryption === undefined) return;
        expectTrue(verdict, encryption.at("EnableAtRestEncryption"), {
            finding: "EnableAtRestEncryption",
            fix: "set it to true",
        });
        const s3 = encryption.at("AtRestEncryptionConfiguration.S3EncryptionConfiguration");
        const disk = encryption.at(
            "AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration",
        );
        expectOneOf(verdict, s3.at("EncryptionMode"), ["SSE-KMS", "CSE-KMS", "CSE-Custom"], {
            finding: "S3.EncryptionMode",
            fix: "set it to SSE-KMS",
        });
        if (s3.at("EncryptionMode").value !== "CSE-Custom")
            expectCustomerKey(verdict, s3.at("AwsKmsKey"), { finding: "S3.AwsKmsKey" });
        for (const override of s3.at("Overrides").items) {
            expectOneOf(
                verdict,
                override.at("EncryptionMode"),
                ["SSE-KMS", "CSE-KMS", "CSE-Custom"],
                { finding: "S3.Overrides.EncryptionMode", fix: "set it to SSE-KMS" },
            );
        }
        expectOneOf(verdict, disk.at("EncryptionKeyProviderType"), ["AwsKms", "Custom"], {
            finding: "LocalDisk.EncryptionKeyProviderType",
            fix: "set it to AwsKms",
        });
        if (disk.at("EncryptionKeyProviderType").value !== "Custom")
            expectCustomerKey(verdict, disk.at("AwsKmsKey"), { finding: "LocalDisk.AwsKmsKey" });
        expectTrue(verdict, disk.at("EnableEbsEncryption"), {
            finding: "LocalDisk.EnableEbsEncryption",
            fix: "set it to true; LUKS alone leaves the root volume out",
        });
    },
});

const inTransit = resourcePolicy({
    name: "emr-encryption-in-transit",
    title: "EMR encrypts traffic between nodes",
    risk: "Shuffle blocks and RPC travel between nodes in the clear.",
    severity: "high",
    fsbp: ["EMR.4"],
    types: [configurationType],
    remedy: "Enable in-transit encryption with a certificate provider.",
    url: `${docs}emr-data-encryption-options.html`,
    judge: (subject, verdict) => {
        const encryption = parsed(subject.at("configuration"), verdict)?.at(
            "EncryptionConfiguration",
        );
        if (encryption === undefined) return;
        expectTrue(verdict, encryption.at("EnableInTransitEncryption"), {
            finding: "EnableInTransitEncryption",
            fix: "set it to true",
        });
        const certificate = encryption.at(
            "InTransitEncryptionConfiguration.TLSCertificateConfiguration",
        );
        expectOneOf(verdict, certificate.at("CertificateProviderType"), ["PEM", "Custom"], {
            finding: "CertificateProviderType",
            fix: "set it to PEM",
        });
        expectThat(
            verdict,
            certificate.at("S3Object"),
            (value) => /^(s3:\/\/|arn:)/.test(String(value)),
            { finding: "S3Object", fix: "give the s3:// address of the zip of certificates" },
        );
    },
});

const metadata = resourcePolicy({
    name: "emr-imdsv2",
    title: "EMR nodes ask for tokens before they give credentials",
    risk: "With version 1 of the instance metadata service, any request that a job can be tricked into returns the node's credentials.",
    severity: "high",
    types: [configurationType],
    remedy: "Set MinimumInstanceMetadataServiceVersion to 2 and HttpPutResponseHopLimit to 1.",
    url: `${docs}emr-create-security-configuration.html`,
    options: { maximumHops: option(1, "network hops that a token may travel; containers need 2") },
    judge: (subject, verdict, { maximumHops }) => {
        const service = parsed(subject.at("configuration"), verdict)?.at(
            "InstanceMetadataServiceConfiguration",
        );
        if (service === undefined) return;
        expectAtLeast(verdict, service.at("MinimumInstanceMetadataServiceVersion"), 2, {
            finding: "MinimumInstanceMetadataServiceVersion",
            fix: "set it to 2",
        });
        const hops = service.at("HttpPutResponseHopLimit");
        expectThat(verdict, hops, () => (hops.number ?? Infinity) <= maximumHops, {
            finding: "HttpPutResponseHopLimit",
            fix: `set it to ${String(maximumHops)}`,
        });
    },
});

const authorization = resourcePolicy({
    name: "emr-runtime-roles",
    title: "EMR security configurations enable runtime roles or Kerberos",
    risk: "Otherwise every step has all rights of the cluster's instance profile.",
    severity: "high",
    types: [configurationType],
    remedy: "Set AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole to true.",
    url: `${docs}emr-steps-runtime-roles.html`,
    judge: (subject, verdict) => {
        const configuration = parsed(subject.at("configuration"), verdict);
        if (
            configuration === undefined ||
            !configuration.at("AuthenticationConfiguration.KerberosConfiguration").absent
        )
            return;
        expectTrue(
            verdict,
            configuration.at(
                "AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole",
            ),
            { finding: "EnableApplicationScopedIAMRole", fix: "set it to true" },
        );
    },
});

export const configurations: readonly Policy[] = [atRest, inTransit, metadata, authorization];
