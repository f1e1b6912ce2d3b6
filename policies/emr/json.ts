/** Properties that hold JSON. */
import { Property } from "../core/property";
import type { Verdict } from "../core/verdict";

/** The JSON of a security configuration as properties; `undefined` where it can't be read, which is said. */
export function parsed(text: Property, verdict: Verdict): Property | undefined {
    if (text.unknown) {
        verdict.unseen(text);
        return undefined;
    }
    try {
        return new Property(
            "configuration",
            typeof text.value === "string" ? JSON.parse(text.value) : text.value,
        );
    } catch (error) {
        verdict.violation({
            finding: "configuration",
            property: "configuration",
            found: `unreadable: ${String(error)}`,
            fix: "give a JSON object",
        });
        return undefined;
    }
}
