import { expect } from "chai";
import { tables } from "../../formats";
import { documentsOf, type DocumentStatement } from "../support/policyDocuments";
import { deployed, stacks, type StackRun } from "../support/stacks";

type Grants = Readonly<Record<string, Readonly<Record<string, string>>>>;

const write = "AbortMultipartUpload DeleteObject GetBucketLocation GetObject ListBucket PutObject";
const read = "GetBucketLocation GetObject ListBucket";
const readCatalog =
    "BatchGetPartition GetDatabase GetDatabases GetPartition GetPartitions GetTable GetTables";
const trace = "PutTelemetryRecords PutTraceSegments";

/** Every action of every role: what is added to one is added here. */
const actions: Grants = {
    crawler: {
        glue:
            "BatchCreatePartition BatchGetPartition BatchUpdatePartition CreatePartition CreateTable GetDatabase " +
            "GetPartition GetPartitions GetSecurityConfiguration GetTable GetTables UpdatePartition UpdateTable",
        kms: "Decrypt",
        logs: "AssociateKmsKey CreateLogGroup CreateLogStream PutLogEvents",
        s3: read,
    },
    "emr-instance": {
        kms: "Decrypt DescribeKey GenerateDataKey",
        s3: "GetObject PutObject",
        sts: "AssumeRole SetSourceIdentity TagSession",
    },
    "emr-service": {
        ec2:
            "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateFleet CreateLaunchTemplate " +
            "CreateLaunchTemplateVersion CreateNetworkInterface CreateTags DeleteLaunchTemplate DeleteNetworkInterface " +
            "DeleteTags DescribeAccountAttributes DescribeCapacityReservations DescribeDhcpOptions DescribeImages " +
            "DescribeInstanceTypeOfferings DescribeInstances DescribeLaunchTemplates DescribeNetworkAcls " +
            "DescribeNetworkInterfaces DescribePlacementGroups DescribeRouteTables DescribeSecurityGroups " +
            "DescribeSubnets DescribeVolumeStatus DescribeVolumes DescribeVpcAttribute DescribeVpcEndpoints " +
            "DescribeVpcs ModifyInstanceAttribute RunInstances TerminateInstances",
        iam: "PassRole",
        kms: "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
    },
    events: { kms: "Decrypt GenerateDataKey", sns: "Publish" },
    "flow-logs": { logs: "CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents" },
    loader: {
        cloudwatch: "PutMetricData",
        glue: "BatchCreatePartition GetSecurityConfiguration GetTable UpdatePartition",
        kms: "Decrypt GenerateDataKey",
        logs: "AssociateKmsKey CreateLogGroup CreateLogStream PutLogEvents",
        redshift: "GetClusterCredentialsWithIAM",
        "redshift-data": "BatchExecuteStatement CancelStatement DescribeStatement",
        s3: write,
    },
    migrator: {
        kms: "Decrypt",
        "redshift-data":
            "BatchExecuteStatement DescribeStatement ExecuteStatement GetStatementResult",
        secretsmanager: "GetSecretValue",
    },
    planner: {
        glue: "GetPartition GetTables",
        kms: "Decrypt GenerateDataKey",
        logs: "CreateLogStream PutLogEvents",
        s3: "PutObject",
        xray: trace,
    },
    scheduler: { kms: "Decrypt", states: "StartExecution" },
    spark: { kms: "Decrypt GenerateDataKey", s3: write },
    warehouse: { glue: readCatalog, kms: "Decrypt", s3: read },
    workflow: {
        cloudwatch: "PutMetricData",
        elasticmapreduce: "AddJobFlowSteps CancelSteps DescribeStep",
        events: "DescribeRule PutRule PutTargets",
        glue: "BatchStopJobRun GetCrawler GetJobRun GetJobRuns StartCrawler StartJobRun",
        kms: "Decrypt GenerateDataKey",
        lambda: "InvokeFunction",
        logs:
            "CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery " +
            "ListLogDeliveries PutResourcePolicy UpdateLogDelivery",
        redshift: "GetClusterCredentialsWithIAM",
        "redshift-data": "DescribeStatement ExecuteStatement GetStatementResult",
        s3: "GetObject",
        sns: "Publish",
        xray: `GetSamplingRules GetSamplingTargets ${trace}`,
    },
};

