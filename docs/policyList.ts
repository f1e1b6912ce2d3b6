/** The list of policies on the page about the pack, made from what the pack tells of itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format as prettify, resolveConfig } from "prettier";
import type { PolicyInfo } from "../local/policy/analyzer";
import { startPack } from "../local/policy/pack";

/** Path of the page. */
export const policiesPage = join(__dirname, "policies.md");

const heading = "## All policies";

/** What policies are about, by how their names begin; the first that fits counts. */
const areas: readonly (readonly [title: string, names: RegExp])[] = [
    ["S3", /^s3-/],
    ["Keys, secrets and data", /^(kms-key-(rotation|recoverable|policy$)|secret-|ssm-|ebs-|data-)/],
    ["Glue and Lake Formation", /^(glue-(?!job-log)|lakeformation-)/],
    ["EMR and EMR Serverless", /^emr-/],
    ["Redshift and Redshift Serverless", /^redshift-/],
    ["Topics and queues", /^(sns|sqs)-/],
    ["State machines, schedules and functions", /^(sfn|scheduler|lambda(?!-log))-/],
    ["Logs and alarms", /log-group|^alarm-/],
    ["The network", /^(security-group|vpc|subnet)-/],
    ["IAM: identities and trust", /^iam-/],
    ["IAM: documents on resources", /^(resource-policy|kms-key-policy|foreign)-/],
    ["The policies themselves", /^/],
];

/** Text of the page: its own words, and below them the list as the pack is now. */
export async function policiesText(): Promise<string> {
    const page = readFileSync(policiesPage, "utf8");
    const words = page.slice(0, page.indexOf(heading));
    const pack = await startPack();
    try {
        const list = [heading, "<!-- made by `npm run docs` from policies/ -->", introduction];
        const text = [words, ...list, ...sections(pack.policies)].join("\n\n");
        return await prettify(text, {
            ...(await resolveConfig(policiesPage)),
            parser: "markdown",
        });
    } finally {
        await pack.close();
    }
}

const introduction =
    "Mandatory unless said otherwise. Controls are those of AWS Foundational Security Best Practices v1.0.0 that ask for the same.";

function sections(policies: readonly PolicyInfo[]): string[] {
    const areaOf = ({ name }: PolicyInfo) => areas.find(([, names]) => names.test(name))?.[0];
    return areas.flatMap(([title]) => {
        const rows = policies.filter((policy) => areaOf(policy) === title).map(row);
        const head = [
            "| policy | asks | severity | controls | parameters |",
            "| - | - | - | - | - |",
        ];
        return [`### ${title}`, [...head, ...rows].join("\n")];
    });
}

function row({ name, title, severity, level, tags, defaults }: PolicyInfo): string {
    const strength = { advisory: ", advisory", disabled: ", off", mandatory: "", remediate: "" };
    const controls = tags.map((tag) => tag.replace("aws-fsbp:", "")).join(", ");
    const parameters = Object.entries(defaults)
        .map(([parameter, value]) => `\`${parameter}: ${JSON.stringify(value)}\``)
        .join(", ");
    const cells = [`\`${name}\``, title, severity + strength[level], controls, parameters];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
