/** Stands in for the Pulumi engine: runs a program in this process and hands each resource to a provider of the caller's. */
import * as pulumi from "@pulumi/pulumi";

export type Properties = Record<string, any>;

/** A resource as the program registered it. */
export interface Resource {
    /** Type token, such as `aws:s3/bucket:Bucket`. */
    readonly type: string;
    /** Logical name. */
    readonly name: string;
    readonly urn: string;
    /** URN of the parent, `""` at the top. */
    readonly parent: string;
    /** False for components. */
    readonly custom: boolean;
    /** Physical id, `""` for components. */
    readonly id: string;
    readonly inputs: Properties;
    /** Inputs and what the provider added. */
    readonly outputs: Properties;
    readonly protect: boolean;
    /** URNs that `dependsOn` and inputs name. */
    readonly dependencies: readonly string[];
    /** Input name to the URNs it came from. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** What a provider's create is told. */
export interface CreateRequest {
    readonly type: string;
    readonly name: string;
    readonly inputs: Properties;
    readonly custom: boolean;
}

/** Creates one resource and returns its id and outputs. */
export type Create = (request: CreateRequest) => Promise<{ id: string; outputs: Properties }>;

/** Options of {@link runProgram}. */
export interface RunOptions {
    /** @default "loglake" */
    readonly project?: string;
    /** @default "dev" */
    readonly stack?: string;
    /** Stack configuration, `namespace:key` to its text. @default empty */
    readonly config?: Readonly<Record<string, string>>;
    /** Outputs that only a provider knows stay unknown. @default false */
    readonly preview?: boolean;
    /** @default names make up ids and ARNs */
    readonly create?: Create;
    /** Told of every resource once it exists. */
    readonly onResource?: (resource: Resource) => void;
}

/** What a program registered and returned. */
export interface ProgramRun<T> {
    readonly resources: readonly Resource[];
    readonly result: T;
}

/** Where the stand-in deploys to. */
export const standInSite = { accountId: "123456789012", region: "eu-west-1", partition: "aws" };

/**
 * Runs `program` to its end: every resource it registers, also late ones, is in the result.
 *
 * @throws the program's own error, or the first of a resource.
 */
export async function runProgram<T>(
    program: () => T | Promise<T>,
    options: RunOptions = {},
): Promise<ProgramRun<T>> {
    const resources: Resource[] = [];
    const preview = options.preview ?? false;
    const create = options.create ?? (preview ? onlyInputs : madeUp);
    let fail: (error: unknown) => void;
    const failure = new Promise<never>((_, reject) => (fail = reject));
    await pulumi.runtime.setMocks(
        {
            newResource: async ({ type, name, inputs, custom }) => {
                try {
                    const made = await create({
                        type,
                        name,
                        inputs: unwrap(inputs),
                        custom: custom ?? true,
                    });
                    return { id: made.id, state: made.outputs };
                } catch (error) {
                    fail(error);
                    return never; // what depends on it must not run, nor its rejection go unhandled
                }
            },
            call: ({ token, inputs }) => invoke(token, inputs),
        },
        options.project ?? "loglake",
        options.stack ?? "dev",
        preview,
    );
    pulumi.runtime.setAllConfig({ ...options.config });
    record((resource) => {
        resources.push(resource);
        options.onResource?.(resource);
    });

    let result: T | undefined;
    const run = pulumi.runtime.runInPulumiStack(async () => {
        try {
            result = await program();
        } catch (error) {
            fail(error);
        }
        return {};
    });
    await Promise.race([run.then(() => pulumi.runtime.disconnect()), failure]);
    return { resources, result: result as T };
}

const never = new Promise<never>(() => undefined);

/** What a preview knows of a new resource: its inputs. Ids, ARNs and other outputs stay unknown. */
function onlyInputs({ inputs }: CreateRequest): Promise<{ id: string; outputs: Properties }> {
    return Promise.resolve({ id: "", outputs: inputs });
}

/** Ids and ARNs made from names, for programs that are only looked at. */
export function madeUp({
    type,
    name,
    inputs,
}: CreateRequest): Promise<{ id: string; outputs: Properties }> {
    const id = String(inputs.name ?? inputs.bucket ?? inputs.clusterIdentifier ?? name);
    const service = type.split(":")[1]?.split("/")[0] ?? "";
    const { accountId, region } = standInSite;
    const arns: Record<string, string> = {
        s3: `arn:aws:s3:::${id}`,
        iam: `arn:aws:iam::${accountId}:${type.endsWith("InstanceProfile") ? "instance-profile" : "role"}/${id}`,
        kms: `arn:aws:kms:${region}:${accountId}:key/${id}`,
        sfn: `arn:aws:states:${region}:${accountId}:stateMachine:${id}`,
        sns: `arn:aws:sns:${region}:${accountId}:${id}`,
        lambda: `arn:aws:lambda:${region}:${accountId}:function:${id}`,
        cloudwatch: `arn:aws:logs:${region}:${accountId}:log-group:${id}`,
    };
    const arn = arns[service] ?? `arn:aws:${service}:${region}:${accountId}:${id}`;
    return Promise.resolve({
        id,
        outputs: { ...networkOutputs(type), arn, ...inputs, ...computed(type, id) },
    });
}

function computed(type: string, id: string): Properties {
    switch (type) {
        case "aws:kms/key:Key":
            return { keyId: id };
        case "aws:redshift/cluster:Cluster":
            return {
                masterPasswordSecretArn: `arn:aws:secretsmanager:${standInSite.region}:${standInSite.accountId}:secret:redshift!${id}`,
                clusterNamespaceArn: `arn:aws:redshift:${standInSite.region}:${standInSite.accountId}:namespace:${id}`,
                endpoint: `${id}.${standInSite.region}.redshift.amazonaws.com:5439`,
                dnsName: `${id}.${standInSite.region}.redshift.amazonaws.com`,
            };
        case "tls:index/privateKey:PrivateKey":
            return {
                privateKeyPem: "PRIVATE KEY",
                privateKeyPemPkcs8: "PRIVATE KEY",
                publicKeyPem: "PUBLIC KEY",
            };
        case "tls:index/selfSignedCert:SelfSignedCert":
            return { certPem: "CERTIFICATE" };
        default:
            return {};
    }
}

function networkOutputs(type: string): Properties {
    if (type !== "awsx:ec2:Vpc") return {};
    const subnets = ["subnet-a", "subnet-b", "subnet-c"];
    return {
        vpcId: "vpc-1",
        privateSubnetIds: subnets,
        isolatedSubnetIds: subnets,
        publicSubnetIds: [],
        vpcEndpoints: [],
        routeTables: [],
        subnets: [],
    };
}

function invoke(token: string, inputs: Properties): Properties {
    const { accountId, region, partition } = standInSite;
    switch (token.split(":").pop()) {
        case "getCallerIdentity":
            return {
                accountId,
                arn: `arn:aws:iam::${accountId}:user/deployer`,
                userId: "deployer",
                id: accountId,
            };
        case "getRegion":
            return { region, name: region, id: region, endpoint: `ec2.${region}.amazonaws.com` };
        case "getPartition":
            return { partition, dnsSuffix: "amazonaws.com", id: partition };
        case "getAvailabilityZones":
            return { names: ["a", "b", "c"].map((zone) => region + zone), id: region };
        case "getVpc":
            return { ...inputs, cidrBlock: "10.0.0.0/16" };
        case "getPrefixList":
            return { id: "pl-1", name: "s3", cidrBlocks: [] };
        default:
            return inputs;
    }
}

/** Secrets as their plain values; everything else as it is. */
function unwrap(value: any): any {
    if (Array.isArray(value)) return value.map(unwrap);
    if (
        value === null ||
        typeof value !== "object" ||
        pulumi.asset.Asset.isInstance(value) ||
        pulumi.asset.Archive.isInstance(value)
    ) {
        return value;
    }
    if (pulumi.runtime.isRpcSecret(value)) return unwrap(pulumi.runtime.unwrapRpcSecret(value));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}

/** The mock monitor tells `newResource` neither parent nor dependencies: they are read off each request instead. */
function record(onResource: (resource: Resource) => void): void {
    const monitor = pulumi.runtime.getMonitor() as any;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (
        request: any,
        callback: (error: unknown, response: any) => void,
    ) => {
        const inputs = request.getObject();
        request.setObject(inputs.constructor.fromJavaScript(withIds(inputs.toJavaScript())));
        register(request, (error: unknown, response: any) => {
            if (error === null || error === undefined) onResource(readRequest(request, response));
            callback(error, response);
        });
    };
}

/** References to resources (`role: someRole`) as their ids, or a component's as its URN: what the engine gives providers and packs. */
function withIds(value: any): any {
    if (Array.isArray(value)) return value.map(withIds);
    if (value === null || typeof value !== "object") return value;
    const { specialSigKey, specialResourceSig } = pulumi.runtime;
    if (value[specialSigKey] === specialResourceSig) return value.id ?? value.urn;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item)]));
}

function readRequest(request: any, response: any): Resource {
    const propertyDependencies: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((urns: any, property: string) => {
        propertyDependencies[property] = urns.getUrnsList();
    });
    return {
        type: request.getType(),
        name: request.getName(),
        urn: response.getUrn(),
        parent: request.getParent(),
        custom: request.getCustom(),
        id: response.getId(),
        inputs: unwrap(pulumi.runtime.deserializeProperties(request.getObject(), true)),
        outputs: unwrap(pulumi.runtime.deserializeProperties(response.getObject(), true)),
        protect: request.getProtect(),
        dependencies: request.getDependenciesList(),
        propertyDependencies,
    };
}
