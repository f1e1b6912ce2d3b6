/** The lake's key, and the Glue security configuration that makes crawlers and jobs use it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { wholeNumber } from "../checks";
import { accountKeyPolicy, logGroupsUseKey, siteOf } from "../iam";

/** Arguments of {@link lakeKey}. */
export interface LakeKeyArgs {
    readonly keyDeletionWindowDays?: number | undefined;
    readonly protect: boolean;
}

/** Creates the key and its alias as children of `lake`. */
export function lakeKey(
    lake: pulumi.ComponentResource,
    deployment: string,
    args: LakeKeyArgs,
): aws.kms.Key {
    const site = siteOf(lake);
    const deletionWindowInDays = wholeNumber(
        "keyDeletionWindowDays",
        args.keyDeletionWindowDays ?? 30,
        7,
        30,
    );
    const key = new aws.kms.Key(
        deployment,
        {
            description: `Log lake ${deployment}: buckets, Glue logs and bookmarks`,
            enableKeyRotation: true,
            deletionWindowInDays,
            // No statement for S3: it uses the key on behalf of whoever asks for an object, with that role's permission.
            // CloudWatch Logs uses it on its own behalf, for the groups that Glue writes under the security configuration.
            policy: accountKeyPolicy(site, logGroupsUseKey(site, "/aws-glue/*")),
        },
        { parent: lake, protect: args.protect },
    );
    new aws.kms.Alias(
        deployment,
        { name: `alias/${deployment}-lake`, targetKeyId: key.keyId },
        { parent: lake },
    );
    return key;
}

/** Creates the security configuration as a child of `lake` and returns its name. */
export function securityConfiguration(
    lake: pulumi.Resource,
    deployment: string,
    kmsKeyArn: pulumi.Input<string>,
): pulumi.Output<string> {
    return new aws.glue.SecurityConfiguration(
        deployment,
        {
            name: deployment,
            encryptionConfiguration: {
                s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn },
                cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn },
                jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn },
            },
        },
        { parent: lake },
    ).name;
}
