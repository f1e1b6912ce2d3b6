/** What a run is told through its environment. */
import type { AssumedRole } from "./credentials";

/** Where to apply migrations, and the values of their placeholders. */
export interface Settings {
    readonly clusterIdentifier: string;
    readonly database: string;
    /** Secret of the admin; its value is read by the Data API and never by this program. */
    readonly adminSecretArn: string;
    readonly region: string;
    readonly variables: Readonly<Record<string, string>>;
    /** Roles to assume, one after the other. @default none */
    readonly assumeRoles: readonly AssumedRole[];
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
        assumeRoles: rolesOf(environment["ASSUME_ROLES"] ?? "[]", wrong),
        folder: environment["MIGRATIONS_FOLDER"],
    };
    if (wrong.length > 0) throw new Error(`environment can't be used: ${wrong.join("; ")}`);
    return settings;
}

function variablesOf(text: string, wrong: string[]): Readonly<Record<string, string>> {
    const value = parse(text);
    if (isObject(value) && Object.values(value).every((one) => typeof one === "string")) {
        return value as Record<string, string>;
    }
    wrong.push(`MIGRATION_VARIABLES must be a JSON object of texts, got ${text}`);
    return {};
}

function rolesOf(text: string, wrong: string[]): readonly AssumedRole[] {
    const value = parse(text);
    if (Array.isArray(value) && value.every(isRole)) return value;
    wrong.push(`ASSUME_ROLES must be a JSON list of objects with a roleArn, got ${text}`);
    return [];
}

function isRole(value: unknown): value is AssumedRole {
    return isObject(value) && typeof value["roleArn"] === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
