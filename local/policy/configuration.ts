/** Levels and parameters of policies, as an engine reads them from `--policy-pack-config`. */
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { levelNumber, levels, toStruct, type Level, type PolicyInfo } from "./messages";

/** Configuration of a pack: policy to its level, or its level and parameters. */
export type PackConfig = Readonly<Record<string, Level | Readonly<Record<string, unknown>>>>;

/** A configuration that doesn't fit the pack. */
export class ConfigurationError extends Error {}

/**
 * Every policy's configuration with its defaults, which the engine fills in from the schema.
 *
 * @throws ConfigurationError with everything that is wrong in `config`.
 */
export function configureRequest(
    policies: readonly PolicyInfo[],
    config: PackConfig,
): proto.ConfigureAnalyzerRequest {
    const faults = [...faultsOf(policies, config)];
    if (faults.length > 0)
        throw new ConfigurationError(`policy configuration: ${faults.join("; ")}`);
    const request = new proto.ConfigureAnalyzerRequest();
    for (const { name, level, defaults } of policies) {
        const { enforcementLevel, ...parameters } = settingsOf(config[name] ?? {});
        const all = typeof config.all === "string" ? config.all : undefined;
        const message = new proto.PolicyConfig();
        message.setEnforcementlevel(
            levelNumber((enforcementLevel as Level | undefined) ?? all ?? level),
        );
        message.setProperties(toStruct({ ...defaults, ...parameters }));
        request.getPolicyconfigMap().set(name, message);
    }
    return request;
}

const settingsOf = (given: PackConfig[string]): Readonly<Record<string, unknown>> =>
    typeof given === "string" ? { enforcementLevel: given } : given;

function* faultsOf(policies: readonly PolicyInfo[], config: PackConfig): Generator<string> {
    if (typeof config !== "object" || Array.isArray(config)) {
        yield "expected an object of policies";
        return;
    }
    for (const [name, given] of Object.entries(config)) {
        const policy = policies.find((info) => info.name === name);
        if (policy === undefined && name !== "all") {
            yield `no policy of the pack: ${name}`;
            continue;
        }
        for (const [parameter, value] of Object.entries(settingsOf(given))) {
            const known = policy?.defaults[parameter];
            if (parameter === "enforcementLevel") {
                if (!levels.includes(value as Level))
                    yield `${name}: ${String(value)} is no level; there is ${levels.join(", ")}`;
            } else if (known === undefined) yield `${name} has no parameter ${parameter}`;
            else if (kindOf(known) !== kindOf(value))
                yield `${name}: ${parameter} is a ${kindOf(value)}, not a ${kindOf(known)}`;
        }
    }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? "list" : typeof value);
