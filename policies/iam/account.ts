/** Whose account this is, and which resources are single grants to others. */
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { accountIn, sourceAccounts } from "./conditions";
import { accountOf, readDocument } from "./document";
import { placesOf, typesOf } from "./places";

/** Single grants that aren't part of a document: each with the property that says to whom. */
export const grantees: Readonly<Record<string, string>> = {
    "aws:kms/grant:Grant": "granteePrincipal",
    "aws:lambda/permission:Permission": "principal",
    "aws:lambda/layerVersionPermission:LayerVersionPermission": "principal",
    "aws:cloudwatch/eventPermission:EventPermission": "principal",
    "aws:lakeformation/permissions:Permissions": "principal",
    "aws:redshift/endpointAuthorization:EndpointAuthorization": "account",
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": "consumerIdentifier",
    "aws:ram/principalAssociation:PrincipalAssociation": "principal",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": "accountId",
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "accountId",
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": "principalArn",
    "aws:s3control/accessGrant:AccessGrant": "grantee.granteeIdentifier",
};

/** The account that the stack deploys to: as the ARNs of its resources tell, those that they name, or its keys' roots. */
export function ownAccount(stack: Stack): string | undefined {
    const numbers = (texts: readonly unknown[]) =>
        texts.flatMap((text) => accountIn(String(text)) ?? []);
    const own = stack.all.flatMap((subject) => numbers([subject.at("arn").text]));
    if (own.length > 0) return mostFrequent(own);
    const named = stack.all.flatMap((subject) =>
        subject.type in grantees ? [] : numbers(textsBesideDocuments(subject)),
    );
    // Documents name it too where they say on whose behalf; alone they may all name another one.
    return mostFrequent(named.length > 0 ? [...named, ...behalves(stack)] : keyRoots(stack));
}

/** Every text in the properties, however deep, but for policy documents: these name others too. */
function textsBesideDocuments(subject: Subject): readonly string[] {
    const documents = placesOf(subject, "identity", "trust", "resource", "endpoint").map(
        ({ property }) => property.path.split(/[.[]/)[0],
    );
    return subject.properties
        .filter(({ path }) => !documents.includes(path))
        .flatMap((property) => textsIn(property));
}

const textsIn = (property: Property): readonly string[] => [
    ...(property.text === undefined ? [] : [property.text]),
    ...property.entries.flatMap(([, member]) => textsIn(member)),
];

/** Accounts on whose behalf documents let services in. */
const behalves = (stack: Stack): readonly string[] =>
    stack.of(...typesOf("resource", "trust")).flatMap((subject) =>
        placesOf(subject, "resource", "trust").flatMap(({ property }) => {
            const reading = readDocument(property);
            return reading.kind === "document"
                ? reading.document.statements.flatMap(sourceAccounts)
                : [];
        }),
    );

/** Accounts that keys leave their administration to. */
const keyRoots = (stack: Stack): readonly string[] =>
    stack.of("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy").flatMap((key) => {
        const reading = readDocument(key.at("policy"));
        const statements = reading.kind === "document" ? reading.document.statements : [];
        return statements
            .filter(({ effect, actions }) => effect === "Allow" && actions.includes("kms:*"))
            .flatMap(({ principals }) => principals.flatMap((one) => accountOf(one) ?? []));
    });

function mostFrequent(texts: readonly string[]): string | undefined {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
