/** What a run is told through its environment. */

/** Where to apply migrations, and the values of their placeholders. */
export interface Settings {
    readonly clusterIdentifier: string;
    readonly database: string;
    /** Secret of the admin; its value is read by the Data API and never by this program. */
    readonly adminSecretArn: string;
    readonly region: string;
    readonly variables: Readonly<Record<string, string>>;
    /** Folder with the files. @default `migrations/` beside the program */
    readonly folder: string | undefined;
}

/** @throws Error that names every variable that is missing or wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
    const wrong: string[] = [];
    const required = (name: string): string => {
        const value = environment[name] ?? "";
        if (value === "") wrong.push(`${name} must be set`);
        return value;
    };
    const settings: Settings = {
        clusterIdentifier: required("CLUSTER_IDENTIFIER"),
        database: required("DATABASE"),
        adminSecretArn: required("ADMIN_SECRET_ARN"),
        region: required("AWS_REGION"),
        variables: variablesOf(environment["MIGRATION_VARIABLES"] ?? "{}", wrong),
        folder: environment["MIGRATIONS_FOLDER"],
    };
    if (wrong.length > 0) throw new Error(`environment can't be used: ${wrong.join("; ")}`);
    return settings;
}

function variablesOf(text: string, wrong: string[]): Readonly<Record<string, string>> {
    try {
        const value: unknown = JSON.parse(text);
        const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
        if (isObject && Object.values(value).every((one) => typeof one === "string")) {
            return value as Record<string, string>;
        }
    } catch {
        // said below
    }
    wrong.push(`MIGRATION_VARIABLES must be a JSON object of texts, got ${text}`);
    return {};
}
