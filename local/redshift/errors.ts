/** Errors of SQL, in Redshift's words. */

/** Why a statement failed, as the Data API reports it: `ERROR: ...`. */
export class SqlError extends Error {
    constructor(reason: string) {
        super(`ERROR: ${reason}`);
    }
}

/** DuckDB's messages and what Redshift says for the same mistake; what is in neither keeps DuckDB's words. */
const translations: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
    [
        /CHECK constraint failed on table \S+ with expression CHECK\(\(strlen\(("?[^)]*)\) <= (\d+)\)\)/,
        ([, column = "", length = ""]) =>
            `Value too long for character type: column ${column.replaceAll('"', "")} takes ${length} bytes`,
    ],
    [
        /NOT NULL constraint failed: (?:\S+\.)?(\S+)/,
        ([, column = ""]) => `Cannot insert a NULL value into column ${column}`,
    ],
    [
        /Table with name "?([^"\s]+)"? does not exist/,
        ([, name = ""]) => `relation "${name}" does not exist`,
    ],
    [
        /(?:Table|View) with name "?([^"\s]+)"? already exists/,
        ([, name = ""]) => `Relation "${name}" already exists`,
    ],
    [
        /Schema with name "?([^"\s]+)"? already exists/,
        ([, name = ""]) => `Schema "${name}" already exists`,
    ],
    [
        /Schema with name "?([^"\s]+)"? does not exist/,
        ([, name = ""]) => `schema "${name}" does not exist`,
    ],
    [
        /Referenced column "([^"]+)" (?:was )?not found/,
        ([, name = ""]) => `column "${name}" does not exist`,
    ],
];

/** The error of DuckDB as one of Redshift. */
export function sqlError(error: unknown): SqlError {
    if (error instanceof SqlError) return error;
    const message = error instanceof Error ? error.message : String(error);
    for (const [pattern, translate] of translations) {
        const match = pattern.exec(message);
        if (match !== null) return new SqlError(translate(match));
    }
    return new SqlError(message.split("\n\n")[0] ?? message);
}
