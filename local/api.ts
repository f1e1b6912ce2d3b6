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
    const { endpoint, region, credentials } = options;
    const clients = new Map<string, any>();
    return async (service, operation, input) => {
        const Command = commandOf(service, operation);
        const client =
            clients.get(service) ?? new (clientClass(service))({ endpoint, region, credentials });
        clients.set(service, client);
        options.onCall?.({ service, operation, input });
        const output = await client.send(new Command(input));
        delete output.$metadata; // of the HTTP exchange, not of the answer
        return output;
    };
}

/** `GlueClient`, not the aggregate `Glue` nor the superclass of both. */
function clientClass(service: string): new (options: object) => any {
    const module = clientModule(service);
    const name = Object.keys(module).find((key) => key.endsWith("Client") && key !== "__Client");
    return module[name ?? ""];
}
