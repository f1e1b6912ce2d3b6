/** The certificate that EMR's nodes talk to each other under. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { siteOf } from "../iam";

/** Arguments of {@link nodeCertificate}. */
export interface NodeCertificateArgs {
    readonly artifactsBucketName: pulumi.Input<string>;
    /** Key that the private key lies under in S3. */
    readonly keyArn: pulumi.Input<string>;
}

const hoursPerDay = 24;
const validityDays = 10 * 365;
const renewalDays = 90;

/** Object key of the certificate's archive. */
export function certificateKey(deployment: string): string {
    return `emr-tls/${deployment}.zip`;
}

/**
 * Makes a self-signed certificate for the names of the VPC's nodes, and stores it as EMR wants it
 * (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html). It is its own root: nobody but
 * the nodes of one cluster has to trust it.
 *
 * An update in its last 90 days makes a new one. Nodes fetch it when they start, so that a persistent cluster must then be
 * replaced: nodes added later would not trust those from before. Pulumi's state holds the private key, as a secret.
 */
export function nodeCertificate(
    processor: pulumi.ComponentResource,
    deployment: string,
    args: NodeCertificateArgs,
): aws.s3.BucketObjectv2 {
    const options = { parent: processor };
    const nodeNames = siteOf(processor).region.apply(nodeNamesIn);
    const key = new tls.PrivateKey(deployment, { algorithm: "RSA", rsaBits: 3072 }, options);
    const certificate = new tls.SelfSignedCert(
        deployment,
        {
            privateKeyPem: key.privateKeyPem,
            subject: { commonName: nodeNames, organization: deployment },
            dnsNames: [nodeNames],
            allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
            validityPeriodHours: validityDays * hoursPerDay,
            earlyRenewalHours: renewalDays * hoursPerDay,
        },
        options,
    );
    const archive = pulumi
        .all([pkcs8Of(key), certificate.certPem])
        .apply(([privateKey, chain]) => pemArchive(privateKey, chain));
    return new aws.s3.BucketObjectv2(
        `${deployment}-emr-tls`,
        {
            bucket: args.artifactsBucketName,
            key: certificateKey(deployment),
            source: pulumi.secret(archive),
            serverSideEncryption: "aws:kms",
            kmsKeyId: args.keyArn,
        },
        options,
    );
}

/** The key as Java reads it, PKCS #8. The state of a provider from before it had this output holds the other form alone. */
function pkcs8Of({ privateKeyPemPkcs8, privateKeyPem }: tls.PrivateKey): pulumi.Output<string> {
    const newer: pulumi.Output<string | undefined> = privateKeyPemPkcs8;
    return pulumi.all([newer, privateKeyPem]).apply(([pkcs8, other]) => pkcs8 ?? other);
}

/** What EC2 calls instances in `region`: us-east-1 has names of its own (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html). */
function nodeNamesIn(region: string): string {
    return region === "us-east-1" ? "*.ec2.internal" : `*.${region}.compute.internal`;
}

/** The file names are EMR's. */
function pemArchive(privateKey: string, chain: string): pulumi.asset.AssetArchive {
    return new pulumi.asset.AssetArchive({
        "privateKey.pem": new pulumi.asset.StringAsset(privateKey),
        "certificateChain.pem": new pulumi.asset.StringAsset(chain),
        "trustedCertificates.pem": new pulumi.asset.StringAsset(chain),
    });
}
