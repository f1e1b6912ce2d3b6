/**
 * The gate that every request passes: who signed it, what it needs, and whether the policies that were deployed allow it.
 * What this models of IAM, and what not, is in docs/iam.md.
 */
import { Readable } from "node:stream";
import type { Api } from "../api";
import type { Call, Middleware } from "../gateway/call";
import type { Identities } from "../gateway/identities";
import { queryOf } from "../gateway/route";
import { deleteAllowed } from "./deleteObjects";
import { DeployedPolicies } from "./deployed";
import { judge } from "./judge";
import { s3 } from "./needs/s3";
import { needsOf } from "./needs/services";
import type { Asked, Surroundings } from "./needs/types";
import { parametersOf } from "./parameters";
import { principalOf, type Principal } from "./principals";
import * as refusals from "./refusals";
import { problemWithSignature } from "./signature";
import { Usage } from "./usage";

/** `enforce` refuses as IAM does; `observe` lets through what it would have refused, and remembers it. */
export type GateMode = "enforce" | "observe";

/** Options of {@link createGate}. */
export interface GateOptions {
    readonly mode: GateMode;
    readonly identities: Identities;
    /** Asks moto itself, past every check. */
    readonly backend: Api;
    readonly site: { readonly region: string; readonly accountId: string };
    /** Tags of a resource, by its ARN. @default none */
    readonly tagsOf?: (arn: string) => Readonly<Record<string, string>>;
}

/** The gate, and what it has seen. */
export interface Gate {
    readonly middleware: Middleware;
    readonly policies: DeployedPolicies;
    readonly usage: Usage;
}

/** Creates the gate. */
export function createGate(options: GateOptions): Gate {
    const { mode, site, backend } = options;
    const policies = new DeployedPolicies(backend, site);
    const usage = new Usage();
    const refusedOf = async (asked: readonly Asked[], surroundings: Surroundings) => {
        const judged = await judge(asked, surroundings);
        for (const each of judged) usage.add(each);
        const refused = judged.filter(({ decision }) => !decision.allowed);
        return mode === "enforce" ? refused : [];
    };

    const middleware: Middleware = async (call, next) => {
        const surroundings: Surroundings = {
            call,
            principal: authenticated(call, options),
            parameters: parametersOf(call),
            policies,
            site,
            tagsOf: options.tagsOf ?? (() => ({})),
        };
        const { before, after } = call.service === "s3" ? s3 : needsOf(call.service);
        const refused = await refusedOf(await before(surroundings), surroundings);
        const [first] = refused;
        if (first !== undefined) {
            if (call.action === "DeleteObjects") return deleteAllowed(call, refused, backend);
            throw refusals.accessDenied(call, first);
        }
        const reply = await next();
        const late = after === undefined ? [] : await after(surroundings, reply);
        const [tooLate] = await refusedOf(late, surroundings);
        if (tooLate !== undefined) {
            if (reply.body instanceof Readable) reply.body.destroy();
            throw refusals.accessDenied(call, tooLate);
        }
        if (reply.status < 300) policies.forget(call);
        return reply;
    };
    return { middleware, policies, usage };
}

/** Who signed the request. @throws ServiceError when nobody did, or not rightly. */
function authenticated(call: Call, { identities, site }: GateOptions): Principal {
    if (call.accessKeyId === undefined) throw refusals.notSigned(call);
    const principal = principalOf(call.accessKeyId, identities, site.accountId);
    if (principal === undefined) throw refusals.unknownKey(call);
    const token =
        call.headers["x-amz-security-token"] ??
        queryOf(call.path).get("X-Amz-Security-Token") ??
        undefined;
    if (token !== principal.sessionToken) throw refusals.unknownKey(call);
    if (Date.now() >= (principal.expiresAt ?? Infinity)) throw refusals.expiredSession(call);
    const body = call.isUpload ? undefined : call.body;
    const problem = problemWithSignature(call, body, principal.secretAccessKey);
    if (problem !== undefined) throw refusals.wrongSignature(call, problem);
    return principal;
}
