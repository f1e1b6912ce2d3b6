/** The questions that a run asks the warehouse at its end. */
import type { Answer } from "./summary";

/** Runs one SQL statement in the warehouse and returns its rows as text. */
export type Ask = (
    sql: string,
) => Promise<{ columns: readonly string[]; rows: readonly (readonly string[])[] }>;

/** Top paths, error rates by hour and quarantine, the last two in place by Spectrum. */
export async function askFirstQuestions(ask: Ask, dt: string): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const { title, sql } of questions(dt)) answers.push({ title, sql, ...(await ask(sql)) });
    return answers;
}

function questions(dt: string): { title: string; sql: string }[] {
    return [
        {
            title: "top paths (Redshift)",
            sql: `select source, url_path, requests, clients from logs.top_paths where dt = '${dt}' and position_of_day <= 5 order by requests desc, source, url_path limit 8`,
        },
        {
            title: "hours with most errors (Spectrum)",
            sql:
                "select source, cast(event_hour as varchar) as event_hour, requests, client_errors, server_errors, " +
                "cast(100 * (client_error_ratio + server_error_ratio) as decimal(5,1)) as percent_errors " +
                `from lake.error_rates where dt = '${dt}' order by client_errors + server_errors desc, source, event_hour limit 6`,
        },
        {
            title: "quarantine (Spectrum)",
            sql: `select source, reason, count(*) as lines from lake.quarantine where dt = '${dt}' group by source, reason order by lines desc, source, reason limit 10`,
        },
    ];
}
