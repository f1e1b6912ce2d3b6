import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RedshiftWarehouse, type RedshiftWarehouseArgs } from "../../components/redshiftWarehouse";
import { principalArns } from "../../components/warehouse/migrator";
import { madeUp } from "../../local/program/mockEngine";
import { all, deploy, only, parsed, type Resource } from "../support/deploy";
import { expectRejection } from "../support/errors";

const migrationsFolder = join(__dirname, "..", "..", "etl", "migrations");
const clusterToken = "aws:redshift/cluster:Cluster";
const commandToken = "command:local:Command";
const dataKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/logs-dev-warehouse";
const adminKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/logs-dev-warehouse-admin";
const roleArn = "arn:aws:iam::123456789012:role/logs-dev-warehouse";
const migratorArn = "arn:aws:iam::123456789012:role/logs-dev-migrator";

const warehouse = (args: Partial<RedshiftWarehouseArgs> = {}) => {
    return () =>
        new RedshiftWarehouse("logs-dev", {
            vpcId: "vpc-1",
            subnetIds: ["subnet-a", "subnet-b"],
            processedDatabaseName: "logs_dev_processed",
            ...args,
        });
};

const promiseOf = <T>(output: pulumi.Output<T>) =>
    new Promise<T>((done) => {
        output.apply(done);
    });

const inputs = async (token: string, args: Partial<RedshiftWarehouseArgs> = {}) =>
    only((await deploy(warehouse(args))).resources, token).inputs;

