/** What a declaration of a format or a table holds. */

/** A column of the catalog. */
export interface Column {
    readonly name: string;
    /** Type in Glue's and Spark's own name, such as `bigint`. */
    readonly type: string;
    /** What it holds, with its unit. */
    readonly comment: string;
}

/** A table that Spark writes. Its partition key `dt` is not among the columns. */
export interface Table {
    readonly name: string;
    readonly comment: string;
    readonly columns: readonly Column[];
}

/** A format of raw logs, one request a line. */
export interface Format {
    /** The name of its file, without `.json`. */
    readonly name: string;
    readonly title: string;
    /** Page that specifies the format. */
    readonly documentation: string;
    /** Whether a line is matched by {@link Format.grok} or is a JSON object. */
    readonly kind: "text" | "json";
    /** What a crawler sets as `classification` on a table of this format. */
    readonly classification: string;
    /** Regular expression of lines that are no requests: blank ones and headers. */
    readonly skip: string;
    /**
     * Template of a line for `kind: "text"`, anchored at both ends. Its fields have the names of the event's fields; Spark knows what
     * each of them means, and passes over a name that it doesn't know.
     */
    readonly grok?: string;
    /**
     * Patterns that {@link Format.grok} names. They must mean the same in Java and in JavaScript, capture nothing, and leave no choice in
     * where a repeated group ends: Spark makes such groups possessive, so that a long line can't overflow the stack.
     */
    readonly patterns?: Readonly<Record<string, string>>;
    /** JSONPath of a request in an object, for `kind: "json"`. */
    readonly jsonPath?: string;
    /** Keys that may hold each field, for `kind: "json"`, the likeliest first. `a.b` is the key `a.b` or the key `b` of the object `a`. */
    readonly fields?: Readonly<Record<string, readonly string[]>>;
    /** How times are written: `iso8601`, `epoch` (seconds to nanoseconds, told by size) or a Java pattern; tried in order. */
    readonly timeFormats: readonly string[];
    /** What is read: the fields of {@link Format.grok}, or those of {@link Format.fields}. */
    readonly columns: readonly Column[];
    /** Lines that are of this format and of no other. */
    readonly samples: readonly string[];
}
