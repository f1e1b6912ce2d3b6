/** AWS API operations by name, through the SDK's clients, as one identity. */
import type { AwsCredentialIdentity } from "@aws-sdk/types";
import { clientModule, commandOf } from "./sdk";

/** An operation as it was asked for, before the SDK wrote it down. */
export interface ApiCall {
    /** Package suffix of the SDK's client, such as `glue` or `redshift-data`. */
    readonly service: string;
    /** Operation, such as `CreateCrawler`. */
    readonly operation: string;
    readonly input: Record<string, unknown>;
}

/** Options of {@link createApi}. */
export interface ApiOptions {
    /** Base URL of the gateway. */
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: AwsCredentialIdentity;
    /** Headers of every call, which are signed with it. @default none but the SDK's own */
    readonly headers?: Readonly<Record<string, string>>;
    /** Told of every call before it is made. */
    readonly onCall?: (call: ApiCall) => void;
}

/** Calls `operation` of `service` (package suffix of the SDK's client). */
export type Api = (
    service: string,
    operation: string,
    input: Record<string, unknown>,
) => Promise<any>;

/** An {@link Api} for one identity. Clients are made on first use. */
export function createApi(options: ApiOptions): Api {
    const clients = new Map<string, any>();
    return async (service, operation, input) => {
        const Command = commandOf(service, operation);
        const client = clients.get(service) ?? createClient(service, options);
        clients.set(service, client);
        options.onCall?.({ service, operation, input });
        const output = await client.send(new Command(input));
        delete output.$metadata; // of the HTTP exchange, not of the answer
        return output;
    };
}

function createClient(service: string, options: ApiOptions): any {
    const { endpoint, region, credentials, headers } = options;
    const client = new (clientClass(service))({ endpoint, region, credentials });
    client.middlewareStack.add(
        (next: any) => (args: any) => {
            Object.assign(args.request.headers, headers);
            return next(args);
        },
        { step: "build", name: "headers" },
    );
    return client;
}

/** `GlueClient`, not the aggregate `Glue` nor the superclass of both. */
function clientClass(service: string): new (options: object) => any {
    const module = clientModule(service);
    const name = Object.keys(module).find((key) => key.endsWith("Client") && key !== "__Client");
    return module[name ?? ""];
}
