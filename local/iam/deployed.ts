/** The policies that were deployed, as moto keeps them: read when they are first asked for, and anew after a change. */
import type { Api } from "../api";
import type { Call } from "../gateway/call";
import { readDocument, type PolicyDocument } from "./document";
import { placeOf } from "./s3Path";

/** What is attached to a role. */
export interface RolePolicies {
    readonly identity: readonly PolicyDocument[];
    readonly boundary?: PolicyDocument;
    readonly trust: PolicyDocument;
}

/** How a bucket's objects are encrypted. */
export interface BucketEncryption {
    /** Key under which objects lie whose upload names none; undefined for SSE-S3. */
    readonly keyArn?: string;
    /** Whether the key's context is the bucket, not the object. */
    readonly bucketKey: boolean;
}

/** Policies of roles, buckets, keys and topics. */
export class DeployedPolicies {
    private readonly known = new Map<string, Promise<unknown>>();

    /** `api` asks moto itself, past every check. */
    constructor(
        private readonly api: Api,
        private readonly site: { readonly region: string; readonly accountId: string },
    ) {}

    /** Policies of a role; undefined where there is none of that name. */
    role(roleArn: string): Promise<RolePolicies | undefined> {
        return this.once(`iam ${roleArn}`, () => this.readRole(nameOf(roleArn)));
    }

    bucketPolicy(Bucket: string): Promise<PolicyDocument | undefined> {
        return this.once(`s3 ${Bucket} Policy`, async () => {
            const found = await absent(this.api("s3", "GetBucketPolicy", { Bucket }));
            return found && readDocument("bucket policy", found.Policy);
        });
    }

    bucketEncryption(bucket: string): Promise<BucketEncryption> {
        return this.once(`s3 ${bucket} Encryption`, () => this.readEncryption(bucket));
    }

    /** Policy of a key. */
    key(keyArn: string): Promise<PolicyDocument | undefined> {
        return this.once(`kms ${keyArn}`, async () => {
            const request = { KeyId: keyArn, PolicyName: "default" };
            const found = await absent(this.api("kms", "GetKeyPolicy", request));
            return found && readDocument("key policy", String(found.Policy));
        });
    }

    /** Policy of a topic, and the key of its messages. */
    topic(TopicArn: string): Promise<{ policy?: PolicyDocument; keyArn?: string }> {
        return this.once(`sns ${TopicArn}`, async () => {
            const found = await absent(this.api("sns", "GetTopicAttributes", { TopicArn }));
            const { Policy, KmsMasterKeyId } = found?.Attributes ?? {};
            return {
                ...(Policy === undefined ? {} : { policy: readDocument("topic policy", Policy) }),
                ...(KmsMasterKeyId === undefined ? {} : { keyArn: this.keyArn(KmsMasterKeyId) }),
            };
        });
    }

    /** Key of a secret; undefined where it lies under AWS's own. */
    secretKey(SecretId: string): Promise<string | undefined> {
        return this.once(`secretsmanager ${SecretId}`, async () => {
            const found = await absent(this.api("secrets-manager", "DescribeSecret", { SecretId }));
            const key = found?.KmsKeyId as string | undefined;
            return key === undefined ? undefined : this.keyArn(key);
        });
    }

    /** ARN of the role in an instance profile, which is named by its name or its ARN. */
    roleOfProfile(profile: string): Promise<string | undefined> {
        return this.once(`iam profile ${profile}`, async () => {
            const request = { InstanceProfileName: nameOf(profile) };
            const found = await absent(this.api("iam", "GetInstanceProfile", request));
            return found?.InstanceProfile.Roles[0]?.Arn as string | undefined;
        });
    }

    /** ARNs of all roles. */
    async roleArns(): Promise<string[]> {
        const { Roles } = await this.api("iam", "ListRoles", { MaxItems: 1000 });
        return Roles.map(({ Arn }: { Arn: string }) => Arn);
    }

    /** Forgets what a call may have changed. */
    forget({ service, action, path }: Pick<Call, "service" | "action" | "path">): void {
        if (!/^(Put|Create|Delete|Attach|Detach|Update|Set|Add|Remove)/.test(action)) return;
        if (service === "s3") {
            for (const what of ["Policy", "Encryption"]) {
                if (action.endsWith(`Bucket${what}`) || action.endsWith("Bucket"))
                    this.known.delete(`s3 ${placeOf(path).bucket} ${what}`);
            }
            return;
        }
        for (const key of this.known.keys()) {
            if (key.startsWith(`${service} `)) this.known.delete(key);
        }
    }

    /** The ARN of a key that is named by its ARN or its id. */
    keyArn(key: string): string {
        const { region, accountId } = this.site;
        return key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${accountId}:key/${key}`;
    }

    private async once<T>(key: string, read: () => Promise<T>): Promise<T> {
        const known = (this.known.get(key) as Promise<T> | undefined) ?? read();
        this.known.set(key, known);
        known.catch(() => this.known.delete(key));
        return known;
    }

    private async readRole(RoleName: string): Promise<RolePolicies | undefined> {
        const { api } = this;
        const found = await absent(api("iam", "GetRole", { RoleName }));
        if (found === undefined) return undefined;
        const { PolicyNames } = await api("iam", "ListRolePolicies", { RoleName });
        const inline = (PolicyNames as string[]).map(async (PolicyName) => {
            const { PolicyDocument } = await api("iam", "GetRolePolicy", { RoleName, PolicyName });
            return readDocument(PolicyName, decodeURIComponent(PolicyDocument));
        });
        const { AttachedPolicies } = await api("iam", "ListAttachedRolePolicies", { RoleName });
        const attached = (AttachedPolicies as { PolicyArn: string }[]).map(({ PolicyArn }) =>
            this.readManaged(PolicyArn),
        );
        const { AssumeRolePolicyDocument, PermissionsBoundary } = found.Role;
        const boundary = PermissionsBoundary?.PermissionsBoundaryArn;
        return {
            identity: await Promise.all([...inline, ...attached]),
            ...(boundary === undefined ? {} : { boundary: await this.readManaged(boundary) }),
            trust: readDocument("trust", decodeURIComponent(AssumeRolePolicyDocument)),
        };
    }

    private async readManaged(PolicyArn: string): Promise<PolicyDocument> {
        const { Policy } = await this.api("iam", "GetPolicy", { PolicyArn });
        const { DefaultVersionId: VersionId } = Policy;
        const version = await this.api("iam", "GetPolicyVersion", { PolicyArn, VersionId });
        return readDocument(nameOf(PolicyArn), decodeURIComponent(version.PolicyVersion.Document));
    }

    private async readEncryption(Bucket: string): Promise<BucketEncryption> {
        const encryption = await absent(this.api("s3", "GetBucketEncryption", { Bucket }));
        const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0];
        const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
        return {
            ...(SSEAlgorithm === "aws:kms" && KMSMasterKeyID !== undefined
                ? { keyArn: this.keyArn(KMSMasterKeyID) }
                : {}),
            bucketKey: rule?.BucketKeyEnabled === true,
        };
    }
}

/** The answer, or undefined where there is nothing of that name. */
async function absent(answer: Promise<any>): Promise<any> {
    try {
        return await answer;
    } catch (error) {
        if (/NoSuch|NotFound|404/.test((error as Error).name)) return undefined;
        throw error;
    }
}

/** `loglake-spark` of `arn:aws:iam::123456789012:role/loglake-spark`. */
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
