/** A SparkProcessor to look at, with an application of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SparkProcessor, type SparkProcessorArgs } from "../../components/sparkProcessor";
import { deploy } from "./deploy";

export const name = "logs-dev";
export const account = "123456789012";
export const region = "eu-west-1";
export const keyArn = `arn:aws:kms:${region}:${account}:key/lake`;
export const roleArn = (suffix: string) => `arn:aws:iam::${account}:role/${name}-${suffix}`;

const folders: string[] = [];
process.once("exit", () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes files below a new folder, and returns it. It is deleted when the tests have ended. */
export function folderOf(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "loglake-test-"));
    folders.push(folder);
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

const sourceFolder = folderOf({ "main.py": "run()\n", "loglake_spark/__init__.py": "" });

/** Arguments with everything that is required. */
export const argsWith = (changes: Partial<SparkProcessorArgs> = {}): SparkProcessorArgs => ({
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b"],
    artifactsBucketName: "artifacts",
    keyArn,
    sourceFolder,
    ...changes,
});

/** Deploys one, or previews it. */
export const up = (changes?: Partial<SparkProcessorArgs>, preview = false) =>
    deploy(() => new SparkProcessor(name, argsWith(changes)), { preview });
