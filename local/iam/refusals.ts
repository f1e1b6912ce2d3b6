/** Refusals as each service words them. */
import type { Call } from "../gateway/call";
import { ServiceError } from "../gateway/replies";
import type { SignatureProblem } from "./signature";
import type { Judged } from "./usage";

/** Services of the query protocol: XML, and codes without `Exception`. */
const queryServices = ["iam", "sts", "sns", "monitoring"];

/**
 * `User: … is not authorized to perform: s3:GetObject on resource: …`, with the reason
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
export function accessDenied({ service }: Pick<Call, "service">, judged: Judged): ServiceError {
    const { principal, need, decision } = judged;
    const { action, resource } = need;
    const isS3 = service === "s3";
    const place = action.startsWith("s3:") ? `"${resource}"` : resource; // S3 passes on KMS's words
    const text = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${place}`;
    // STS gives no reason: that would tell who may assume a role
    const message = service === "sts" ? text : `${text} ${decision.because}`;
    if (service === "sns") return new ServiceError("AuthorizationError", message, 403);
    if (isS3 || queryServices.includes(service))
        return new ServiceError("AccessDenied", message, 403);
    // the JSON protocols answer 400 for what a caller has done wrong, and REST 403
    return new ServiceError("AccessDeniedException", message, isRest(service) ? 403 : 400);
}

const isRest = (service: string) => ["lambda", "scheduler"].includes(service);

/** A request that nobody signed. */
export function notSigned({ service }: Pick<Call, "service">): ServiceError {
    if (service === "s3" || service === "")
        return new ServiceError("AccessDenied", "Access Denied", 403);
    return queryServices.includes(service)
        ? new ServiceError(
              "MissingAuthenticationToken",
              "Request is missing Authentication Token",
              403,
          )
        : new ServiceError(
              "MissingAuthenticationTokenException",
              "Missing Authentication Token",
              403,
          );
}

/** A request signed with a key that nobody has, or with another session's token. */
export function unknownKey({ service }: Pick<Call, "service">): ServiceError {
    if (service === "s3") {
        const message = "The AWS Access Key Id you provided does not exist in our records.";
        return new ServiceError("InvalidAccessKeyId", message, 403);
    }
    const message = "The security token included in the request is invalid.";
    return queryServices.includes(service)
        ? new ServiceError("InvalidClientTokenId", message, 403)
        : new ServiceError("UnrecognizedClientException", message, 403);
}

/** A session that is over. */
export function expiredSession({ service }: Pick<Call, "service">): ServiceError {
    if (service === "s3")
        return new ServiceError("ExpiredToken", "The provided token has expired.", 400);
    const message = "The security token included in the request is expired";
    return queryServices.includes(service)
        ? new ServiceError("ExpiredToken", message, 403)
        : new ServiceError("ExpiredTokenException", message, 403);
}

/** A signature that does not hold. */
export function wrongSignature(
    { service }: Pick<Call, "service">,
    problem: SignatureProblem,
): ServiceError {
    if (problem === "missing") return notSigned({ service });
    const isS3 = service === "s3";
    if (problem === "expired") return new ServiceError("AccessDenied", "Request has expired", 403);
    if (problem === "skewed") {
        const message =
            "The difference between the request time and the current time is too large.";
        if (isS3) return new ServiceError("RequestTimeTooSkewed", message, 403);
        return new ServiceError(
            queryServices.includes(service) ? "SignatureDoesNotMatch" : "InvalidSignatureException",
            "Signature expired or not yet current",
            403,
        );
    }
    const message =
        "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    return isS3 || queryServices.includes(service)
        ? new ServiceError("SignatureDoesNotMatch", message, 403)
        : new ServiceError("InvalidSignatureException", message, 403);
}
