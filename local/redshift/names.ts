/** Names and texts in SQL. */
import type { Relation } from "./access";

/** The name as a quoted identifier. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text in SQL. */
export const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A list of texts in SQL. */
export const textList = (texts: readonly string[]): string =>
    `[${texts.map(textLiteral).join(", ")}]`;

/** The relation in SQL. */
export const pathInSql = ({ schema, name }: Relation): string =>
    `${quoted(schema)}.${quoted(name)}`;
