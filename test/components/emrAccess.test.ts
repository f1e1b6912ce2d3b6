import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { SparkProcessor } from "../../components/sparkProcessor";
import type { ClusterLifecycle } from "../../components/sparkTarget";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { assertActionsExist } from "../support/iam";
import { account, argsWith, keyArn, name, region, roleArn, up } from "../support/spark";

interface Statement {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const policyType = "aws:iam/rolePolicy:RolePolicy";
const emrTag = "for-use-with-amazon-emr-managed-policies";
const clusters = `arn:aws:elasticmapreduce:${region}:${account}:cluster/*`;
const ofDeployment = { "elasticmapreduce:ResourceTag/Environment": name };

const trustOf = (resources: readonly Resource[], role: string) =>
    parsed(only(resources, "aws:iam/role:Role", role).inputs.assumeRolePolicy).Statement;

function statementsOf(resources: readonly Resource[], policy: string): readonly Statement[] {
    return parsed(only(resources, policyType, policy).inputs.policy).Statement;
}

function statement(statements: readonly Statement[], sid: string): Statement {
    const [found] = statements.filter(({ Sid }) => Sid === sid);
    if (found !== undefined) return found;
    throw new Error(`no statement ${sid} among ${statements.map(({ Sid }) => Sid).join(", ")}`);
}

/** What a workflow's role is granted. */
async function granted(mode: ClusterLifecycle): Promise<readonly Statement[]> {
    const { resources } = await deploy(() => {
        const role = new aws.iam.Role("workflow", { name: "workflow", assumeRolePolicy: "{}" });
        new SparkProcessor(name, argsWith({ mode })).grantRunSteps("workflow", role);
    });
    return statementsOf(resources, "workflow-run-steps");
}

describe("EMR access", () => {
    let resources: readonly Resource[];

    before(async () => {
        ({ resources } = await up());
    });

    it("names only actions that exist, on resources that they take", async () => {
        for (const { inputs } of all(resources, "aws:iam/role:Role")) {
            await assertActionsExist(parsed(inputs.assumeRolePolicy));
        }
        const policies = all(resources, policyType);
        expect(policies).to.have.length(2);
        for (const { inputs } of policies) await assertActionsExist(parsed(inputs.policy));
        for (const mode of ["transient", "persistent"] as const) {
            await assertActionsExist({
                Statement: (await granted(mode)).map((it) => ({ ...it, Effect: "Allow" })),
            });
        }
    });

    it("is known in a preview, before any role is there", async () => {
        const preview = (await up({}, true)).resources;
        for (const { inputs } of all(preview, "aws:iam/role:Role")) {
            expect(inputs.assumeRolePolicy, String(inputs.name)).to.be.a("string");
        }
        const policies = all(preview, policyType);
        expect(policies).to.have.length(2);
        for (const { inputs } of policies) expect(inputs.policy, name).to.be.a("string");
    });

    describe("of the nodes", () => {
        it("is EC2's to give", () => {
            expect(trustOf(resources, `${name}-emr-instance`)).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole"],
                    Principal: { Service: ["ec2.amazonaws.com"] },
                },
            ]);
            const profile = only(resources, "aws:iam/instanceProfile:InstanceProfile");
            expect(profile.inputs).to.deep.equal({
                name: `${name}-emr-instance`,
                role: `${name}-emr-instance`,
            });
        });

        it("is the runtime role, logs, certificate and their key, and nothing else", () => {
            expect(statementsOf(resources, `${name}-emr-instance`)).to.deep.equal([
                {
                    Sid: "RuntimeRole",
                    Effect: "Allow",
                    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                    Resource: roleArn("spark"),
                },
                {
                    Sid: "Logs",
                    Effect: "Allow",
                    Action: ["s3:PutObject"],
                    Resource: "arn:aws:s3:::artifacts/emr-logs/*",
                },
                {
                    Sid: "Certificate",
                    Effect: "Allow",
                    Action: ["s3:GetObject"],
                    Resource: `arn:aws:s3:::artifacts/emr-tls/${name}.zip`,
                },
                {
                    Sid: "KeyOfLogsCertificateAndDisks",
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
                    Resource: keyArn,
                },
            ]);
        });
    });

    describe("of the step", () => {
        it("is the nodes' to assume, for whom they say, and nobody else's", () => {
            expect(trustOf(resources, `${name}-spark`)).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                    Principal: { AWS: "arn:aws:iam::123456789012:root" },
                    Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("emr-instance") } },
                },
            ]);
        });

        it("is left to the grants of others", () => {
            for (const { inputs } of all(resources, policyType)) {
                expect(inputs.role).to.not.equal(`${name}-spark`);
            }
        });
    });

    describe("of EMR itself", () => {
        let statements: readonly Statement[];

        before(() => {
            statements = statementsOf(resources, `${name}-emr-service`);
        });

        it("is assumed on behalf of this account's clusters alone", () => {
            expect(trustOf(resources, `${name}-emr-service`)).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole"],
                    Principal: { Service: ["elasticmapreduce.amazonaws.com"] },
                    Condition: {
                        StringEquals: { "aws:SourceAccount": account },
                        ArnLike: {
                            "aws:SourceArn": `arn:aws:elasticmapreduce:${region}:${account}:*`,
                        },
                    },
                },
            ]);
        });

        it("changes nothing of EC2's but what carries EMR's tag or is given it", () => {
            const tags = [`aws:ResourceTag/${emrTag}`, `aws:RequestTag/${emrTag}`];
            const untagged = statements
                .filter(({ Action }) => Action.some((action) => action.startsWith("ec2:")))
                .filter(({ Condition }) =>
                    tags.every((tag) => Condition?.StringEquals?.[tag] !== "true"),
                );
            const images = `arn:aws:ec2:${region}::image/ami-*`;
            const ec2 = (type: string) => `arn:aws:ec2:${region}:${account}:${type}/*`;
            expect(untagged.map(({ Sid, Resource }) => [Sid, Resource])).to.deep.equal([
                // neither can carry it
                ["LaunchWithUntaggable", [ec2("network-interface"), ec2("fleet"), images]],
                // the call that tags is the one that creates
                [
                    "TagOnCreation",
                    ["instance", "volume", "network-interface", "launch-template"].map(ec2),
                ],
                ["Look", "*"],
                ["LookAtNetwork", [ec2("vpc")]],
            ]);
            const { Action } = statement(statements, "Look");
            expect(Action.filter((action) => !action.startsWith("ec2:Describe"))).to.be.empty;
            expect(statement(statements, "TagOnCreation").Condition).to.deep.equal({
                StringEquals: {
                    "ec2:CreateAction": [
                        "RunInstances",
                        "CreateFleet",
                        "CreateLaunchTemplate",
                        "CreateNetworkInterface",
                    ],
                },
            });
        });

        it("hands the nodes' role to EC2, and no other role to anybody", () => {
            const passing = statements.filter(({ Action }) => Action.includes("iam:PassRole"));
            expect(passing).to.deep.equal([
                {
                    Sid: "PassInstanceRole",
                    Effect: "Allow",
                    Action: ["iam:PassRole"],
                    Resource: roleArn("emr-instance"),
                    Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
                },
            ]);
        });

        it("uses the key through EC2, for disks", () => {
            const { Action, Condition } = statement(statements, "EncryptDisks");
            expect(Action).to.include.members([
                "kms:Decrypt",
                "kms:GenerateDataKeyWithoutPlaintext",
            ]);
            expect(Condition).to.deep.equal({
                StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` },
            });
            expect(statement(statements, "LendKeyToDisks")).to.deep.include({
                Action: ["kms:CreateGrant"],
                Resource: keyArn,
                Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
            });
            for (const { Action, Resource } of statements) {
                if (Action.some((action) => action.startsWith("kms:"))) {
                    expect(Resource).to.equal(keyArn);
                }
            }
        });
    });

    describe("of a workflow", () => {
        it("is steps on clusters of the deployment, under its runtime role and no other", async () => {
            const statements = await granted("persistent");

            expect(statement(statements, "AddSteps")).to.deep.equal({
                Sid: "AddSteps",
                Effect: "Allow",
                Action: ["elasticmapreduce:AddJobFlowSteps"],
                Resource: clusters,
                Condition: {
                    StringEquals: {
                        ...ofDeployment,
                        "elasticmapreduce:ExecutionRoleArn": roleArn("spark"),
                    },
                },
            });
            expect(statement(statements, "FollowSteps")).to.deep.include({
                Action: ["elasticmapreduce:DescribeStep", "elasticmapreduce:CancelSteps"],
                Resource: clusters,
                Condition: { StringEquals: ofDeployment },
            });
            expect(statements).to.have.length(2);
        });

        it("does not launch or end a cluster that stays", async () => {
            const actions = (await granted("persistent")).flatMap(({ Action }) => Action);
            expect(actions).to.not.include("elasticmapreduce:RunJobFlow");
            expect(actions).to.not.include("elasticmapreduce:TerminateJobFlows");
            expect(actions).to.not.include("iam:PassRole");
        });

        it("launches clusters with the deployment's tags, and ends those alone", async () => {
            const statements = await granted("transient");

            const requested = {
                [`aws:RequestTag/${emrTag}`]: "true",
                "aws:RequestTag/Environment": name,
            };
            expect(statement(statements, "LaunchTagged")).to.deep.include({
                Action: ["elasticmapreduce:RunJobFlow"],
                Resource: "*",
                Condition: { StringEquals: requested },
            });
            expect(statement(statements, "TagOnLaunch")).to.deep.include({
                Action: ["elasticmapreduce:AddTags"],
                Resource: clusters,
                Condition: { StringEquals: requested, StringEqualsIfExists: ofDeployment },
            });
            expect(statement(statements, "FollowAndEnd")).to.deep.include({
                Action: ["elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows"],
                Resource: clusters,
                Condition: { StringEquals: ofDeployment },
            });
        });

        it("passes EMR's role to EMR and the nodes' to EC2", async () => {
            const passed = (await granted("transient"))
                .filter(({ Action }) => Action.includes("iam:PassRole"))
                .map(({ Resource, Condition }) => [
                    Resource,
                    Condition?.StringEquals?.["iam:PassedToService"],
                ]);
            expect(passed).to.deep.equal([
                [roleArn("emr-service"), "elasticmapreduce.amazonaws.com"],
                [roleArn("emr-instance"), "ec2.amazonaws.com"],
            ]);
        });

        it("asks for clusters with the very tags that it may ask for", async () => {
            const { Condition } = statement(await granted("transient"), "LaunchTagged");
            const { workflowTarget } = (await up()).result;
            if (workflowTarget.mode !== "transient") throw new Error(workflowTarget.mode);
            const { clusterParameters } = workflowTarget;
            const tags = await new Promise((resolve) =>
                clusterParameters.apply(({ Tags }) => {
                    const entries = Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value]);
                    resolve(Object.fromEntries(entries));
                }),
            );
            expect(Condition?.StringEquals).to.deep.equal(tags);
        });

        it("may create the role with which EMR clears up, and no other service's", async () => {
            expect(statement(await granted("transient"), "CleanupRole")).to.deep.include({
                Action: ["iam:CreateServiceLinkedRole"],
                Resource: `arn:aws:iam::${account}:role/aws-service-role/elasticmapreduce.amazonaws.com/AWSServiceRoleForEMRCleanup`,
                Condition: {
                    StringEquals: { "iam:AWSServiceName": "elasticmapreduce.amazonaws.com" },
                },
            });
        });
    });
});
