/** A resource as the policies see it. */
import { Property, unsealed } from "./property";

/** What a policy judges. */
export class Subject {
    private readonly root: Property;

    constructor(
        /** Type token with the provider's `V2` aliases folded, such as `aws:s3/bucket:Bucket`. */
        public readonly type: string,
        public readonly name: string,
        public readonly urn: string,
        /** The resource option that makes Pulumi refuse to delete it. */
        public readonly protect: boolean,
        properties: Record<string, unknown>,
        /** Names of properties that are missing because they hold something unknown. */
        private readonly hidden: ReadonlySet<string> = new Set(),
    ) {
        this.root = new Property("", properties);
    }

    /** The property at `path`. */
    at(path: string): Property {
        const property = this.root.at(path);
        const [top = ""] = path.split(".");
        if (property.absent && this.hidden.has(top)) return Property.unknownAt(path);
        return property;
    }

    /** Every property at the top. */
    get properties(): readonly Property[] {
        return this.root.entries.map(([, property]) => property);
    }

    /** Every value that says which resource this is: name, id, ARN. */
    get identities(): readonly string[] {
        const names =
            this.type === "awsx:ec2:Vpc" ? [...identityProperties, "vpcId"] : identityProperties;
        return names.map((name) => this.at(name).text).filter((text) => text !== undefined);
    }

    /** True where the value that a `property` of another resource would name this one by is not known yet. */
    identityUnknown(property: string): boolean {
        return (namedBy[property.split(".").pop() ?? ""] ?? identityProperties).some(
            (name) => this.at(name).unknown,
        );
    }
}

/** By what a property names another resource. */
const namedBy: Readonly<Record<string, readonly string[]>> = {
    bucket: ["bucket"],
    targetBucket: ["bucket"],
    role: ["name"],
    user: ["name"],
    group: ["name"],
    roleName: ["name"],
    userName: ["name"],
    groupName: ["name"],
    securityConfiguration: ["name"],
    clusterParameterGroupName: ["name"],
    clusterIdentifier: ["clusterIdentifier"],
    queueUrl: ["url", "id"],
    vpcId: ["id", "vpcId"],
    vpcEndpointId: ["id"],
    policyArn: ["arn"],
    logGroup: ["arn", "name"],
    arn: ["arn"],
};

const identityProperties = [
    "id",
    "arn",
    "name",
    "bucket",
    "keyId",
    "url",
    "clusterIdentifier",
    "namespaceName",
    "functionName",
    "groupId",
];

/**
 * The provider kept `BucketV2` and its kin as aliases of the resources that took their names back in version 7
 * (https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/).
 */
export function canonicalType(token: string): string {
    return token.startsWith("aws:s3/bucket")
        ? token.replace(/^(aws:s3\/bucket\w*?)V2:(\w+?)V2$/, "$1:$2")
        : token;
}

/** What the engine gives of a resource, alone or in a stack. */
export interface EngineResource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    readonly props: Record<string, unknown>;
    readonly opts: { readonly protect: boolean };
}

/** `resource`, alone. */
export function subjectOf(resource: EngineResource, hidden?: ReadonlySet<string>): Subject {
    const { type, name, urn, opts, props } = resource;
    return new Subject(canonicalType(type), name, urn, opts.protect, unsealed(props), hidden);
}
