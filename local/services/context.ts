/** What every stand-in of a service works with. */
import { join } from "node:path";
import { createApi, type Api, type ApiCall } from "../api";
import type { Gateway } from "../gateway";
import { sourceArnHeader } from "../iam/judge";
import type { Credentials } from "../gateway/identities";
import type { Processes } from "../processes";

/** Told what a service does: who speaks, such as `crawler loglake-dev-raw`, and a line. */
export type Progress = (source: string, line: string) => void;

/** What every stand-in of a service works with. */
export interface Context {
    readonly gateway: Gateway;
    readonly sessions: Sessions;
    /** What AWS's services know of each other without asking in anybody's name: moto itself, past the gate. */
    readonly backend: Api;
    readonly processes: Processes;
    readonly region: string;
    readonly accountId: string;
    /** Folder for what this run leaves: logs and scratch files. */
    readonly runFolder: string;
    readonly progress: Progress;
}

/** Who assumes a role: a service, on behalf of one of its resources, or a session of another role. */
export type Principal =
    | { readonly service: string; readonly sourceArn?: string }
    | { readonly credentials: Credentials };

/** What a role is assumed with, beside its name. */
export interface SessionOptions {
    /** What the trust may ask for (`sts:ExternalId`). @default none */
    readonly externalId?: string;
    /** @default none */
    readonly tags?: Readonly<Record<string, string>>;
    /** @default none */
    readonly sourceIdentity?: string;
}

/** Renewed when less than this is left of a session, in milliseconds. */
const renewalMargin = 10 * 60_000;

/** Sessions of roles, as STS gives them out. */
export class Sessions {
    private readonly known = new Map<string, Promise<Credentials & { expiration?: Date }>>();

    constructor(
        private readonly gateway: Gateway,
        private readonly region: string,
        private readonly onCall: (call: ApiCall) => void = () => undefined,
    ) {}

    /** A session of the role, with ten minutes left at least; asked for anew only when it runs out. */
    async assume(
        roleArn: string,
        by: Principal,
        options: SessionOptions = {},
    ): Promise<Credentials> {
        const key = JSON.stringify([roleArn, by, options]);
        const renew = () => this.renew(key, roleArn, by, options);
        const session = await (this.known.get(key) ?? renew());
        const left = (session.expiration?.getTime() ?? Infinity) - Date.now();
        return left > renewalMargin ? session : renew();
    }

    /** Calls as the role. */
    async api(roleArn: string, by: Principal): Promise<Api> {
        const credentials = await this.assume(roleArn, by);
        const { onCall } = this;
        return createApi({
            endpoint: this.gateway.endpoint,
            region: this.region,
            credentials,
            onCall,
        });
    }

    private renew(key: string, RoleArn: string, by: Principal, options: SessionOptions) {
        const { gateway, region } = this;
        const isService = "service" in by;
        const sts = createApi({
            endpoint: gateway.endpoint,
            region,
            credentials: isService ? gateway.identities.ofService(by.service) : by.credentials,
            headers:
                isService && by.sourceArn !== undefined ? { [sourceArnHeader]: by.sourceArn } : {},
        });
        const { externalId: ExternalId, tags = {}, sourceIdentity: SourceIdentity } = options;
        const session = sts("sts", "AssumeRole", {
            RoleArn,
            RoleSessionName: "loglake",
            ExternalId,
            SourceIdentity,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        }).then(({ Credentials: given }) => ({
            accessKeyId: String(given.AccessKeyId),
            secretAccessKey: String(given.SecretAccessKey),
            sessionToken: String(given.SessionToken),
            expiration: given.Expiration as Date,
        }));
        this.known.set(key, session);
        session.catch(() => this.known.delete(key));
        return session;
    }
}

/** An empty file in the run's folder, made when the services start: Java's SDK refuses a device such as /dev/null. */
export const noProfiles = "aws-profiles";

/** Environment variables by which every AWS client of a child process finds endpoint and identity. */
export function awsEnvironment(
    { gateway, region, runFolder }: Pick<Context, "gateway" | "region" | "runFolder">,
    credentials: Credentials,
): Record<string, string> {
    return {
        AWS_ENDPOINT_URL: gateway.endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken === undefined
            ? {}
            : { AWS_SESSION_TOKEN: credentials.sessionToken }),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        AWS_EC2_METADATA_DISABLED: "true", // never ask the network who we are
        AWS_CONFIG_FILE: join(runFolder, noProfiles), // nor the files of whoever runs this
        AWS_SHARED_CREDENTIALS_FILE: join(runFolder, noProfiles),
    };
}

/** The caller's environment as far as a program needs it, without any AWS setting of theirs. */
export function plainEnvironment(): NodeJS.ProcessEnv {
    return Object.fromEntries(
        Object.entries(process.env).filter(
            ([name]) => !/^(AWS_|SPARK_|PYSPARK_|HADOOP_|GLUE_)/.test(name),
        ),
    );
}

/** `loglake-spark` of `arn:aws:iam::123456789012:role/loglake-spark`. */
export function nameOf(roleArn: string): string {
    return roleArn.slice(roleArn.lastIndexOf("/") + 1);
}