describe("RedshiftWarehouse", () => {
    it("is a private, encrypted RA3 cluster that can move between zones", async () => {
        expect(await inputs(clusterToken)).to.deep.equal({
            clusterIdentifier: "logs-dev",
            databaseName: "logs",
            nodeType: "ra3.large",
            numberOfNodes: 1,
            clusterType: "single-node",
            clusterParameterGroupName: "logs-dev",
            encrypted: "true",
            kmsKeyId: dataKeyArn,
            masterUsername: "loglake_admin",
            manageMasterPassword: true,
            masterPasswordSecretKmsKeyId: adminKeyArn,
            iamRoles: [roleArn],
            clusterSubnetGroupName: "logs-dev",
            vpcSecurityGroupIds: ["logs-dev-warehouse"],
            publiclyAccessible: false,
            enhancedVpcRouting: true,
            availabilityZoneRelocationEnabled: true,
            port: 5440,
            automatedSnapshotRetentionPeriod: 7,
            skipFinalSnapshot: false,
            finalSnapshotIdentifier: "logs-dev-final-logs-dev-warehouse",
            preferredMaintenanceWindow: "sun:06:00-sun:07:00",
            allowVersionUpgrade: true,
            applyImmediately: false,
        });
    });

    it("is a multi-node cluster from two nodes on", async () => {
        const cluster = await inputs(clusterToken, { nodeType: "ra3.xlplus", numberOfNodes: 2 });
        expect(cluster).to.include({
            nodeType: "ra3.xlplus",
            numberOfNodes: 2,
            clusterType: "multi-node",
        });
    });

    it("names its last snapshot after its key, so that the next cluster of that name can leave one too", async () => {
        const keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
        const { resources } = await deploy(warehouse(), {
            create: async (request) => {
                const made = await madeUp(request);
                const isKey = request.type === "aws:kms/key:Key";
                return isKey ? { ...made, outputs: { ...made.outputs, keyId } } : made;
            },
        });

        const { finalSnapshotIdentifier } = only(resources, clusterToken).inputs;
        expect(finalSnapshotIdentifier).to.equal(`logs-dev-final-${keyId}`);
        // https://docs.aws.amazon.com/redshift/latest/APIReference/API_DeleteCluster.html
        expect(finalSnapshotIdentifier).to.match(/^[a-z](?:-?[a-z0-9])*$/);
    });

    it("takes no final snapshot when told so", async () => {
        const cluster = await inputs(clusterToken, { finalSnapshot: false });
        expect(cluster.skipFinalSnapshot).to.equal(true);
        expect(cluster).not.to.have.property("finalSnapshotIdentifier");
    });

    it("takes connections over TLS only, and logs what users do", async () => {
        expect(await inputs("aws:redshift/parameterGroup:ParameterGroup")).to.deep.equal({
            name: "logs-dev",
            family: "redshift-2.0",
            description: "Parameters of the Redshift cluster logs-dev",
            parameters: [
                { name: "require_ssl", value: "true" },
                { name: "enable_user_activity_logging", value: "true" },
            ],
        });
    });

    it("lies in the subnets given, with no way in and HTTPS out", async () => {
        const { resources } = await deploy(warehouse());

        expect(
            only(resources, "aws:redshift/subnetGroup:SubnetGroup").inputs.subnetIds,
        ).to.deep.equal(["subnet-a", "subnet-b"]);
        const group = only(resources, "aws:ec2/securityGroup:SecurityGroup").inputs;
        expect(group).to.include({ vpcId: "vpc-1", name: "logs-dev-warehouse" });
        expect(group).not.to.have.any.keys("ingress", "egress");
        expect(
            all(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
        ).to.have.length(0);
        const rule = only(resources, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule");
        expect(rule.inputs).to.include({
            securityGroupId: "logs-dev-warehouse",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
        });
        expect(only(resources, clusterToken).dependencies).to.include(rule.urn);
    });

    it("keeps data and admin's secret under rotated keys of their own", async () => {
        const { resources } = await deploy(warehouse({ keyDeletionWindowDays: 7 }));

        const [data, admin] = ["logs-dev-warehouse", "logs-dev-warehouse-admin"].map((name) =>
            only(resources, "aws:kms/key:Key", name),
        );
        for (const key of [data, admin]) {
            expect(key?.inputs).to.include({ enableKeyRotation: true, deletionWindowInDays: 7 });
        }
        const account = {
            Sid: "AccountAccess",
            Effect: "Allow",
            Action: ["kms:*"],
            Resource: "*",
            Principal: { AWS: "arn:aws:iam::123456789012:root" },
        };
        expect(parsed(admin?.inputs.policy).Statement).to.deep.equal([account]);
        const [first, logs, ...rest] = parsed(data?.inputs.policy).Statement;
        expect(first).to.deep.equal(account);
        expect(rest).to.deep.equal([]);
        expect(logs.Principal).to.deep.equal({ Service: ["logs.eu-west-1.amazonaws.com"] });
        expect(logs.Condition).to.deep.equal({
            ArnLike: {
                "kms:EncryptionContext:aws:logs:arn":
                    "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/redshift/cluster/logs-dev/*",
            },
        });
    });

    it("exports its audit logs to encrypted groups that were there before", async () => {
        const { resources } = await deploy(warehouse({ logRetentionDays: 14 }));

        const groups = all(resources, "aws:cloudwatch/logGroup:LogGroup");
        expect(groups.map((group) => group.inputs)).to.have.deep.members(
            ["connectionlog", "userlog", "useractivitylog"].map((log) => ({
                name: `/aws/redshift/cluster/logs-dev/${log}`,
                retentionInDays: 14,
                kmsKeyId: dataKeyArn,
            })),
        );
        const logging = only(resources, "aws:redshift/logging:Logging");
        expect(logging.inputs).to.deep.equal({
            clusterIdentifier: "logs-dev",
            logDestinationType: "cloudwatch",
            logExports: ["connectionlog", "userlog", "useractivitylog"],
        });
        expect(logging.dependencies).to.include.members(groups.map(({ urn }) => urn));
    });

    const limit = (amount: number, breachAction: string) => ({
        clusterIdentifier: "logs-dev",
        featureType: "spectrum",
        limitType: "data-scanned",
        amount,
        period: "daily",
        breachAction,
    });
    const limitToken = "aws:redshift/usageLimit:UsageLimit";

    it("tells how much Spectrum scans in a day, and stops it at a terabyte", async () => {
        const { resources, result } = await deploy(warehouse());
        const limits = all(resources, limitToken);
        expect(limits.map(({ inputs }) => inputs)).to.have.deep.members([
            limit(1, "disable"),
            limit(1, "emit-metric"),
        ]);
        const told = limits.find(({ inputs }) => inputs.breachAction === "emit-metric");
        expect(await promiseOf(result.spectrumUsageLimitId)).to.equal(told?.id);
    });

    it("only tells how much Spectrum scans when told so", async () => {
        const args = { spectrumLimitTerabytes: 5, spectrumLimitAction: "emit-metric" } as const;
        expect(await inputs(limitToken, args)).to.deep.equal(limit(5, "emit-metric"));
    });

    it("has a role for COPY and Spectrum that its own users alone can use, and that can do nothing", async () => {
        const { resources } = await deploy(warehouse());

        const role = only(resources, "aws:iam/role:Role", "logs-dev-warehouse");
        expect(role.inputs.name).to.equal("logs-dev-warehouse");
        expect(parsed(role.inputs.assumeRolePolicy).Statement).to.deep.equal([
            {
                Effect: "Allow",
                Action: ["sts:AssumeRole"],
                Principal: { Service: ["redshift.amazonaws.com"] },
                Condition: {
                    StringLike: {
                        "sts:ExternalId":
                            "arn:aws:redshift:eu-west-1:123456789012:dbuser:logs-dev/*",
                    },
                },
            },
        ]);
        const granted = all(resources, "aws:iam/rolePolicy:RolePolicy");
        expect(granted.map(({ inputs: { role: to } }) => to)).to.deep.equal(["logs-dev-migrator"]);
    });

    it("protects cluster and keys unless told otherwise", async () => {
        const isProtected = async (protect?: boolean) => {
            const args = protect === undefined ? {} : { protect };
            const { resources } = await deploy(warehouse(args));
            const data = [...all(resources, "aws:kms/key:Key"), only(resources, clusterToken)];
            return data.map((resource) => resource.protect);
        };
        expect(await isProtected()).to.deep.equal([true, true, true]);
        expect(await isProtected(false)).to.deep.equal([false, false, false]);
    });

    describe("migrations", () => {
        it("are applied by the same program on creation and on change", async () => {
            const command = await inputs(commandToken);
            expect(command.create).to.equal("node --import tsx etl/migrate.ts");
            expect(command.update).to.equal(command.create);
            expect(command).not.to.have.property("delete");
            expect(command.dir).to.equal(".");
        });

        it("are told where and as whom, and no secret", async () => {
            const { environment } = await inputs(commandToken);
            const { MIGRATION_VARIABLES, ...rest } = environment;
            expect(rest).to.deep.equal({
                CLUSTER_IDENTIFIER: "logs-dev",
                DATABASE: "logs",
                ADMIN_SECRET_ARN:
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redshift!logs-dev",
                AWS_REGION: "eu-west-1",
                ASSUME_ROLES: JSON.stringify([{ roleArn: migratorArn }]),
            });
            expect(JSON.parse(MIGRATION_VARIABLES)).to.deep.equal({
                processed_database: "logs_dev_processed",
                warehouse_role_arn: roleArn,
                loader_user: "IAMR:logs-dev-loader",
                workflow_user: "IAMR:logs-dev-workflow",
            });
        });

        it("are told whose credentials to take, where these are not the environment's", async () => {
            const roleArn = "arn:aws:iam::123456789012:role/deployer";
            const assumeRoles = [{ roleArn, externalId: "x" }];
            const { environment } = await inputs(commandToken, {
                migrationCredentials: { profile: "work", assumeRoles },
            });
            expect(environment).to.include({ AWS_PROFILE: "work" });
            expect(JSON.parse(environment.ASSUME_ROLES)).to.deep.equal([
                ...assumeRoles,
                { roleArn: migratorArn },
            ]);
        });

        it("wait for what the role is granted, and for the cluster", async () => {
            const { resources } = await deploy(
                warehouse({
                    grants: (role) => [
                        new aws.iam.RolePolicy("lake", { role: role.name, policy: "{}" }),
                    ],
                }),
            );
            const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", "lake");
            expect(policy.inputs.role).to.equal("logs-dev-warehouse");
            expect(only(resources, commandToken).dependencies).to.include.members([
                policy.urn,
                only(resources, "aws:iam/rolePolicy:RolePolicy", "logs-dev-migrator").urn,
                only(resources, clusterToken).urn,
            ]);
        });

        it("run as a role that is the admin of this database and nothing else", async () => {
            const { resources } = await deploy(warehouse());
            const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", "logs-dev-migrator");
            expect(policy.inputs.role).to.equal("logs-dev-migrator");
            const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redshift!logs-dev";
            expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: [
                        "redshift-data:ExecuteStatement",
                        "redshift-data:BatchExecuteStatement",
                    ],
                    Resource: "arn:aws:redshift:eu-west-1:123456789012:cluster:logs-dev",
                },
                {
                    Effect: "Allow",
                    Action: ["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"],
                    Resource: "*",
                },
                { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: secret },
                {
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: "arn:aws:kms:eu-west-1:123456789012:key/logs-dev-warehouse-admin",
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
                        },
                    },
                },
            ]);
        });

        const callers: [string, string, string[]][] = [
            [
                "a user",
                "arn:aws:iam::123456789012:user/a/ada",
                ["arn:aws:iam::123456789012:user/a/ada"],
            ],
            [
                "a session of a role, whose path it does not tell",
                "arn:aws:sts::123456789012:assumed-role/deploy/ci-7",
                [
                    "arn:aws:iam::123456789012:role/deploy",
                    "arn:aws:iam::123456789012:role/*/deploy",
                ],
            ],
        ];
        for (const [who, caller, arns] of callers) {
            it(`run as a role that ${who} who deploys may take on`, () => {
                expect(principalArns(caller)).to.deep.equal(arns);
            });
        }

        it("run as a role that no other identity of the account may take on", async () => {
            const trustOf = async (args: Partial<RedshiftWarehouseArgs>) => {
                const { resources } = await deploy(warehouse(args));
                const role = only(resources, "aws:iam/role:Role", "logs-dev-migrator");
                return parsed(role.inputs.assumeRolePolicy).Statement;
            };
            const trust = (arns: string[]) => [
                {
                    Effect: "Allow",
                    Action: ["sts:AssumeRole"],
                    Principal: { AWS: "arn:aws:iam::123456789012:root" },
                    Condition: { ArnLike: { "aws:PrincipalArn": arns } },
                },
            ];
            expect(await trustOf({})).to.deep.equal(
                trust(["arn:aws:iam::123456789012:user/deployer"]),
            );
            const deployerArns = ["arn:aws:iam::123456789012:role/ci-*"];
            expect(await trustOf({ deployerArns })).to.deep.equal(trust(deployerArns));
        });

        it("run again when a file or a variable changes", async () => {
            const { triggers, environment } = await inputs(commandToken, {
                loaderRoleName: "other",
            });
            const files = readdirSync(migrationsFolder).filter((file) => file.endsWith(".sql"));
            expect(files).not.to.have.length(0);
            const hashes = files.sort().map((file) => {
                const content = readFileSync(join(migrationsFolder, file));
                return `${file} ${createHash("sha256").update(content).digest("hex")}`;
            });
            expect(triggers).to.deep.equal([...hashes, environment.MIGRATION_VARIABLES]);
            expect(environment.MIGRATION_VARIABLES).to.contain("IAMR:other");
        });

        it("may be others", async () => {
            const folder = mkdtempSync(join(tmpdir(), "loglake-migrations-"));
            writeFileSync(join(folder, "001_own.sql"), "SELECT 1;");
            try {
                const { triggers, environment, dir } = await inputs(commandToken, {
                    migrationsFolder: folder,
                });
                expect(triggers).to.have.length(2);
                expect(triggers[0]).to.match(/^001_own.sql [0-9a-f]{64}$/);
                expect(resolve(dir, environment.MIGRATIONS_FOLDER)).to.equal(folder);
            } finally {
                rmSync(folder, { recursive: true });
            }
        });

        it("fill every placeholder of the files, and have none that no file asks for", async () => {
            const { environment } = await inputs(commandToken);
            const asked = readdirSync(migrationsFolder)
                .filter((file) => file.endsWith(".sql"))
                .flatMap((file) => [
                    ...readFileSync(join(migrationsFolder, file), "utf8").matchAll(/\$\{(\w+)\}/g),
                ])
                .map(([, name]) => name);
            const given = Object.keys(JSON.parse(environment.MIGRATION_VARIABLES));
            expect(given).to.have.members([...new Set(asked)]);
        });
    });

    const cluster = "arn:aws:redshift:eu-west-1:123456789012:cluster:logs-dev";
    const logOn = {
        Effect: "Allow",
        Action: ["redshift:GetClusterCredentialsWithIAM"],
        Resource: "arn:aws:redshift:eu-west-1:123456789012:dbname:logs-dev/logs",
    };

    it("lets a role query as its own user, on this cluster and this database alone", async () => {
        const { resources } = await deploy(() => {
            const role = new aws.iam.Role("reader", { name: "reader", assumeRolePolicy: "{}" });
            warehouse()().grantQuery("reader", role);
        });

        const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", "reader-query");
        expect(policy.inputs).to.include({ name: "reader-query", role: "reader" });
        expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
            { Effect: "Allow", Action: ["redshift-data:ExecuteStatement"], Resource: cluster },
            {
                Effect: "Allow",
                Action: ["redshift-data:DescribeStatement", "redshift-data:GetStatementResult"],
                Resource: "*",
            },
            logOn,
        ]);
    });

    it("lets a role run transactions, likewise, and read no results", async () => {
        const { resources } = await deploy(() => {
            const role = new aws.iam.Role("loader", { name: "loader", assumeRolePolicy: "{}" });
            warehouse()().grantBatch("loader", role);
        });

        const policy = only(resources, "aws:iam/rolePolicy:RolePolicy", "loader-batch");
        expect(policy.inputs).to.include({ name: "loader-batch", role: "loader" });
        expect(parsed(policy.inputs.policy).Statement).to.deep.equal([
            { Effect: "Allow", Action: ["redshift-data:BatchExecuteStatement"], Resource: cluster },
            {
                Effect: "Allow",
                Action: ["redshift-data:DescribeStatement", "redshift-data:CancelStatement"],
                Resource: "*",
            },
            logOn,
        ]);
    });

    it("parents every resource to itself", async () => {
        const { resources } = await deploy(warehouse());

        const component = only(resources, "loglake:index:RedshiftWarehouse");
        const children = resources.filter(({ custom }) => custom);
        expect(children.length).to.be.greaterThan(14);
        for (const child of children) expect(child.parent, child.urn).to.equal(component.urn);
    });

    it("registers the same resources in a preview, with documents and migrations' triggers known", async () => {
        const known = (await deploy(warehouse())).resources;
        const preview = (await deploy(warehouse(), { preview: true })).resources;
        const names = (resources: readonly Resource[]) =>
            resources.map(({ type, name }) => `${type} ${name}`);
        expect(names(preview)).to.have.members(names(known));
        for (const key of all(preview, "aws:kms/key:Key")) {
            expect(parsed(key.inputs.policy).Statement).not.to.have.length(0);
        }
        for (const role of all(preview, "aws:iam/role:Role")) {
            expect(parsed(role.inputs.assumeRolePolicy).Statement).to.have.length(1);
        }
        expect(only(preview, clusterToken).inputs).to.include({
            clusterIdentifier: "logs-dev",
            nodeType: "ra3.large",
        });
    });

    const wrong: [string, Partial<RedshiftWarehouseArgs>, RegExp][] = [
        [
            "too few nodes for the type",
            { nodeType: "ra3.4xlarge", numberOfNodes: 1 },
            /numberOfNodes must be a whole number, 2 to 128, got 1/,
        ],
        [
            "a node type that there is not",
            { nodeType: "dc2.large" as never },
            /nodeType must be one of ra3.large, .*got dc2.large/,
        ],
        [
            "snapshots for no day",
            { snapshotRetentionDays: 0 },
            /snapshotRetentionDays must be a whole number, 1 to 35, got 0/,
        ],
        [
            "a retention that CloudWatch has not",
            { logRetentionDays: 8 },
            /logRetentionDays must be one of .*got 8/,
        ],
        [
            "a deletion window that KMS has not",
            { keyDeletionWindowDays: 31 },
            /keyDeletionWindowDays must be a whole number, 7 to 30, got 31/,
        ],
        [
            "a limit of nothing",
            { spectrumLimitTerabytes: 0 },
            /spectrumLimitTerabytes must be a whole number, 1 or more, got 0/,
        ],
        [
            "an action that Redshift has not",
            { spectrumLimitAction: "explode" as never },
            /spectrumLimitAction must be one of emit-metric, disable, got explode/,
        ],
    ];
    for (const [what, args, message] of wrong) {
        it(`refuses ${what}`, async () => {
            await expectRejection(deploy(warehouse(args)), message);
        });
    }
});
