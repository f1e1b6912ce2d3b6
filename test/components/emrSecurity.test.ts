import { expect } from "chai";
import { all, only, parsed, type Resource } from "../support/deploy";
import { keyArn, name, up } from "../support/spark";

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const [primary, workers, serviceAccess] = ["primary", "workers", "service-access"].map(
    (purpose) => `${name}-emr-${purpose}`,
) as [string, string, string];

/** Rules as one line each: protocol, ports, and the other end. */
function rulesOf(resources: readonly Resource[], type: string, group: string): string[] {
    return all(resources, type)
        .map(({ inputs }) => inputs)
        .filter(({ securityGroupId }) => securityGroupId === group)
        .map(({ ipProtocol, fromPort, toPort, ...end }) => {
            const other = end.referencedSecurityGroupId ?? end.cidrIpv4 ?? end.prefixListId;
            return [ipProtocol, fromPort, toPort, other].filter((it) => it !== undefined).join(" ");
        });
}

describe("EMR security", () => {
    let resources: readonly Resource[];

    before(async () => {
        ({ resources } = await up());
    });

    describe("groups", () => {
        it("are three of the VPC, tagged for EMR, whose rules go before them", () => {
            const groups = all(resources, groupType).map(({ inputs }) => inputs);
            expect(groups.map((group) => group.name)).to.have.members([
                primary,
                workers,
                serviceAccess,
            ]);
            for (const { name, description, ...group } of groups) {
                expect(description).to.be.a("string").and.not.empty;
                expect(group).to.deep.equal({
                    vpcId: "vpc-1",
                    revokeRulesOnDelete: true,
                    tags: { Name: name, "for-use-with-amazon-emr-managed-policies": "true" },
                });
            }
        });

        it("let nodes receive from each other and EMR's managers alone", () => {
            const fromNodes = [primary, workers].flatMap((node) => [
                `tcp 0 65535 ${node}`,
                `udp 0 65535 ${node}`,
                `icmp -1 -1 ${node}`,
            ]);
            for (const node of [primary, workers]) {
                expect(rulesOf(resources, ingressType, node)).to.have.members([
                    ...fromNodes,
                    `tcp 8443 8443 ${serviceAccess}`,
                ]);
            }
        });

        it("let nodes send to each other, to S3 and to services in the VPC alone", () => {
            const toAll = [
                `-1 ${primary}`,
                `-1 ${workers}`,
                "tcp 443 443 pl-1",
                "tcp 443 443 10.0.0.0/16",
            ];
            expect(rulesOf(resources, egressType, workers)).to.have.members(toAll);
            expect(rulesOf(resources, egressType, primary)).to.have.members([
                ...toAll,
                `tcp 9443 9443 ${serviceAccess}`,
            ]);
        });

        it("let EMR's managers hear from primary nodes, and reach every node on one port", () => {
            expect(rulesOf(resources, ingressType, serviceAccess)).to.deep.equal([
                `tcp 9443 9443 ${primary}`,
            ]);
            expect(rulesOf(resources, egressType, serviceAccess)).to.have.members([
                `tcp 8443 8443 ${primary}`,
                `tcp 8443 8443 ${workers}`,
            ]);
        });

        it("reach services where the arguments say they are", async () => {
            const serviceCidrBlocks = ["10.1.0.0/24", "10.2.0.0/24"];
            const { resources } = await up({ serviceCidrBlocks });
            const sent = rulesOf(resources, egressType, workers).filter((it) => it.includes("/"));
            expect(sent).to.deep.equal(["tcp 443 443 10.1.0.0/24", "tcp 443 443 10.2.0.0/24"]);
        });

        it("are described, themselves and each rule, in characters that EC2 takes", () => {
            // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleUpdate.html
            const allowed = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
            const described = [groupType, ingressType, egressType].flatMap((type) =>
                all(resources, type),
            );
            expect(described).to.have.length(3 + 15 + 11);
            for (const { name, inputs } of described) {
                expect(inputs.description, name).to.match(allowed);
            }
        });
    });

    describe("configuration", () => {
        it("encrypts everything, wants tokens for credentials, and gives steps roles of their own", () => {
            const { inputs } = only(
                resources,
                "aws:emr/securityConfiguration:SecurityConfiguration",
            );
            expect(inputs.name).to.equal(name);
            expect(parsed(inputs.configuration)).to.deep.equal({
                EncryptionConfiguration: {
                    EnableAtRestEncryption: true,
                    AtRestEncryptionConfiguration: {
                        S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: keyArn },
                        LocalDiskEncryptionConfiguration: {
                            EncryptionKeyProviderType: "AwsKms",
                            AwsKmsKey: keyArn,
                            EnableEbsEncryption: true,
                        },
                    },
                    EnableInTransitEncryption: true,
                    InTransitEncryptionConfiguration: {
                        TLSCertificateConfiguration: {
                            CertificateProviderType: "PEM",
                            S3Object: `s3://artifacts/emr-tls/${name}.zip`,
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
            });
        });
    });

    describe("certificate", () => {
        it("is for the names of the Region's instances, for ten years, renewed 90 days before", () => {
            const { inputs } = only(resources, "tls:index/selfSignedCert:SelfSignedCert");
            expect(inputs).to.deep.equal({
                privateKeyPem: "PRIVATE KEY",
                subject: { commonName: "*.eu-west-1.compute.internal", organization: name },
                dnsNames: ["*.eu-west-1.compute.internal"],
                allowedUses: [
                    "digital_signature",
                    "key_encipherment",
                    "server_auth",
                    "client_auth",
                ],
                validityPeriodHours: 10 * 365 * 24,
                earlyRenewalHours: 90 * 24,
            });
            expect(only(resources, "tls:index/privateKey:PrivateKey").inputs).to.deep.equal({
                algorithm: "RSA",
                rsaBits: 3072,
            });
        });

        it("lies in the artifacts bucket as the zip that EMR wants, under the key", async () => {
            const { inputs } = only(
                resources,
                "aws:s3/bucketObjectv2:BucketObjectv2",
                `${name}-emr-tls`,
            );
            const { source, ...object } = inputs;
            expect(object).to.deep.equal({
                bucket: "artifacts",
                key: `emr-tls/${name}.zip`,
                serverSideEncryption: "aws:kms",
                kmsKeyId: keyArn,
            });
            const files = Object.entries<{ text: Promise<string> }>(await source.assets).map(
                async ([file, { text }]) => [file, await text] as const,
            );
            expect(Object.fromEntries(await Promise.all(files))).to.deep.equal({
                "privateKey.pem": "PRIVATE KEY",
                "certificateChain.pem": "CERTIFICATE",
                "trustedCertificates.pem": "CERTIFICATE",
            });
        });
    });
});