/** What the workflow may do besides where a run launches its cluster and ends it. */
const launching: Readonly<Record<string, string>> = {
    elasticmapreduce:
        "AddJobFlowSteps AddTags CancelSteps DescribeCluster DescribeStep RunJobFlow TerminateJobFlows",
    iam: "CreateServiceLinkedRole PassRole",
};

const processed = (...folders: readonly string[]) =>
    folders.map((folder) => `processed/${folder}/*`).sort();
const tableNames = tables.map(({ name }) => name);
const written = processed(...tableNames, "_runs");

/** Which objects each role may get and put: the way of the data. */
const objects: Readonly<Record<string, { get: readonly string[]; put: readonly string[] }>> = {
    crawler: { get: ["raw/*"], put: [] },
    "emr-instance": { get: ["artifacts/emr-tls/NAME.zip"], put: ["artifacts/emr-logs/*"] },
    loader: {
        get: ["artifacts/etl/*", ...processed("_runs", "_staging", "events", "sessions")],
        put: processed("_staging"),
    },
    planner: { get: [], put: processed("_runs") },
    spark: { get: ["artifacts/spark-app/*", ...written, "raw/*"], put: written },
    warehouse: { get: processed(...tableNames, "_staging"), put: [] },
    workflow: { get: processed("_runs"), put: [] },
};

for (const stack of stacks) {
    describe(`the roles of ${stack}`, () => {
        let run: StackRun;
        before(async () => {
            run = await deployed(stack);
        });

        it("hold these actions and no others", () => {
            const found: Record<string, Record<string, string>> = {};
            for (const [role, statements] of byRole(run)) {
                found[role] = byService(statements.flatMap(({ Action }) => Action));
            }
            const workflow = {
                ...actions.workflow,
                ...(stack === "dev" ? launching : {}),
            };
            expect(found).to.deep.equal({ ...actions, workflow });
        });

        it("get and put these objects and no others", () => {
            const found: Record<string, { get: string[]; put: string[] }> = {};
            for (const [role, statements] of byRole(run)) {
                const get = objectsOf(run.name, statements, "s3:GetObject");
                const put = objectsOf(run.name, statements, "s3:PutObject");
                if (get.length + put.length > 0) found[role] = { get, put };
            }
            expect(found).to.deep.equal(objects);
        });

        it("are all there are: each has a grant, and each grant a role of the stack", () => {
            const names = run.resources
                .filter(({ type }) => type === "aws:iam/role:Role")
                .map(({ inputs }) => String(inputs.name).replace(`${run.name}-`, ""));
            expect(names.sort()).to.deep.equal(Object.keys(actions).sort());
        });

        it("forbid nothing: what is not granted is not there to be taken back", () => {
            for (const [role, statements] of byRole(run)) {
                expect([...new Set(statements.map(({ Effect }) => Effect))], role).to.deep.equal([
                    "Allow",
                ]);
            }
        });
    });
}

/** Statements of each role's policies, by the role's name without the deployment's. */
function byRole({ name, resources }: StackRun): Map<string, readonly DocumentStatement[]> {
    const roles = new Map<string, readonly DocumentStatement[]>();
    for (const { kind, resource, statements } of documentsOf(resources)) {
        if (kind !== "identity") continue;
        const role = String(resource.inputs.role).replace(`${name}-`, "");
        roles.set(role, [...(roles.get(role) ?? []), ...statements]);
    }
    return roles;
}

function byService(granted: readonly string[]): Record<string, string> {
    const services: Record<string, string> = {};
    for (const action of [...new Set(granted)].sort()) {
        const [service = "", name = ""] = action.split(":");
        services[service] = services[service] === undefined ? name : `${services[service]} ${name}`;
    }
    return services;
}

/** Objects as `processed/events/*`, without the name of the folder itself, which Hadoop asks for beside them. */
function objectsOf(
    deployment: string,
    statements: readonly DocumentStatement[],
    action: string,
): string[] {
    const found = statements
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource)
        .map((arn) =>
            arn
                .replace(`arn:aws:s3:::${deployment}-`, "")
                .replace("-123456789012-eu-west-1/", "/")
                .replace(deployment, "NAME"),
        );
    return [...new Set(found)].filter((each) => !found.includes(`${each}/*`)).sort();
}
