/** Reads the statements that the SQL parser does not know, such as GRANT, COPY and CREATE EXTERNAL SCHEMA. */
import { SqlError } from "./errors";

/** A part of a statement. */
export interface Token {
    /** Where it begins in the statement, and where it ends. */
    readonly start: number;
    readonly end: number;
    readonly kind: "word" | "quoted" | "text" | "sign";
    /** Words as written; quoted names and texts without their quotes. */
    readonly value: string;
}

const pattern =
    /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(?<word>[\p{L}_][\p{L}\p{N}_$]*|\d+(?:\.\d+)?)|"(?<quoted>(?:[^"]|"")*)"|'(?<text>(?:[^']|'')*)'|(?<sign>.)/gsu;

/** Splits a statement into words, names, texts and signs; comments and a final semicolon are left out. */
export function tokensOf(sql: string): Token[] {
    const tokens: Token[] = [];
    for (const match of sql.matchAll(pattern)) {
        const { word, quoted, text, sign } = match.groups ?? {};
        const place = { start: match.index, end: match.index + match[0].length };
        if (word !== undefined) tokens.push({ ...place, kind: "word", value: word });
        else if (quoted !== undefined)
            tokens.push({ ...place, kind: "quoted", value: quoted.replaceAll('""', '"') });
        else if (text !== undefined)
            tokens.push({ ...place, kind: "text", value: text.replaceAll("''", "'") });
        else if (sign !== undefined) tokens.push({ ...place, kind: "sign", value: sign });
    }
    if (tokens.at(-1)?.value === ";" && tokens.at(-1)?.kind === "sign") tokens.pop();
    return tokens;
}

/** A cursor over a statement's tokens. Names come out in lower case, as Redshift keeps them, quoted or not. */
export class Reader {
    private readonly tokens: readonly Token[];
    private position = 0;

    constructor(sql: string) {
        this.tokens = tokensOf(sql);
    }

    /** Whether there is nothing left. */
    get ended(): boolean {
        return this.position >= this.tokens.length;
    }

    /** Whether the next words are these; reads nothing. */
    next(...words: readonly string[]): boolean {
        return words.every((word, index) => {
            const token = this.tokens[this.position + index];
            return (
                token !== undefined &&
                (token.kind === "word" || token.kind === "sign") &&
                token.value.toUpperCase() === word
            );
        });
    }

    /** Reads these words if they are next. */
    take(...words: readonly string[]): boolean {
        if (!this.next(...words)) return false;
        this.position += words.length;
        return true;
    }

    /** Reads these words. @throws SqlError when something else is next. */
    expect(...words: readonly string[]): void {
        if (!this.take(...words)) this.refuse();
    }

    /** Reads a bare word, in capitals. */
    word(): string {
        const token = this.tokens[this.position];
        if (token?.kind !== "word") return this.refuse();
        this.position += 1;
        return token.value.toUpperCase();
    }

    /** Reads a name, quoted or not. */
    name(): string {
        const token = this.tokens[this.position];
        if (token?.kind !== "word" && token?.kind !== "quoted") return this.refuse();
        this.position += 1;
        return token.kind === "quoted" ? token.value : token.value.toLowerCase();
    }

    /** Reads `name` or `schema.name`. */
    path(): readonly string[] {
        const parts = [this.name().toLowerCase()];
        while (this.take(".")) parts.push(this.name().toLowerCase());
        return parts;
    }

    /** Reads a text in single quotes. */
    text(): string {
        const token = this.tokens[this.position];
        if (token?.kind !== "text") return this.refuse();
        this.position += 1;
        return token.value;
    }

    /** Whether a text in single quotes is next. */
    get nextIsText(): boolean {
        return this.tokens[this.position]?.kind === "text";
    }

    /** Reads items that commas part. */
    list<T>(item: () => T): T[] {
        const items = [item()];
        while (this.take(",")) items.push(item());
        return items;
    }

    /** @throws SqlError when something is left. */
    end(): void {
        if (!this.ended) this.refuse();
    }

    /** @throws SqlError naming what is next. */
    refuse(): never {
        const token = this.tokens[this.position];
        throw new SqlError(
            token === undefined
                ? "syntax error at end of input"
                : `syntax error at or near "${token.value}"`,
        );
    }
}
