import { expect } from "chai";
import { decide, type Policies } from "../../../local/iam/decide";
import { readDocument } from "../../../local/iam/document";
import type { Principal } from "../../../local/iam/principals";

const accountId = "123456789012";
const role: Principal = {
    kind: "role",
    arn: `arn:aws:sts::${accountId}:assumed-role/spark/session`,
    principalArn: `arn:aws:iam::${accountId}:role/spark`,
    accountId,
    service: "",
    secretAccessKey: "",
};
const glue: Principal = {
    ...role,
    kind: "service",
    arn: "glue.amazonaws.com",
    principalArn: "glue.amazonaws.com",
    service: "glue.amazonaws.com",
};

const object = "arn:aws:s3:::logs/a";
const need = { action: "s3:GetObject", resource: object, context: new Map<string, string[]>() };
const says = (...statements: object[]) =>
    readDocument("policy", JSON.stringify({ Version: "2012-10-17", Statement: statements }));
const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/*" };
const deny = { ...allow, Effect: "Deny" };
const by = (principal: unknown, statement: object = allow) => ({
    ...statement,
    Principal: principal,
});

const decided = (policies: Partial<Policies>, principal = role) =>
    decide(principal, need, { identity: [], ...policies });

describe("a decision", () => {
    it("is no where nothing says yes", () => {
        expect(decided({})).to.deep.equal({
            allowed: false,
            because: "because no identity-based policy allows the s3:GetObject action",
            grants: [],
        });
        const other = [
            { ...allow, Action: "s3:PutObject" },
            { ...allow, Resource: "arn:aws:s3:::other/*" },
            { ...allow, Condition: { StringEquals: { "s3:prefix": "x" } } },
        ];
        expect(decided({ identity: [says(...other)] }).allowed).to.equal(false);
    });

    it("is yes by a policy of the caller, and says by which statement", () => {
        const identity = [
            says({ ...allow, Action: "s3:PutObject" }, allow),
            says({ ...allow, Sid: "Again" }),
        ];
        expect(decided({ identity })).to.deep.equal({
            allowed: true,
            because: "",
            grants: [
                {
                    policy: "policy",
                    statement: "#1",
                    action: "s3:GetObject",
                    resource: "arn:aws:s3:::logs/*",
                },
                {
                    policy: "policy",
                    statement: "Again",
                    action: "s3:GetObject",
                    resource: "arn:aws:s3:::logs/*",
                },
            ],
        });
    });

    it("is no by an explicit deny, whoever says it and whatever else allows it", () => {
        const identity = [says(allow)];
        const because = (policies: Partial<Policies>) => decided({ identity, ...policies }).because;
        expect(because({ identity: [says(allow), says(deny)] })).to.equal(
            "with an explicit deny in an identity-based policy",
        );
        expect(because({ resource: says(by("*", deny)) })).to.equal(
            "with an explicit deny in a resource-based policy",
        );
        expect(because({ resource: says(by({ AWS: accountId }, deny)) })).to.equal(
            "with an explicit deny in a resource-based policy",
        );
        expect(because({ boundary: says(allow, deny) })).to.equal(
            "with an explicit deny in a permissions boundary",
        );
        expect(
            because({ resource: says(by({ AWS: `arn:aws:iam::${accountId}:role/other` }, deny)) }),
        ).to.equal("");
    });

    it("is no outside of the caller's boundary", () => {
        const identity = [says(allow)];
        expect(decided({ identity, boundary: says(allow) }).allowed).to.equal(true);
        expect(
            decided({ identity, boundary: says({ ...allow, Action: "glue:*" }) }).because,
        ).to.equal("because no permissions boundary allows the s3:GetObject action");
    });

    it("is yes by the resource's policy where that names the caller, its session or everybody", () => {
        for (const principal of [
            "*",
            { AWS: "*" },
            { AWS: role.principalArn },
            { AWS: [role.arn] },
        ]) {
            expect(decided({ resource: says(by(principal)) }).allowed).to.equal(true);
        }
        const others = [
            { AWS: `arn:aws:iam::${accountId}:role/other` },
            { Service: "glue.amazonaws.com" },
        ];
        for (const principal of others) {
            expect(decided({ resource: says(by(principal)) }).allowed).to.equal(false);
        }
    });

    it("leaves to the caller's policies what the resource leaves to the account", () => {
        const root = says(by({ AWS: `arn:aws:iam::${accountId}:root` }));
        const mustAllow = { resource: root, resourceMustAllow: true };
        expect(decided(mustAllow).because).to.match(/no identity-based policy/);
        expect(decided({ ...mustAllow, identity: [says(allow)] }).allowed).to.equal(true);
        expect(decided({ resource: root }).allowed).to.equal(false);
    });

    it("is no for a key or a role whose own policy does not let the caller in", () => {
        const policies = { identity: [says(allow)], resource: says(), resourceMustAllow: true };
        expect(decided(policies).because).to.equal(
            "because no resource-based policy allows the s3:GetObject action",
        );
        const elsewhere = says(by({ AWS: "arn:aws:iam::999999999999:root" }));
        expect(decided({ ...policies, resource: elsewhere }).allowed).to.equal(false);
    });

    it("is by the resource's policy alone for a service", () => {
        const resource = says(by({ Service: ["glue.amazonaws.com"] }));
        expect(decided({ resource }, glue).allowed).to.equal(true);
        expect(decided({ identity: [says(allow)] }, glue).allowed).to.equal(false);
        expect(
            decided({ resource: says(by({ Service: "s3.amazonaws.com" })) }, glue).allowed,
        ).to.equal(false);
        expect(decided({ resource: says(by({ AWS: accountId })) }, glue).allowed).to.equal(false);
    });

    it("reads what a statement excludes: NotAction, NotResource, NotPrincipal", () => {
        const allowed = (statement: object) => decided({ identity: [says(statement)] }).allowed;
        const { Effect, Action, Resource } = allow;
        expect(allowed({ Effect, NotAction: "s3:Put*", Resource })).to.equal(true);
        expect(allowed({ Effect, NotAction: "s3:Get*", Resource })).to.equal(false);
        expect(allowed({ Effect, Action, NotResource: "arn:aws:s3:::other/*" })).to.equal(true);
        expect(allowed({ Effect, Action, NotResource: "arn:aws:s3:::logs/*" })).to.equal(false);
        const denied = (principal: object) =>
            decided({
                identity: [says(allow)],
                resource: says({ ...deny, NotPrincipal: principal }),
            });
        expect(denied({ AWS: role.principalArn }).allowed).to.equal(true);
        expect(denied({ AWS: `arn:aws:iam::${accountId}:role/other` }).allowed).to.equal(false);
    });
});
