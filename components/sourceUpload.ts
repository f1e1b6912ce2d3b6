/** A Python application in the artifacts bucket: its entry point and its package, under a name that their content decides. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hashFile, packPython } from "./sourcePackage";

/** Arguments of {@link uploadSource}. */
export interface SourceUploadArgs {
    readonly bucketName: pulumi.Input<string>;
    /** Key that the objects lie under. */
    readonly keyArn: pulumi.Input<string>;
    /** First part of the objects' keys, such as `spark-app`. */
    readonly prefix: string;
    /** Folder that holds `entryPoint` and the folder `packageName`. */
    readonly sourceFolder: string;
    /** File that is run, such as `main.py`. */
    readonly entryPoint: string;
    /** Package that it imports. */
    readonly packageName: string;
}

/** Where the application is. */
export interface UploadedSource {
    /** S3 URI of the file that is run. */
    readonly entryPointUri: pulumi.Output<string>;
    /** S3 URI of the package's zip. */
    readonly packageUri: pulumi.Output<string>;
}

/**
 * Uploads both as children of `parent`: `<prefix>/<hash>/<entry point>` and `<prefix>/<hash>/<package>.zip`.
 *
 * An update leaves the objects of the version before: a run that has begun with it still reads them.
 */
export function uploadSource(
    parent: pulumi.Resource,
    deployment: string,
    args: SourceUploadArgs,
): UploadedSource {
    const entryPath = join(args.sourceFolder, args.entryPoint);
    const code = packPython(join(args.sourceFolder, args.packageName), args.packageName);
    const hash = createHash("sha256")
        .update(code.hash)
        .update(hashFile(entryPath))
        .digest("hex")
        .slice(0, 16);

    const upload = (file: string, source: pulumi.asset.Asset | pulumi.asset.Archive) => {
        const object = new aws.s3.BucketObjectv2(
            `${deployment}-${args.prefix}-${file}`,
            {
                bucket: args.bucketName,
                key: `${args.prefix}/${hash}/${file}`,
                source,
                serverSideEncryption: "aws:kms",
                kmsKeyId: args.keyArn,
            },
            { parent, retainOnDelete: true },
        );
        return pulumi.interpolate`s3://${object.bucket}/${object.key}`;
    };
    return {
        entryPointUri: upload(args.entryPoint, new pulumi.asset.FileAsset(entryPath)),
        packageUri: upload(`${args.packageName}.zip`, code.archive),
    };
}
