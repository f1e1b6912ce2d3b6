/** How VPCs reach AWS's services. */
import { option, stackPolicy, type Policy } from "../core/policy";
import type { Property } from "../core/property";
import type { Stack } from "../core/stack";
import type { Subject } from "../core/subject";
import { coversAll } from "../iam/arns";
import { actionsOf } from "../iam/catalog";
import { boundToAccount } from "../iam/conditions";
import { isEveryone, readDocument, type PolicyDocument } from "../iam/document";
import { componentType, vpcsOf } from "./vpcs";

const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";
const docs = "https://docs.aws.amazon.com/vpc/latest/privatelink/";

/** Services that a stack's resources call from inside a VPC; S3 costs nothing by a gateway, and who has none goes round. */
const callers: Readonly<Record<string, RegExp>> = {
    s3: /^/,
    kms: /^aws:(kms|emr|emrserverless|glue|redshift|redshiftserverless)\//,
    glue: /^aws:glue\//,
    sts: /^aws:(emr|glue|redshift)\//,
};

/** Names of the services that the VPC has endpoints for; `undefined` among them where one can't be seen yet. */
function servicesOf(stack: Stack, vpc: Subject): readonly (string | undefined)[] {
    const { found, uncertain } = stack.joined(vpc, "vpcId", endpointType);
    const specs = vpc.at("vpcEndpointSpecs");
    const names = [...found, ...specs.items].map((endpoint) => endpoint.at("serviceName"));
    // of a component, an engine may tell the outputs alone: then what it was made with can't be seen
    const untold = vpc.type === componentType && specs.absent;
    const hidden = untold || uncertain || specs.unknown || names.some(({ unknown }) => unknown);
    return [
        ...names.map(({ text }) => text).filter((text) => text !== undefined),
        ...(hidden ? [undefined] : []),
    ];
}

const present = stackPolicy({
    name: "vpc-endpoints",
    title: "VPCs reach the stack's services by endpoints",
    risk: "Without them the traffic needs a way to the internet, where no endpoint policy applies.",
    severity: "medium",
    remedy: "Add a gateway endpoint for S3 and interface endpoints for KMS, Glue and STS.",
    url: `${docs}privatelink-access-aws-services.html`,
    options: {
        services: option<readonly string[]>(
            Object.keys(callers),
            "services that need an endpoint where the stack uses them",
            { items: { type: "string" } },
        ),
    },
    judge: (stack, verdictOn, { services }) => {
        const used = services.filter((name) =>
            stack.all.some(({ type }) => callers[name]?.test(type) ?? true),
        );
        for (const vpc of vpcsOf(stack)) {
            const there = servicesOf(stack, vpc);
            for (const service of used.filter(
                (name) => !there.some((text) => text?.endsWith(`.${name}`)),
            )) {
                if (there.includes(undefined)) verdictOn(vpc).unseen(`endpoint ${service}`);
                else {
                    const found = `no endpoint for ${service}`;
                    const finding = `endpoint::${service}`;
                    verdictOn(vpc).violation({
                        finding,
                        property: "vpcEndpoints",
                        found,
                        fix: "add one",
                    });
                }
            }
        }
    },
});

/** Every endpoint's policies, with the resource to blame: its own, one apart, or the component that describes it. */
function* policiesOf(
    stack: Stack,
): Generator<{ subject: Subject; policy: Property; uncertain: boolean }> {
    for (const subject of stack.of(endpointType)) {
        if (subject.at("vpcEndpointType").value === "GatewayLoadBalancer") continue; // takes none
        const { found, uncertain } = stack.joined(
            subject,
            "vpcEndpointId",
            "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
        );
        const places =
            found.length > 0 ? found.map((policy) => policy.at("policy")) : [subject.at("policy")];
        for (const policy of places) yield { subject, policy, uncertain };
    }
    for (const subject of vpcsOf(stack).filter(({ type }) => type === componentType)) {
        for (const endpoint of subject.at("vpcEndpointSpecs").items) {
            yield { subject, policy: endpoint.at("policy"), uncertain: endpoint.unknown };
        }
    }
}

const policies = stackPolicy({
    name: "vpc-endpoint-policy",
    title: "Endpoints let through only what the stack needs",
    risk: "An endpoint without a policy carries any principal's data to any account's bucket.",
    severity: "medium",
    remedy: "Set a policy that names resources, or the account or organisation of callers and resources.",
    url: `${docs}vpc-endpoints-access.html`,
    judge: async (stack, verdictOn) => {
        const fix = "name resources, or condition on aws:PrincipalAccount and aws:ResourceAccount";
        for (const { subject, policy, uncertain } of policiesOf(stack)) {
            const reading = readDocument(policy);
            const verdict = verdictOn(subject);
            if (reading.kind === "unknown" || uncertain) verdict.unseen(policy);
            else if (reading.kind !== "document" || (await isFullAccess(reading.document))) {
                const found = reading.kind === "document" ? "full access" : policy.value;
                verdict.violation({ finding: "policy", property: policy.path, found, fix });
            }
        }
    },
});

/** Carries nothing out; package repositories lie in other accounts' buckets, which have no list. */
const harmless: ReadonlySet<string> = new Set(["s3:GetObject"]);

/** True if the policy lets anybody's credentials work on anybody's resources, as the one that AWS gives by default. */
async function isFullAccess({ statements }: PolicyDocument): Promise<boolean> {
    for (const statement of statements) {
        if (
            statement.effect !== "Allow" ||
            boundToAccount(statement, /^aws:(Principal|Resource)(Account|Arn|OrgID|OrgPaths)$/i) ||
            !statement.principals.some(isEveryone) ||
            (statement.actions.length > 0 && statement.actions.every(isHarmless))
        )
            continue;
        const templates: string[] = [];
        for (const pattern of statement.actions)
            for (const { arns } of (await actionsOf(pattern)) ?? []) templates.push(...arns);
        if (statement.resources.some((resource) => coversAll(resource, templates))) return true;
    }
    return false;
}

const isHarmless = (action: string) => harmless.has(action);

export const endpoints: readonly Policy[] = [present, policies];
