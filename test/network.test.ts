import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { madeUp } from "../local/program/mockEngine";
import { createNetwork, type NewNetworkArgs } from "../network";
import { all, deploy, only, parsed, standInSite } from "./support/deploy";

const args: NewNetworkArgs = {
    region: "eu-west-1",
    cidrBlock: "10.20.0.0/16",
    zones: ["eu-west-1a", "eu-west-1b"],
};
const logGroupArn = `arn:aws:logs:eu-west-1:${standInSite.accountId}:log-group:/aws/vpc/logs-dev`;
const newNetwork = () => createNetwork("logs-dev", args);
const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";

describe("a new network", () => {
    it("has one subnet a zone, none of which leads to the internet", async () => {
        const { resources } = await deploy(newNetwork);

        const { vpcEndpointSpecs, ...vpc } = only(resources, "awsx:ec2:Vpc").inputs;
        expect(vpc).to.deep.equal({
            cidrBlock: "10.20.0.0/16",
            availabilityZoneNames: ["eu-west-1a", "eu-west-1b"],
            subnetStrategy: "Auto",
            subnetSpecs: [
                { type: "Isolated", tags: { "for-use-with-amazon-emr-managed-policies": "true" } },
            ],
            natGateways: { strategy: "None" },
            enableDnsSupport: true,
            enableDnsHostnames: true,
            vpcEndpointStrategy: "Auto",
        });
        expect(vpcEndpointSpecs).to.have.length(1);
    });

    it("lets data out to S3 buckets of this account alone", async () => {
        const { resources } = await deploy(newNetwork);

        const [s3] = only(resources, "awsx:ec2:Vpc").inputs.vpcEndpointSpecs;
        expect(s3).to.include({
            serviceName: "com.amazonaws.eu-west-1.s3",
            vpcEndpointType: "Gateway",
        });
        const statements = parsed(s3.policy).Statement;
        const writing = statements.filter((s: any) => s.Action.includes("s3:PutObject"));
        expect(writing).to.have.length(2);
        expect(writing[0].Condition).to.deep.equal({
            StringEquals: { "aws:ResourceAccount": standInSite.accountId },
        });
        expect(writing[1].Resource).to.equal("arn:aws:s3:::prod.eu-west-1.appinfo.src/*");
        expect(statements[1]).to.deep.equal({
            Sid: "Reading",
            Principal: "*",
            Effect: "Allow",
            Action: ["s3:GetObject"],
            Resource: "*",
        });
    });

    it("reaches EMR, KMS, STS and Glue by private names, from inside only", async () => {
        const { resources } = await deploy(newNetwork);

        const group = only(resources, "aws:ec2/securityGroup:SecurityGroup");
        expect(group.inputs).to.deep.equal({
            name: "logs-dev-endpoints",
            description: "HTTPS from the network of logs-dev to AWS services",
            vpcId: "vpc-1",
            tags: { Name: "logs-dev-endpoints" },
        });
        const rule = only(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
        expect(rule.inputs).to.deep.equal({
            securityGroupId: group.id,
            description: "HTTPS from this network",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: "10.20.0.0/16",
        });
        const endpoints = all(resources, endpointType);
        const withoutPolicy = endpoints.map(({ inputs }) => ({ ...inputs, policy: undefined }));
        expect(withoutPolicy).to.deep.equal(
            ["elasticmapreduce", "kms", "sts", "glue"].map((service) => ({
                vpcId: "vpc-1",
                vpcEndpointType: "Interface",
                serviceName: `com.amazonaws.eu-west-1.${service}`,
                subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
                securityGroupIds: [group.id],
                privateDnsEnabled: true,
                tags: { Name: `logs-dev-${service}` },
                policy: undefined,
            })),
        );
    });

    it("lets identities of its own account alone through the endpoints whose calls are known", async () => {
        const { resources } = await deploy(newNetwork);

        for (const endpoint of all(resources, endpointType)) {
            if (endpoint.name === "logs-dev-elasticmapreduce") {
                expect(endpoint.inputs).not.to.have.property("policy");
                continue;
            }
            const [statement, ...others] = parsed(endpoint.inputs.policy).Statement;
            expect(others).to.deep.equal([]);
            expect(statement.Condition).to.deep.equal({
                StringEquals: { "aws:PrincipalAccount": "123456789012" },
            });
            const service = endpoint.name.slice("logs-dev-".length);
            for (const action of statement.Action) {
                expect(action).to.match(new RegExp(`^${service}:[A-Z]\\w+$`));
            }
        }
    });

    it("closes the default security group", async () => {
        const { resources } = await deploy(newNetwork);

        const group = only(resources, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
        expect(group.inputs).to.deep.equal({ vpcId: "vpc-1" });
    });

    it("logs every flow to an encrypted group that only its own role writes", async () => {
        const { resources } = await deploy(newNetwork);

        const key = only(resources, "aws:kms/key:Key");
        expect(key.inputs.enableKeyRotation).to.equal(true);
        expect(parsed(key.inputs.policy).Statement[1].Condition).to.deep.equal({
            ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroupArn },
        });
        const group = only(resources, "aws:cloudwatch/logGroup:LogGroup");
        expect(group.inputs).to.deep.equal({
            name: "/aws/vpc/logs-dev",
            retentionInDays: 90,
            kmsKeyId: key.outputs.arn,
        });
        const role = only(resources, "aws:iam/role:Role");
        expect(parsed(role.inputs.assumeRolePolicy).Statement[0]).to.deep.include({
            Principal: { Service: ["vpc-flow-logs.amazonaws.com"] },
            Condition: {
                StringEquals: { "aws:SourceAccount": standInSite.accountId },
                ArnLike: {
                    "aws:SourceArn": `arn:aws:ec2:eu-west-1:${standInSite.accountId}:vpc-flow-log/*`,
                },
            },
        });
        const policy = only(resources, "aws:iam/rolePolicy:RolePolicy");
        expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
            { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: "*" },
            {
                Effect: "Allow",
                Action: ["logs:DescribeLogStreams"],
                Resource: `${logGroupArn}:*`,
            },
            {
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: `${logGroupArn}:log-stream:*`,
            },
        ]);
        const flowLog = only(resources, "aws:ec2/flowLog:FlowLog");
        expect(flowLog.inputs).to.deep.equal({
            vpcId: "vpc-1",
            trafficType: "ALL",
            logDestination: group.outputs.arn,
            iamRoleArn: role.outputs.arn,
            tags: { Name: "logs-dev" },
        });
        expect(flowLog.dependencies).to.include(policy.urn);
    });

    it("gives the flow logs' key a name, and as long to be missed as it is told", async () => {
        const { resources } = await deploy(newNetwork);
        const key = only(resources, "aws:kms/key:Key");
        expect(key.inputs.deletionWindowInDays).to.equal(30);
        expect(only(resources, "aws:kms/alias:Alias").inputs).to.deep.equal({
            name: "alias/logs-dev-flow-logs",
            targetKeyId: key.outputs.keyId,
        });

        const shorter = () => createNetwork("logs-dev", { ...args, keyDeletionWindowDays: 7 });
        const { inputs } = only((await deploy(shorter)).resources, "aws:kms/key:Key");
        expect(inputs.deletionWindowInDays).to.equal(7);
    });

    it("keeps flow logs as long as it is told", async () => {
        const longer = () => createNetwork("logs-dev", { ...args, flowLogRetentionDays: 400 });
        const { resources } = await deploy(longer);

        const group = only(resources, "aws:cloudwatch/logGroup:LogGroup");
        expect(group.inputs.retentionInDays).to.equal(400);
    });

    it("hands on the network's subnets", async () => {
        const { result } = await deploy(async () => resolved(newNetwork()));

        expect(result).to.deep.equal({
            vpcId: "vpc-1",
            subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
        });
    });

    it("lets nothing into its subnets before the endpoints stand", async () => {
        const { resources } = await deploy(() => {
            const { subnetIds } = newNetwork();
            new aws.redshift.SubnetGroup("user", { subnetIds });
        });

        const { dependencies } = only(resources, "aws:redshift/subnetGroup:SubnetGroup");
        const waited = [
            ...all(resources, endpointType),
            only(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
        ];
        expect(waited).to.have.length(5);
        expect(dependencies).to.include.members(waited.map(({ urn }) => urn));
    });

    it("knows in a preview of a network that stands which subnets it has, whatever becomes of an endpoint", async () => {
        const unknownId = (type: string) => type === endpointType;
        const { result } = await deploy(async () => resolved(newNetwork()), {
            preview: true,
            create: async (request) => {
                const made = await madeUp(request);
                return unknownId(request.type) ? { ...made, id: "" } : made;
            },
        });

        expect(result.subnetIds).to.deep.equal(["subnet-a", "subnet-b", "subnet-c"]);
    });

    it("registers the same resources in a preview, when no id is known", async () => {
        const names = async (preview: boolean) =>
            (await deploy(newNetwork, { preview })).resources.map((resource) => resource.urn);

        expect(await names(true)).to.have.members(await names(false));
    });

    it("holds all it makes as its children", async () => {
        const { resources } = await deploy(newNetwork);

        const network = only(resources, "loglake:index:IsolatedNetwork");
        const strays = resources.filter((r) => r.custom && r.parent !== network.urn);
        expect(strays.map((resource) => resource.urn)).to.deep.equal([]);
    });
});

describe("a network that exists", () => {
    it("is used as it is, and nothing is added to it", async () => {
        const existing = { vpcId: "vpc-7", subnetIds: ["subnet-7a", "subnet-7b"] };
        const { resources, result } = await deploy(async () =>
            resolved(createNetwork("logs-dev", existing)),
        );

        expect(resources.filter((resource) => resource.custom)).to.deep.equal([]);
        expect(result).to.deep.equal(existing);
    });
});

function resolved<T extends object>(outputs: T): Promise<pulumi.Unwrap<T>> {
    const { vpcId, subnetIds } = outputs as any;
    return new Promise((resolve) => pulumi.all({ vpcId, subnetIds }).apply(resolve as any));
}
