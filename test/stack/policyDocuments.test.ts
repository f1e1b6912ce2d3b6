import { expect } from "chai";
import { assertActionsExist } from "../support/iam";
import {
    conditionKeys,
    documentsOf,
    servicesOf,
    type DocumentStatement,
    type PolicyDocument,
} from "../support/policyDocuments";
import { deployed, previewed, stacks, values, type StackRun } from "../support/stacks";

/**
 * Statements of resource policies that let everybody do something, or somebody do it to everything, with no condition that
 * names this account, and why. All are of endpoints, which bound what others allow.
 */
const unbounded: Readonly<Record<string, string>> = {
    EmrApplicationHistory: "EMR's console reads a cluster's history from a bucket of AWS",
    Reading: "EMR's and Amazon Linux's packages lie in buckets of AWS whose names it changes",
};

/** Services that can't be held to an account by `aws:SourceAccount` or `aws:SourceArn`, and what they are held by. */
const otherConditions: Readonly<Record<string, { readonly key?: string; readonly why: string }>> = {
    "ec2.amazonaws.com": {
        why: "sends neither; only an instance profile of this account hands the role on",
    },
    "redshift.amazonaws.com": {
        key: "sts:ExternalId",
        why: "names the database user that asks, whose ARN holds account and cluster",
    },
    "logs.eu-west-1.amazonaws.com": {
        key: "kms:EncryptionContext:aws:logs:arn",
        why: "names the log group, whose ARN holds the account",
    },
    "delivery.logs.amazonaws.com": {
        key: "kms:EncryptionContext:SourceArn",
        why: "names the delivery, whose ARN holds the account",
    },
};

/** What a document can hold that AWS makes up: ids of keys, of security groups, of a network. */
const madeUpByAws = /:key\/|security-group\/(?!\*)|subnet\/(?!\*)|vpc\/(?!\*)/;

