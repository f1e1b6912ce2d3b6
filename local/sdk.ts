/** The AWS SDK's clients by name: operations are named at run time, by the program's resources and the state machine. */
import { createRequire } from "node:module";

/** The SDK says at every start that a later version of it will want a later Node. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const load = createRequire(__filename);

/** The module of a client; `service` is its package's suffix, such as `redshift-data`. @throws Error when it is not installed. */
export function clientModule(service: string): Record<string, any> {
    try {
        return load(`@aws-sdk/client-${service}`) as Record<string, any>;
    } catch {
        throw new Error(`the AWS SDK's client for ${service} is not installed`);
    }
}

/** The command class of an operation. @throws Error when the service has no such operation. */
export function commandOf(service: string, operation: string): new (input: unknown) => any {
    const Command = clientModule(service)[`${operation}Command`];
    if (Command === undefined) throw new Error(`${service} has no operation ${operation}`);
    return Command as new (input: unknown) => any;
}

/** Schemas of what an operation takes and gives. */
export function schemasOf(service: string, operation: string): { input: unknown; output: unknown } {
    const Command = commandOf(service, operation);
    // kind, namespace, name, traits, input, output
    const [, , , , input, output] = new Command({}).schema as unknown[];
    return { input, output };
}

/** Whether the service's API declares an error of this name: then the client has a class for it. */
export function declaresError(service: string, name: string): boolean {
    return name in clientModule(service);
}
