/** AWS API operations by name, through the SDK's clients, as one identity. */
import type { AwsCredentialIdentity } from "@aws-sdk/types";

/* eslint-disable @typescript-eslint/no-explicit-any -- operations are named at run time: their shapes have no static type */

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

/** The SDK says at every start that a later version of it will want a later Node. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** An {@link Api} for one identity. Clients are made on first use. */
export function createApi(options: ApiOptions): Api {
    const clients = new Map<string, Promise<{ module: any; client: any }>>();
    return async (service, operation, input) => {
        const known = clients.get(service) ?? load(service, options);
        clients.set(service, known);
        const { module, client } = await known;
        const Command = module[`${operation}Command`];
        if (Command === undefined) throw new Error(`${service} has no operation ${operation}`);
        options.onCall?.({ service, operation, input });
        const { $metadata, ...output } = await client.send(new Command(input));
        return output;
    };
}

async function load(service: string, options: ApiOptions): Promise<{ module: any; client: any }> {
    const module = await import(`@aws-sdk/client-${service}`).catch(() => {
        throw new Error(`the AWS SDK's client for ${service} is not installed`);
    });
    // the client that has the others as its superclass: `GlueClient`, not the aggregate `Glue`
    const name = Object.keys(module).find((key) => key.endsWith("Client") && key !== "__Client");
    const { endpoint, region, credentials } = options;
    return { module, client: new module[name ?? ""]({ endpoint, region, credentials }) };
}
