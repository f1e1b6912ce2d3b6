import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { actionsByType } from "../docs/deployer/actions";
import { deployerPolicies, type Policy } from "../docs/deployer/policies";
import { formatsPage, generated } from "../docs/generate";
import { formats, tables } from "../formats";
import { standInSite, type Resource } from "../local/program/mockEngine";
import { runStack } from "../local/program/stack";
import { all } from "./support/deploy";
import { assertActionsExist, fits } from "./support/iam";

const config = { "loglake:monitoring": JSON.stringify({ alertEmails: ["ops@example.com"] }) };
let runs: Promise<Awaited<ReturnType<typeof runStack>>[]> | undefined;

/** dev and prod, run once, with somebody who gets the alarms. */
const stacks = () => (runs ??= inOrder());

async function inOrder() {
    return [await runStack("dev", { config }), await runStack("prod", { config })];
}

describe("docs/", () => {
    it("holds what npm run docs makes", async () => {
        for (const [file, text] of await generated()) {
            expect(readFileSync(file, "utf8") === text, `${basename(file)}: npm run docs`).to.equal(
                true,
            );
        }
    });
});

describe("docs/formats.md", () => {
    const page = readFileSync(formatsPage, "utf8");
    const lines = page.split("\n");

    it("has every column of every table and format", () => {
        const missing = [...formats, ...tables]
            .flatMap(({ columns }) => columns)
            .filter(
                ({ name, comment }) =>
                    !lines.some((line) => line.includes(`\`${name}\``) && line.includes(comment)),
            );
        expect(missing).to.deep.equal([]);
    });

    it("shows the samples as they are", () => {
        for (const sample of formats.flatMap(({ samples }) => samples)) {
            expect(lines).to.include(sample);
        }
    });
});

describe("docs/deploy.md", () => {
    const page = readFileSync(join(__dirname, "..", "docs", "deploy.md"), "utf8");
    const counted: [part: string, type: string][] = [
        ["KMS keys", "aws:kms/key:Key"],
        ["CloudWatch alarms", "aws:cloudwatch/metricAlarm:MetricAlarm"],
        ["CloudWatch dashboards", "aws:cloudwatch/dashboard:Dashboard"],
        ["Interface endpoints", "aws:ec2/vpcEndpoint:VpcEndpoint"],
    ];
    for (const [part, type] of counted) {
        it(`counts ${part} as the stacks have them`, async () => {
            const counts = (await stacks()).map(({ resources }) => all(resources, type).length);
            const row = page.split("\n").find((line) => line.startsWith(`| ${part} `)) ?? "";
            const cells = row.split("|").slice(2, 4);
            expect(cells.map((cell) => Number.parseInt(cell.trim(), 10))).to.deep.equal(counts);
        });
    }

    it("points at policies and sections that are there", () => {
        const headings = page.match(/^## .*$/gm) ?? [];
        const anchors = headings.map((heading) =>
            heading
                .slice(3)
                .toLowerCase()
                .replace(/[^\w\- ]/g, "")
                .replaceAll(" ", "-"),
        );
        const links = [...page.matchAll(/\]\(([^)h][^)]*)\)/g)].map(([, link = ""]) => link);
        for (const link of links.filter((each) => each.startsWith("#"))) {
            expect(anchors).to.include(link.slice(1));
        }
        for (const link of links.filter((each) => !each.startsWith("#"))) {
            const [file = ""] = link.split("#");
            expect(existsSync(join(__dirname, "..", "docs", file)), file).to.equal(true);
        }
    });
});

