/** What a request is judged by: what exactly it needs, and whose policies have a say. */
import { ServiceError } from "../gateway/replies";
import { decide, type Need, type Policies } from "./decide";
import type { DeployedPolicies } from "./deployed";
import { known, modelOf, resourcesOf } from "./model";
import type { Asked, Surroundings } from "./needs/types";
import type { RequestContext } from "./patterns";
import type { Judged } from "./usage";

/** Header by which a service says for which resource it assumes a role: `aws:SourceArn`. */
export const sourceArnHeader = "x-amz-source-arn";

/** Decides on everything that is asked. */
export async function judge(
    asked: readonly Asked[],
    surroundings: Surroundings,
): Promise<Judged[]> {
    const { principal } = surroundings;
    const needs = await Promise.all(asked.map((each) => needsIn(each, surroundings)));
    return Promise.all(
        needs.flat().map(async (need) => {
            const decision = decide(principal, need, await policiesFor(need, surroundings));
            return { principal, need, decision };
        }),
    );
}

/** An action on each of its resources, with the condition keys that it knows. */
async function needsIn(asked: Asked, surroundings: Surroundings): Promise<Need[]> {
    const { principal, site } = surroundings;
    if (principal.kind === "administrator" && asked.resources === undefined) {
        // may do everything, where no resource says otherwise: what exactly is of no account
        return [{ action: asked.action, resource: "*", context: new Map() }];
    }
    const model = await modelOf(asked.action).catch(() => {
        const { service, action } = surroundings.call;
        throw new ServiceError("InvalidAction", `${service} has no action ${action}`);
    });
    const variables = {
        Partition: ["aws"],
        Region: [site.region],
        Account: [site.accountId],
        ...asked.variables,
    };
    const resources = asked.resources ?? resourcesOf(model, variables);
    const context = known(model, contextOf(asked, surroundings));
    return (resources.length === 0 ? ["*"] : resources).map((resource) => ({
        action: asked.action,
        resource,
        context,
    }));
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function contextOf(asked: Asked, { call, principal, site }: Surroundings): RequestContext {
    const { kind, principalArn, accountId } = principal;
    const onBehalf = asked.context?.["kms:ViaService"] !== undefined;
    const now = new Date();
    const sourceArn = call.headers[sourceArnHeader];
    const own: Record<string, string | readonly string[] | undefined> = {
        ...(kind === "service"
            ? { "aws:SourceAccount": accountId, "aws:SourceArn": sourceArn }
            : { "aws:PrincipalArn": principalArn, "aws:PrincipalAccount": accountId }),
        "aws:PrincipalType": { administrator: "User", role: "AssumedRole", service: undefined }[
            kind
        ],
        "aws:PrincipalIsAWSService": String(kind === "service"),
        "aws:PrincipalServiceName": kind === "service" ? principal.service : undefined,
        "aws:ViaAWSService": String(onBehalf),
        "aws:SecureTransport": "true", // see contextOf in needs/s3.ts
        "aws:RequestedRegion": site.region,
        "aws:ResourceAccount": accountId,
        "aws:UserAgent": call.headers["user-agent"],
        "aws:CurrentTime": now.toISOString(),
        "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
        ...asked.context,
    };
    return new Map(
        Object.entries(own).flatMap(([key, value]) =>
            value === undefined ? [] : [[key.toLowerCase(), [value].flat()] as const],
        ),
    );
}

/** The administrator's policy. */
const everything: Policies["identity"] = [
    {
        name: "AdministratorAccess",
        statements: [
            {
                label: "#0",
                effect: "Allow",
                actions: ["*"],
                notActions: undefined,
                resources: ["*"],
                notResources: undefined,
                principals: undefined,
                notPrincipals: undefined,
                conditions: [],
            },
        ],
    },
];

/** The policies that have a say in what `principal` needs. */
export async function policiesFor(
    { action, resource }: Need,
    { principal, policies }: Pick<Surroundings, "principal" | "policies">,
): Promise<Policies> {
    const role =
        principal.kind === "role" ? await policies.role(principal.principalArn) : undefined;
    const caller = {
        identity: principal.kind === "administrator" ? everything : (role?.identity ?? []),
        ...(role?.boundary === undefined ? {} : { boundary: role.boundary }),
    };
    const own = await policyOf(action, resource, policies);
    return own === undefined ? caller : { ...caller, ...own };
}

/** The policy of the resource, where it has one. */
async function policyOf(
    action: string,
    resource: string,
    policies: DeployedPolicies,
): Promise<Pick<Policies, "resource" | "resourceMustAllow"> | undefined> {
    if (resource === "*") return undefined;
    switch (action.split(":")[0]) {
        case "s3": {
            if (action === "s3:CreateBucket") return undefined; // there is no policy before the bucket
            const bucket = resource.slice("arn:aws:s3:::".length).split("/")[0] ?? "";
            const policy = await policies.bucketPolicy(bucket);
            return policy && { resource: policy };
        }
        case "kms": {
            const policy = await policies.key(resource);
            return policy && { resource: policy, resourceMustAllow: true };
        }
        case "sns": {
            const { policy } = await policies.topic(resource);
            return policy && { resource: policy };
        }
        case "sts": {
            const role = await policies.role(resource);
            return role && { resource: role.trust, resourceMustAllow: true };
        }
        default:
            return undefined;
    }
}
