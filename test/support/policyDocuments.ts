/** Every policy document of a program, wherever it stands: in a property of its own, or in the JSON of another. */
import type { Resource } from "../../local/program/mockEngine";
import { values } from "./stacks";

/** A statement in IAM's own names; lists are lists even where one value was given. */
export interface DocumentStatement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
    readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a document is for, which decides what its `Resource` and `Principal` mean. */
export type DocumentKind = "identity" | "trust" | "key" | "resource";

/** A document and where it stands. */
export interface PolicyDocument {
    /** Type, name and property, such as `Role loglake-dev-spark .assumeRolePolicy`. */
    readonly place: string;
    readonly kind: DocumentKind;
    readonly resource: Resource;
    readonly statements: readonly DocumentStatement[];
    /** The document as it was written. */
    readonly raw: { readonly Statement: readonly any[] };
}

/** The documents of `resources`, as far as they are known. */
export function documentsOf(resources: readonly Resource[]): readonly PolicyDocument[] {
    return resources.flatMap((resource) =>
        [...values(resource.inputs)]
            .filter(([, value]) => isDocument(value))
            .map(([path, value]) => read(resource, path, value as PolicyDocument["raw"])),
    );
}

function isDocument(value: unknown): value is PolicyDocument["raw"] {
    return typeof value === "object" && value !== null && "Statement" in value;
}

function read(resource: Resource, path: string, raw: PolicyDocument["raw"]): PolicyDocument {
    const type = resource.type.split(":").pop() ?? "";
    return {
        place: `${type} ${resource.name} ${path}`,
        kind: kindOf(resource.type, path),
        resource,
        raw,
        statements: raw.Statement.map((statement) => ({
            ...statement,
            Action: [statement.Action].flat(),
            Resource: [statement.Resource ?? []].flat(),
            Condition: statement.Condition ?? {},
        })),
    };
}

function kindOf(type: string, path: string): DocumentKind {
    if (path.endsWith("assumeRolePolicy")) return "trust";
    if (type === "aws:kms/key:Key") return "key";
    return type.startsWith("aws:iam/") ? "identity" : "resource";
}

/** Names of the condition keys of a statement. */
export const conditionKeys = ({ Condition }: DocumentStatement): readonly string[] =>
    Object.values(Condition).flatMap(Object.keys);

/** Services that a statement lets in. */
export function servicesOf({ Principal }: DocumentStatement): readonly string[] {
    return typeof Principal === "object" ? [Principal.Service ?? []].flat() : [];
}
