/** CloudWatch Logs as the services use it: each writes its log as the role that it works under. */
import type { Api } from "../api";
import type { Handlers } from "../gateway/call";
import { json } from "../gateway/replies";

/** What moto's CloudWatch Logs does not take. */
export const logHandlers: Handlers = {
    "logs:AssociateKmsKey": () => Promise.resolve(json({})),
};

/** A log and where it goes. */
export interface Log {
    readonly group: string;
    readonly stream: string;
    readonly lines: readonly string[];
    /**
     * Whether the service sees to the group itself, creates it where it is missing and puts it under `keyArn`, as Glue does.
     * @default the group is there
     */
    readonly ownGroup?: { readonly keyArn: string | undefined };
}

/** As many lines as one `PutLogEvents` takes with room to spare (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html). */
const mostLines = 5000;
const longestLine = 100_000;

/** Writes the last lines of a log. `api` calls as the role. */
export async function writeLog(api: Api, { group, stream, lines, ownGroup }: Log): Promise<void> {
    const place = { logGroupName: group, logStreamName: stream };
    if (ownGroup !== undefined) {
        await unlessThere(api("cloudwatch-logs", "CreateLogGroup", { logGroupName: group }));
        const { keyArn: kmsKeyId } = ownGroup;
        if (kmsKeyId !== undefined)
            await api("cloudwatch-logs", "AssociateKmsKey", { logGroupName: group, kmsKeyId });
    }
    await unlessThere(api("cloudwatch-logs", "CreateLogStream", place));
    const timestamp = Date.now();
    const logEvents = lines
        .slice(-mostLines)
        .filter((line) => line !== "")
        .map((line) => ({ timestamp, message: line.slice(0, longestLine) }));
    if (logEvents.length > 0) await api("cloudwatch-logs", "PutLogEvents", { ...place, logEvents });
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
    try {
        await creation;
    } catch (error) {
        if ((error as Error).name !== "ResourceAlreadyExistsException") throw error;
    }
}
