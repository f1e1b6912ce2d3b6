/** Properties that hold JSON. */
import { Property } from "../core/property";
import type { Verdict } from "../core/verdict";

/** JSON as properties below `name`; `undefined` where it can't be read, which is said. */
export function parsed(
    text: Property,
    verdict: Verdict,
    name = "configuration",
): Property | undefined {
    if (text.unknown) {
        verdict.unseen(text);
        return undefined;
    }
    try {
        return new Property(
            name,
            typeof text.value === "string" ? JSON.parse(text.value) : text.value,
        );
    } catch (error) {
        verdict.violation({
            finding: name,
            property: name,
            found: `unreadable: ${String(error)}`,
            fix: "give a JSON object",
        });
        return undefined;
    }
}
