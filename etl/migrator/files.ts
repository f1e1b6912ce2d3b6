/** Migrations as they lie in their folder. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A file of SQL that changes the database from one state to the next. */
export interface Migration {
    /** File name, such as `003_facts.sql`: the numbers give the order. */
    readonly name: string;
    /** SHA-256 of the file as it lies there, in hexadecimal. */
    readonly sha256: string;
    /** Statements with their placeholders filled in. */
    readonly statements: readonly string[];
    /** False for a file with statements that Redshift refuses in a transaction. */
    readonly transactional: boolean;
}

const fileName = /^\d{3}_[a-z0-9_]+\.sql$/;
const noTransaction = /^--\s*loglake:\s*no-transaction\s*$/m;

/**
 * Reads the `NNN_name.sql` files of `folder` in order. A statement ends with a `;` at the end of a line; lines that begin
 * with `--` are comments; `${name}` stands for a variable.
 *
 * @throws Error when a name or a placeholder is wrong.
 */
export function readMigrations(
    folder: string,
    variables: Readonly<Record<string, string>>,
): readonly Migration[] {
    const names = readdirSync(folder)
        .filter((name) => name.endsWith(".sql"))
        .sort();
    if (names.length === 0) throw new Error(`no migrations in ${folder}`);
    const numbers = new Map<string, string>();
    return names.map((name) => {
        if (!fileName.test(name)) {
            throw new Error(`a migration must be called like 001_name.sql, got ${name}`);
        }
        const number = name.slice(0, 3);
        const other = numbers.get(number);
        if (other !== undefined) throw new Error(`${other} and ${name} have the same number`);
        numbers.set(number, name);
        return parseMigration(name, readFileSync(join(folder, name), "utf8"), variables);
    });
}

/** One migration, from the text of its file. */
export function parseMigration(
    name: string,
    text: string,
    variables: Readonly<Record<string, string>>,
): Migration {
    const statements = split(text).map((statement) => fill(name, statement, variables));
    if (statements.length === 0) throw new Error(`${name} has no statement`);
    return {
        name,
        sha256: createHash("sha256").update(text).digest("hex"),
        statements,
        transactional: !noTransaction.test(text),
    };
}

function split(text: string): string[] {
    const code = text
        .split(/\r?\n/)
        .filter((line) => !line.trimStart().startsWith("--"))
        .join("\n");
    return code
        .split(/;[ \t]*$/m)
        .map((statement) => statement.trim())
        .filter((statement) => statement !== "");
}

function fill(
    migration: string,
    statement: string,
    variables: Readonly<Record<string, string>>,
): string {
    return statement.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
        const value = variables[name];
        if (value === undefined) {
            const known = Object.keys(variables).sort().join(", ");
            throw new Error(`${migration}: unknown placeholder ${name}, known are ${known}`);
        }
        // placeholders stand between quotes of either kind: a value with one in it would end them
        if (/['"\\\n]/.test(value)) {
            throw new Error(`${migration}: value of ${name} can't be put into SQL: ${value}`);
        }
        return value;
    });
}
