/** Roles, users and groups with all the documents that give them rights. */
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { attachmentsOf, policyType } from "./attached";
import { readDocument, type PolicyDocument, type Statement } from "./document";
import { groupType, groupsOf } from "./membership";
import { inlineTypes, outsidersOf, ownerlessOf } from "./outsiders";

/** A role, user or group and what it may do, as far as the stack shows. */
export interface Principal {
    readonly subject: Subject;
    readonly documents: readonly {
        readonly name: string;
        readonly inline: boolean;
        /** True for what a user has from a group. */
        readonly inherited: boolean;
        readonly document: PolicyDocument;
    }[];
    /** ARNs of managed policies that the stack doesn't define. */
    readonly managed: readonly string[];
    /** Documents that can't be seen yet. */
    readonly unseen: readonly (Property | string)[];
}

const owners = [
    ["aws:iam/role:Role", "role"],
    ["aws:iam/user:User", "user"],
    [groupType, "group"],
] as const;

/** What one principal has before its documents are read. */
interface Rights {
    readonly documents: readonly Source[];
    readonly managed: readonly string[];
    readonly unseen: readonly string[];
}

interface Source {
    readonly name: string;
    readonly inline: boolean;
    readonly property: Property;
}

/** Every role, user and group that the stack makes or names; policies that are nobody's stand for themselves. */
export function principalsOf(stack: Stack): readonly Principal[] {
    const attached = new Set<Subject>();
    const rights = new Map<Subject, Rights>();
    for (const [type, kind] of owners) {
        for (const subject of [...stack.of(type), ...outsidersOf(stack, type, kind)]) {
            const { policies, managed, unseen } = attachmentsOf(stack, subject, kind);
            for (const policy of policies) attached.add(policy);
            const own = subject.at("inlinePolicies").items.map((item) => ({
                name: item.path,
                inline: true,
                property: item.at("policy"),
            }));
            const apart = stack.joined(subject, kind, inlineTypes[kind]);
            rights.set(subject, {
                documents: [
                    ...own,
                    ...apart.found.map(toSource(true)),
                    ...policies.map(toSource(false)),
                ],
                managed,
                unseen: apart.uncertain ? [...unseen, "inline policies"] : unseen,
            });
        }
    }
    const principals = [...rights].map(([subject, own]): Principal => {
        const groups = groupsOf(stack, subject).map((group) => rights.get(group));
        const inherited = groups.flatMap((group) => group?.documents ?? []);
        return merge(subject, own, inherited);
    });
    const loose = [
        ...stack.of(policyType).filter((policy) => !attached.has(policy)),
        ...owners.flatMap(([type, kind]) => ownerlessOf(stack, type, kind)),
    ];
    const alone = (policy: Subject) => ({
        documents: [toSource(policy.type !== policyType)(policy)],
        managed: [],
        unseen: [],
    });
    return [...principals, ...loose.map((policy) => merge(policy, alone(policy), []))];
}

const toSource =
    (inline: boolean) =>
    (policy: Subject): Source => ({ name: policy.name, inline, property: policy.at("policy") });

function merge(subject: Subject, own: Rights, inherited: readonly Source[]): Principal {
    const read = [
        ...own.documents.map((source) => ({ ...source, inherited: false })),
        ...inherited.map((source) => ({ ...source, inherited: true })),
    ].map(({ property, ...source }) => ({ ...source, property, reading: readDocument(property) }));
    return {
        subject,
        documents: read.flatMap(({ name, inline, inherited, reading }) =>
            reading.kind === "document"
                ? [{ name, inline, inherited, document: reading.document }]
                : [],
        ),
        managed: own.managed,
        unseen: [
            ...own.unseen,
            ...read
                .filter(({ reading }) => reading.kind === "unknown")
                .map(({ property }) => property),
        ],
    };
}

/** All statements of the principal. */
export const statementsOf = (principal: Principal): readonly Statement[] =>
    principal.documents.flatMap(({ document }) => document.statements);
