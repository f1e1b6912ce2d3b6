/** Statements that every bucket policy of the lake holds. */
import * as pulumi from "@pulumi/pulumi";
import type { Conditions, Statement } from "../iam";

const encryptionHeader = "s3:x-amz-server-side-encryption";
const keyHeader = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const customerKeyHeader = "s3:x-amz-server-side-encryption-customer-algorithm";

/** Refuses plain HTTP and TLS below 1.2, whoever asks and for whatever. */
export function denyInsecureTransport(bucketArn: pulumi.Output<string>): readonly Statement[] {
    const everything = [bucketArn, pulumi.interpolate`${bucketArn}/*`];
    return [
        deny("DenyPlainHttp", ["s3:*"], everything, { Bool: { "aws:SecureTransport": "false" } }),
        deny("DenyOldTls", ["s3:*"], everything, { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    ];
}

/**
 * Refuses an upload that asks for another kind of encryption than `algorithm`, or brings its own key (SSE-C).
 *
 * A request without the header gets the bucket's default and must pass. Negated operators also hold where the key is
 * missing, so that each stands beside a `Null` that asks for its presence
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
export function denyOtherEncryption(
    bucketArn: pulumi.Output<string>,
    algorithm: "AES256" | "aws:kms",
): readonly Statement[] {
    return [
        denyUpload("DenyOtherEncryption", bucketArn, {
            Null: { [encryptionHeader]: "false" },
            StringNotEquals: { [encryptionHeader]: algorithm },
        }),
        denyUpload("DenyCustomerKeys", bucketArn, { Null: { [customerKeyHeader]: "false" } }),
    ];
}

/**
 * Refuses an upload under another KMS key: one that names it, or one that asks for `aws:kms` and names none, which S3
 * encrypts with the account's `aws/s3` key rather than the bucket's default
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, SSEKMSKeyId).
 */
export function denyOtherKeys(
    bucketArn: pulumi.Output<string>,
    keyArn: pulumi.Input<string>,
): readonly Statement[] {
    return [
        denyUpload("DenyOtherKeys", bucketArn, {
            Null: { [keyHeader]: "false" },
            StringNotEquals: { [keyHeader]: keyArn },
        }),
        denyUpload("DenyDefaultKey", bucketArn, {
            Null: { [keyHeader]: "true" },
            StringEquals: { [encryptionHeader]: "aws:kms" },
        }),
    ];
}

function denyUpload(
    sid: string,
    bucketArn: pulumi.Output<string>,
    condition: Conditions,
): Statement {
    return deny(sid, ["s3:PutObject"], [pulumi.interpolate`${bucketArn}/*`], condition);
}

function deny(
    Sid: string,
    Action: readonly string[],
    Resource: readonly pulumi.Output<string>[],
    Condition: Conditions,
): Statement {
    return { Sid, Effect: "Deny", Principal: "*", Action, Resource, Condition };
}
