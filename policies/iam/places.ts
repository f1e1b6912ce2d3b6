/** Where policy documents stand in resources. */
import type { Property } from "../core/property";
import type { Subject } from "../core/subject";
import { canonicalType } from "../core/subject";
import { labelOf, readDocument, type PolicyDocument, type Statement } from "./document";
import type { Verdict } from "../core/verdict";

/** What a document is for. */
export type Kind = "identity" | "trust" | "resource" | "endpoint";

/** A document's place. */
export interface Place {
    readonly kind: Kind;
    readonly property: Property;
}

const identity: Readonly<Record<string, string>> = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
};

const onResources: Readonly<Record<string, string>> = {
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
};

const onEndpoints: Readonly<Record<string, string>> = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "policy",
};

const roleType = "aws:iam/role:Role";

/** Types that may hold documents of these kinds. */
export function typesOf(...kinds: readonly Kind[]): readonly string[] {
    return [
        ...(kinds.includes("identity") ? [roleType, ...Object.keys(identity)] : []),
        ...(kinds.includes("trust") ? [roleType] : []),
        ...(kinds.includes("resource") ? Object.keys(onResources) : []),
        ...(kinds.includes("endpoint") ? Object.keys(onEndpoints) : []),
    ].filter((type, index, all) => all.indexOf(type) === index);
}

/** The places of `subject`, of these kinds. */
export function placesOf(subject: Subject, ...kinds: readonly Kind[]): readonly Place[] {
    const type = canonicalType(subject.type);
    const places: Place[] = [];
    const add = (kind: Kind, table: Readonly<Record<string, string>>) => {
        const path = table[type];
        if (path !== undefined) places.push({ kind, property: subject.at(path) });
    };
    add("identity", identity);
    add("resource", onResources);
    add("endpoint", onEndpoints);
    if (type === roleType) {
        places.push({ kind: "trust", property: subject.at("assumeRolePolicy") });
        const inline = subject.at("inlinePolicies");
        if (inline.unknown) places.push({ kind: "identity", property: inline });
        for (const item of inline.items)
            places.push({ kind: "identity", property: item.at("policy") });
    }
    return places.filter(({ kind }) => kinds.includes(kind));
}

/** The readable documents of `subject`; unknown ones are noted, malformed ones left to the policy that judges form. */
export function documentsOf(
    subject: Subject,
    verdict: Verdict,
    ...kinds: readonly Kind[]
): readonly { readonly place: Place; readonly document: PolicyDocument }[] {
    return placesOf(subject, ...kinds).flatMap((place) => {
        const reading = readDocument(place.property);
        if (reading.kind === "unknown") verdict.unseen(place.property);
        return reading.kind === "document" ? [{ place, document: reading.document }] : [];
    });
}

/** Every Allow of those documents, with its document and where it stands. */
export function* allows(
    subject: Subject,
    verdict: Verdict,
    ...kinds: readonly Kind[]
): Generator<{ statement: Statement; document: PolicyDocument; at: string }> {
    for (const { place, document } of documentsOf(subject, verdict, ...kinds)) {
        for (const statement of document.statements) {
            if (statement.effect === "Allow")
                yield { statement, document, at: `${place.property.path} ${labelOf(statement)}` };
        }
    }
}
