import { expect } from "chai";
import type { Resource } from "../../local/program/mockEngine";
import { bothDeployed, type StackName, type StackRun } from "../support/stacks";

/** Types whose resources AWS knows by an id or by what they belong to. Every other type must be given a name. */
const nameless = [
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
    "aws:kms/key:Key",
    "aws:redshift/usageLimit:UsageLimit",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "awsx:ec2:Vpc",
    "command:local:Command",
    "tls:index/privateKey:PrivateKey",
    "tls:index/selfSignedCert:SelfSignedCert",
];

/** Where a resource's name stands, and what it is unique in. The first that is there counts. */
const nameOf = ({ inputs }: Resource): string | undefined => {
    const name: unknown =
        inputs.name ?? inputs.bucket ?? inputs.clusterIdentifier ?? inputs.dashboardName;
    const holder: unknown = inputs.role ?? inputs.databaseName;
    const within = typeof holder === "string" && inputs.runtime === undefined ? `${holder} ` : "";
    const key = typeof inputs.key === "string" ? ` ${inputs.key}` : "";
    const arn = typeof inputs.arn === "string" ? inputs.arn : undefined;
    return typeof name === "string" ? `${within}${name}${key}` : arn;
};

describe("physical names", () => {
    let runs: Record<StackName, StackRun>;
    before(async () => {
        runs = await bothDeployed();
    });

    const custom = ({ resources }: StackRun) =>
        resources.filter(({ custom }) => custom).filter(({ type }) => !nameless.includes(type));
    const names = (run: StackRun) =>
        custom(run).map((each) => `${each.type} ${nameOf(each) ?? "unnamed"}`);

    it("are given to everything that has one, so that none is made up at random", () => {
        for (const run of Object.values(runs)) {
            const unnamed = custom(run).filter((each) => nameOf(each) === undefined);
            expect(unnamed.map(({ urn }) => urn)).to.deep.equal([]);
        }
    });

    it("are unique within their type", () => {
        for (const run of Object.values(runs)) {
            const all = names(run);
            expect(all.filter((name, index) => all.indexOf(name) !== index)).to.deep.equal([]);
        }
    });

    it("are made from the deployment's name", () => {
        for (const run of Object.values(runs)) {
            const variants = new RegExp(`${run.name}|${run.name.replaceAll("-", "_")}`);
            const foreign = custom(run).filter((each) => !variants.test(nameOf(each) ?? ""));
            expect(foreign.map(({ urn }) => urn)).to.deep.equal([]);
        }
    });

    it("let both stacks live in one account and Region", () => {
        const dev = new Set(names(runs.dev));
        expect(names(runs.prod).filter((name) => dev.has(name))).to.deep.equal([]);
    });

    it("are as long as their services allow", () => {
        const limits: Readonly<Record<string, number>> = {
            "aws:iam/role:Role": 64,
            "aws:lambda/function:Function": 64,
            "aws:redshift/cluster:Cluster": 63,
            "aws:s3/bucket:Bucket": 63,
            "aws:scheduler/schedule:Schedule": 64,
            "aws:sfn/stateMachine:StateMachine": 80,
        };
        for (const run of Object.values(runs)) {
            const found = run.resources.filter(({ type }) => limits[type] !== undefined);
            expect(new Set(found.map(({ type }) => type)).size).to.equal(
                Object.keys(limits).length,
            );
            for (const each of found) {
                const name = nameOf(each)?.split(" ").pop() ?? "";
                expect(name.length, name).to.be.at.most(limits[each.type] ?? 0);
            }
        }
    });
});
