/** What a request asks, whatever its protocol: JSON, CBOR, a form. */
import { cbor } from "@smithy/core/cbor";
import type { Call } from "../gateway/call";

/** Parameters by their names in the service's model; those of a form are flat: `Tags.member.1.Key`. */
export type Parameters = Readonly<Record<string, any>>;

/** The parameters of a call; none where its body can't be read, which is then the service's to say. */
export function parametersOf({ headers, body }: Pick<Call, "headers" | "body">): Parameters {
    if (body.length === 0) return {};
    try {
        const type = headers["content-type"] ?? "";
        if (type.startsWith("application/x-www-form-urlencoded"))
            return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
        if (type.startsWith("application/cbor")) return cbor.deserialize(body) as Parameters;
        return JSON.parse(body.toString("utf8")) as Parameters;
    } catch {
        return {};
    }
}