for (const stack of stacks) {
    describe(`the policy documents of ${stack}`, () => {
        let run: StackRun;
        let documents: readonly PolicyDocument[];

        before(async () => {
            run = await deployed(stack);
            documents = documentsOf(run.resources);
        });

        /** Place and statement of every statement that `isWrong` accepts, which must be none. */
        const expectNone = (
            isWrong: (statement: DocumentStatement, document: PolicyDocument) => boolean,
        ) => {
            const wrong = documents.flatMap((document) =>
                document.statements
                    .filter((statement) => isWrong(statement, document))
                    .map((statement) => `${document.place}: ${JSON.stringify(statement)}`),
            );
            expect(wrong).to.deep.equal([]);
        };

        it("are found in every kind of place", () => {
            const places = documents.map(({ place }) => place.replace(/ .* /, " "));
            expect([...new Set(places)].sort()).to.deep.equal([
                "BucketPolicy .policy",
                "Key .policy",
                "Role .assumeRolePolicy",
                "RolePolicy .policy",
                "TopicPolicy .policy",
                "Vpc .vpcEndpointSpecs[0].policy",
                "VpcEndpoint .policy",
            ]);
        });

        it("name actions, resources and condition keys that exist and fit", async () => {
            const problems: string[] = [];
            for (const { place, raw } of documents) {
                // a Deny may close a whole service
                const Statement = raw.Statement.filter(
                    ({ Effect, Action }) => Effect === "Allow" || !Action.includes("s3:*"),
                );
                await assertActionsExist({ Statement }).catch((error: unknown) => {
                    problems.push(`${place}: ${(error as Error).message}`);
                });
            }
            expect(problems).to.deep.equal([]);
        });

        it("allow no wildcard of actions but the account's own access to each key", () => {
            expectNone(
                (statement, { kind }) =>
                    statement.Effect === "Allow" &&
                    statement.Action.some((action) => /[*?]/.test(action)) &&
                    !(kind === "key" && isAccountAccess(statement)),
            );
        });

        it("leave each key to IAM in the account, so that it can always be changed", () => {
            const keys = documents.filter(({ kind }) => kind === "key");
            expect(keys).to.have.lengthOf(6);
            for (const { place, statements } of keys) {
                expect(statements.filter(isAccountAccess), place).to.have.lengthOf(1);
            }
        });

        it("open no resource to everybody, nor everything to anybody, beyond this account", () => {
            const used = new Set<string>();
            expectNone(({ Effect, Resource, Principal, Condition, Sid = "" }, { kind }) => {
                // in a key's policy `*` is the key; assertActionsExist has seen to identities
                const open = Principal === "*" || (kind === "resource" && Resource.includes("*"));
                if (Effect === "Deny" || !open) return false;
                const tests = Condition.StringEquals ?? {};
                const account = tests["aws:PrincipalAccount"] ?? tests["aws:ResourceAccount"];
                if (account === "123456789012") return false;
                used.add(Sid);
                return unbounded[Sid] === undefined;
            });
            expect([...used].sort()).to.deep.equal(Object.keys(unbounded));
        });

        it("let roles be passed by name, to one service", () => {
            const passes = documents
                .flatMap(({ statements }) => statements)
                .filter(({ Action }) => Action.includes("iam:PassRole"));

            expect(passes.length).to.be.greaterThan(0);
            for (const { Effect, Action, Resource, Condition } of passes) {
                expect({ Effect, Action }).to.deep.equal({
                    Effect: "Allow",
                    Action: ["iam:PassRole"],
                });
                expect(Resource).to.have.lengthOf(1);
                expect(Resource[0]).to.match(new RegExp(`:role/${run.name}-[a-z-]+$`));
                expect(Condition.StringEquals?.["iam:PassedToService"]).to.be.a("string");
            }
        });

        it("let services in for this account only", () => {
            const used = new Set<string>();
            expectNone((statement) => {
                const keys = conditionKeys(statement);
                if (keys.includes("aws:SourceAccount") || keys.includes("aws:SourceArn")) {
                    return false;
                }
                return servicesOf(statement).some((service) => {
                    used.add(service);
                    const other = otherConditions[service];
                    return (
                        other === undefined ||
                        (other.key !== undefined && !keys.includes(other.key))
                    );
                });
            });
            expect([...used].sort()).to.deep.equal(Object.keys(otherConditions).sort());
        });

        it("name this account wherever a condition says whose request it is", () => {
            const naming =
                /^(aws:Source(Account|Arn)|sts:ExternalId|kms:EncryptionContext:(aws:logs:arn|SourceArn))$/;
            expectNone(({ Condition, Effect }) =>
                Object.values(Condition).some((tests) =>
                    Object.entries(tests).some(
                        ([key, expected]) =>
                            Effect === "Allow" &&
                            naming.test(key) &&
                            ![expected]
                                .flat()
                                .every(
                                    (value) =>
                                        String(value).includes("123456789012") &&
                                        !/^[*?]/.test(String(value)),
                                ),
                    ),
                ),
            );
        });

        it("name nobody of another account", () => {
            expectNone(
                ({ Effect, Principal }) =>
                    Effect === "Allow" &&
                    typeof Principal === "object" &&
                    [Principal.AWS ?? []]
                        .flat()
                        .some((arn) => !arn.startsWith("arn:aws:iam::123456789012:")),
            );
        });

        it("are all the project's own: nothing that AWS manages is attached", () => {
            const attached = run.resources.filter(
                ({ type, inputs }) =>
                    /PolicyAttachment|aws:iam\/policy:/.test(type) ||
                    inputs.managedPolicyArns !== undefined ||
                    inputs.inlinePolicies !== undefined,
            );
            expect(attached.map(({ urn }) => urn)).to.deep.equal([]);
            const named = run.resources.filter(({ inputs }) =>
                [...values(inputs)].some(
                    ([, value]) => typeof value === "string" && /:iam::aws:policy\//.test(value),
                ),
            );
            expect(named.map(({ urn }) => urn)).to.deep.equal([]);
        });

        it("are known at preview unless they name what AWS makes up", async () => {
            const known = new Set(
                documentsOf((await previewed(stack)).resources).map(({ place }) => place),
            );
            const unknown = documents.filter(({ place }) => !known.has(place));
            const needless = unknown.filter(({ raw }) => !madeUpByAws.test(JSON.stringify(raw)));

            expect(needless.map(({ place }) => place)).to.deep.equal([]);
            expect(known.size + unknown.length).to.equal(documents.length);
            // the policy pack can only advise on these before an update
            expect(unknown.length).to.be.at.most(21);
        });
    });
}

function isAccountAccess({ Action, Principal }: DocumentStatement): boolean {
    return (
        Action.join() === "kms:*" &&
        typeof Principal === "object" &&
        Principal.AWS === "arn:aws:iam::123456789012:root"
    );
}
