/** What a file is, by the classifiers that were deployed, in their order; then by Glue's own for JSON. */
import { constants, gunzipSync } from "node:zlib";
import { parseGrok, type Grok } from "../grok";

/** A classifier as `CreateClassifier` takes it. */
export type Classifier =
    | { readonly GrokClassifier: GrokClassifier }
    | { readonly JsonClassifier: { readonly Name: string; readonly JsonPath: string } };

/** A grok classifier as `CreateClassifier` takes it. */
export interface GrokClassifier {
    readonly Name: string;
    readonly Classification: string;
    readonly GrokPattern: string;
    readonly CustomPatterns?: string;
}

/** A column of the catalog. */
export interface Column {
    readonly Name: string;
    readonly Type: string;
}

/** What the files of a table turned out to be. */
export interface Classified {
    /** `UNKNOWN` when no classifier recognises anything. */
    readonly classification: string;
    readonly columns: readonly Column[];
    /** The classifier that won, if it was a grok one: its SerDe needs the pattern. */
    readonly grok?: GrokClassifier;
}

/** The lines of the beginning of a file, the last, perhaps torn, one left out. */
export function sampleLines(beginning: Buffer, isWhole: boolean): readonly string[] {
    const isGzip = beginning[0] === 0x1f && beginning[1] === 0x8b;
    const text = isGzip ? unpacked(beginning) : beginning;
    const lines = text.toString("utf8").split(/\r?\n/);
    if (lines.length > 1 && !isWhole) lines.pop();
    return lines.filter((line) => line.trim() !== "").slice(0, 1000);
}

/** What can be unpacked of the beginning of a gzip file. Of a damaged one that is less: the reader of the whole file will say so. */
function unpacked(beginning: Buffer): Buffer {
    for (let size = beginning.length; size > 0; size = Math.floor(size / 2)) {
        try {
            // a beginning has no end mark, which would be an error otherwise
            return gunzipSync(beginning.subarray(0, size), { finishFlush: constants.Z_SYNC_FLUSH });
        } catch {
            // the damage lies before
        }
    }
    return Buffer.alloc(0);
}

/**
 * The classification of the most certain classifier; the first of equals. Certainty is the part of the lines that a
 * classifier recognises (https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html).
 */
export function classify(lines: readonly string[], classifiers: readonly Classifier[]): Classified {
    const builtInJson: Classifier = { JsonClassifier: { Name: "json", JsonPath: "$" } };
    let best: { certainty: number; classifier: Classifier; grok?: Grok } | undefined;
    for (const classifier of [...classifiers, builtInJson]) {
        const grok =
            "GrokClassifier" in classifier
                ? parseGrok(
                      classifier.GrokClassifier.GrokPattern,
                      classifier.GrokClassifier.CustomPatterns,
                  )
                : undefined;
        const recognises =
            grok === undefined ? isJsonObject : (line: string) => grok.expression.test(line);
        const certainty = lines.filter(recognises).length / Math.max(lines.length, 1);
        if (certainty > (best?.certainty ?? 0)) {
            best = { certainty, classifier, ...(grok === undefined ? {} : { grok }) };
        }
        if (certainty === 1) break;
    }
    if (best === undefined) return { classification: "UNKNOWN", columns: [] };
    if ("GrokClassifier" in best.classifier) {
        const { GrokClassifier: grok } = best.classifier;
        const columns = (best.grok?.fields ?? []).map((Name) => ({
            Name: Name.toLowerCase(),
            Type: "string",
        }));
        return { classification: grok.Classification, columns, grok };
    }
    return { classification: "json", columns: jsonColumns(lines.filter(isJsonObject)) };
}

function isJsonObject(line: string): boolean {
    if (!line.trimStart().startsWith("{")) return false;
    try {
        JSON.parse(line);
        return true;
    } catch {
        return false;
    }
}

/** Keys of the objects in the order in which they first appear, with the type that holds all their values. */
function jsonColumns(lines: readonly string[]): readonly Column[] {
    const types = new Map<string, string>();
    for (const line of lines) {
        for (const [key, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
            if (value === null) continue;
            const name = key.toLowerCase();
            types.set(name, common(types.get(name), typeOf(value)));
        }
    }
    return [...types].map(([Name, Type]) => ({ Name, Type }));
}

function typeOf(value: unknown): string {
    if (typeof value === "boolean") return "boolean";
    if (typeof value === "string" || value === null) return "string";
    if (typeof value === "number") {
        if (!Number.isInteger(value)) return "double";
        return Math.abs(value) < 2 ** 31 ? "int" : "bigint";
    }
    if (Array.isArray(value)) return `array<${value.length === 0 ? "string" : typeOf(value[0])}>`;
    const members = Object.entries(value as object).map(([key, item]) => `${key}:${typeOf(item)}`);
    return `struct<${members.join(",")}>`;
}

const numeric = ["int", "bigint", "double"];

function common(one: string | undefined, other: string): string {
    if (one === undefined || one === other) return other;
    const widest = Math.max(numeric.indexOf(one), numeric.indexOf(other));
    return numeric.includes(one) && numeric.includes(other)
        ? (numeric[widest] ?? "string")
        : "string";
}