describe("the deployer's policies", () => {
    let resources: readonly Resource[];
    let policies: readonly Policy[];

    before(async () => {
        resources = (await stacks()).flatMap((run) => run.resources);
        policies = Object.values(await deployerPolicies()).map(of("loglake-dev"));
    });

    it("are made from actions for every resource type of the program, and for no other", () => {
        const types = resources
            .filter(({ custom, type }) => custom || type.startsWith("awsx:"))
            .map(({ type }) => type);
        expect(Object.keys(actionsByType)).to.have.members([...new Set(types)]);
    });

    it("name actions and resources that IAM knows, and nothing wider than it must be", async () => {
        for (const policy of policies) await assertActionsExist(policy);
    });

    it("allow what awsx makes of a network with isolated subnets", () => {
        // https://github.com/pulumi/pulumi-awsx/blob/master/awsx/ec2/vpc.ts: the internet gateway comes unasked
        const made = ["Vpc", "Subnet", "RouteTable", "InternetGateway", "VpcEndpoint"];
        const actions = policies.flatMap(({ Statement }) => Statement.flatMap((s) => s.Action));
        expect(actions).to.include.members([
            ...made.map((type) => `ec2:Create${type}`),
            ...["ec2:AssociateRouteTable", "ec2:AttachInternetGateway"],
            ...["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"],
        ]);
    });

    it("fit into IAM's managed policies", () => {
        for (const policy of policies) {
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
            expect(JSON.stringify(policy).length).to.be.below(6144);
        }
    });

    const { accountId, region } = standInSite;
    const arn = (service: string, rest: string) =>
        `arn:aws:${service}:${region}:${accountId}:${rest}`;
    const named: [action: string, type: string, arnOf: (name: string) => string][] = [
        ["s3:PutBucketPolicy", "aws:s3/bucket:Bucket", (name) => `arn:aws:s3:::${name}`],
        [
            "iam:PutRolePolicy",
            "aws:iam/role:Role",
            (name) => `arn:aws:iam::${accountId}:role/${name}`,
        ],
        ["kms:CreateAlias", "aws:kms/alias:Alias", (name) => arn("kms", name)],
        [
            "glue:CreateDatabase",
            "aws:glue/catalogDatabase:CatalogDatabase",
            (name) => arn("glue", `database/${name}`),
        ],
        [
            "glue:DeleteCrawler",
            "aws:glue/crawler:Crawler",
            (name) => arn("glue", `crawler/${name}`),
        ],
        ["glue:CreateJob", "aws:glue/job:Job", (name) => arn("glue", `job/${name}`)],
        [
            "lambda:CreateFunction",
            "aws:lambda/function:Function",
            (name) => arn("lambda", `function:${name}`),
        ],
        [
            "states:CreateStateMachine",
            "aws:sfn/stateMachine:StateMachine",
            (name) => arn("states", `stateMachine:${name}`),
        ],
        ["sns:CreateTopic", "aws:sns/topic:Topic", (name) => arn("sns", name)],
        [
            "events:PutRule",
            "aws:cloudwatch/eventRule:EventRule",
            (name) => arn("events", `rule/${name}`),
        ],
        [
            "cloudwatch:PutMetricAlarm",
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            (name) => arn("cloudwatch", `alarm:${name}`),
        ],
        [
            "logs:CreateLogGroup",
            "aws:cloudwatch/logGroup:LogGroup",
            (name) => arn("logs", `log-group:${name}`),
        ],
        [
            "redshift:CreateCluster",
            "aws:redshift/cluster:Cluster",
            (name) => arn("redshift", `cluster:${name}`),
        ],
        [
            "redshift:CreateClusterParameterGroup",
            "aws:redshift/parameterGroup:ParameterGroup",
            (name) => arn("redshift", `parametergroup:${name}`),
        ],
    ];
    for (const [action, type, arnOf] of named) {
        it(`allow ${action} on what the program calls its own`, () => {
            const own = resources.filter(
                (each) => each.type === type && each.id.includes("dev") && each.custom,
            );
            expect(own).not.to.be.empty;
            for (const { id } of own)
                expect(allows(policies, action, arnOf(id)), id).to.equal(true);
        });
    }

    it("allow nothing on the role of another deployment", () => {
        const other = `arn:aws:iam::${accountId}:role/billing-admin`;
        expect(allows(policies, "iam:PutRolePolicy", other)).to.equal(false);
    });
});

/** The policy for one deployment. */
const of =
    (deployment: string) =>
    (policy: Policy): Policy =>
        JSON.parse(
            JSON.stringify(policy)
                .replaceAll("NAME", deployment)
                .replaceAll("CATALOG", deployment.replaceAll("-", "_"))
                .replaceAll("ACCOUNT", standInSite.accountId)
                .replaceAll("REGION", standInSite.region),
        ) as Policy;

function allows(policies: readonly Policy[], action: string, arn: string): boolean {
    return policies
        .flatMap(({ Statement }) => Statement)
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource)
        .some((pattern) => fits(arn, pattern));
}
