/** Roles, users and groups with all the documents that give them rights. */
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { readDocument, type PolicyDocument, type Statement } from "./document";
import type { Property } from "../core/property";

/** A role, user or group and what it may do, as far as the stack shows. */
export interface Principal {
    readonly subject: Subject;
    readonly documents: readonly {
        readonly name: string;
        readonly inline: boolean;
        readonly document: PolicyDocument;
    }[];
    /** ARNs of managed policies that the stack doesn't define. */
    readonly managed: readonly string[];
    /** Documents that can't be seen yet. */
    readonly unseen: readonly Property[];
}

const owners = [
    {
        type: "aws:iam/role:Role",
        inline: "aws:iam/rolePolicy:RolePolicy",
        attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        property: "role",
        list: "roles",
    },
    {
        type: "aws:iam/user:User",
        inline: "aws:iam/userPolicy:UserPolicy",
        attachment: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        property: "user",
        list: "users",
    },
    {
        type: "aws:iam/group:Group",
        inline: "aws:iam/groupPolicy:GroupPolicy",
        attachment: "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        property: "group",
        list: "groups",
    },
] as const;

const policyType = "aws:iam/policy:Policy";

/** Every role, user and group of the stack; policies that are attached to none of them stand for themselves. */
export function principalsOf(stack: Stack): readonly Principal[] {
    const attached = new Set<Subject>();
    const principals = owners.flatMap(({ type, inline, attachment, property, list }) =>
        stack.of(type).map((subject): Principal => {
            const documents: { name: string; inline: boolean; property: Property }[] = [];
            const managed: string[] = [];
            const attach = (holder: Subject, path: string, arn: Property) => {
                const policy =
                    stack.referred(holder, path, policyType) ??
                    stack
                        .of(policyType)
                        .find((candidate) => candidate.identities.includes(arn.text ?? ""));
                if (policy !== undefined) {
                    attached.add(policy);
                    documents.push({
                        name: policy.name,
                        inline: false,
                        property: policy.at("policy"),
                    });
                } else if (arn.text !== undefined) managed.push(arn.text);
            };
            for (const item of subject.at("inlinePolicies").items) {
                documents.push({ name: item.path, inline: true, property: item.at("policy") });
            }
            for (const policy of stack.joined(subject, property, inline).found) {
                documents.push({ name: policy.name, inline: true, property: policy.at("policy") });
            }
            for (const holder of stack.joined(subject, property, attachment).found)
                attach(holder, "policyArn", holder.at("policyArn"));
            for (const item of subject.at("managedPolicyArns").items)
                attach(subject, "managedPolicyArns", item);
            for (const holder of stack.of("aws:iam/policyAttachment:PolicyAttachment")) {
                if (
                    holder
                        .at(list)
                        .items.some((item) => subject.identities.includes(item.text ?? ""))
                )
                    attach(holder, "policyArn", holder.at("policyArn"));
            }
            return { subject, ...readAll(documents), managed };
        }),
    );
    const loose = stack
        .of(policyType)
        .filter((policy) => !attached.has(policy))
        .map((policy): Principal => ({
            subject: policy,
            ...readAll([{ name: policy.name, inline: false, property: policy.at("policy") }]),
            managed: [],
        }));
    return [...principals, ...loose];
}

function readAll(documents: readonly { name: string; inline: boolean; property: Property }[]) {
    const read = documents.map(({ name, inline, property }) => ({
        name,
        inline,
        property,
        reading: readDocument(property),
    }));
    return {
        documents: read.flatMap(({ name, inline, reading }) =>
            reading.kind === "document" ? [{ name, inline, document: reading.document }] : [],
        ),
        unseen: read
            .filter(({ reading }) => reading.kind === "unknown")
            .map(({ property }) => property),
    };
}

/** All statements of the principal. */
export const statementsOf = (principal: Principal): readonly Statement[] =>
    principal.documents.flatMap(({ document }) => document.statements);
