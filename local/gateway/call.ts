/** What the gateway hands on: a request, and the answer to it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Identity } from "./identities";

/** A request, with what it is and who asks. */
export interface Call {
    /** Signing name, such as `s3`, `glue`, `elasticmapreduce` or `redshift-data`. */
    readonly service: string;
    /** Name of the API operation; `""` when it is not known. */
    readonly action: string;
    readonly method: string;
    /** Path with its query. */
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    /** Empty for an upload to S3, which is passed on as it comes. */
    readonly body: Buffer;
    readonly isUpload: boolean;
    readonly accessKeyId: string | undefined;
    /** The session behind the access key; undefined for the deployer. */
    readonly identity: Identity | undefined;
    /** ARN of that session's role. */
    readonly role: string | undefined;
}

/** An answer. */
export interface Reply {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly body: Buffer | string | Readable;
    /** Stack trace of the mistake behind an InternalFailure; goes into the record of calls, not to the client. */
    readonly trace?: string;
}

/** Answers an operation; undefined leaves it to moto. */
export type Handler = (call: Call) => Promise<Reply | undefined>;

/** Stands before every handler: may answer itself, or change what `next` answers. */
export type Middleware = (call: Call, next: () => Promise<Reply>) => Promise<Reply>;

/** Handlers by `service:Action`, or `service:*` for a whole service. */
export type Handlers = Readonly<Record<string, Handler>>;
