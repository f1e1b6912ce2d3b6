/**
 * Brings the warehouse's database to what `migrations/` says: every file in order, once each.
 *
 * Run by the deployment, with what it needs in the environment and nothing on the command line: CLUSTER_IDENTIFIER,
 * DATABASE, ADMIN_SECRET_ARN, MIGRATION_VARIABLES (a JSON object of texts), AWS_REGION, MIGRATIONS_FOLDER when the files lie
 * elsewhere, and ASSUME_ROLES (a JSON list) where the environment's own credentials are not those of the deployment.
 */
import { join } from "node:path";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { roleChain } from "./migrator/credentials";
import { readMigrations } from "./migrator/files";
import { migrate } from "./migrator/migrate";
import { readSettings } from "./migrator/settings";
import { Warehouse } from "./migrator/warehouse";

// that a later SDK will want a later Node is nothing that a deployment has to say
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

async function main(): Promise<void> {
    const settings = readSettings(process.env);
    const folder = settings.folder ?? join(__dirname, "migrations");
    const migrations = readMigrations(folder, settings.variables);
    const { region } = settings;
    const credentials = roleChain(region, settings.assumeRoles);
    const client = new RedshiftDataClient({
        region,
        maxAttempts: 8, // for throttling; what a new cluster answers in its first minutes is retried by the warehouse
        ...(credentials === undefined ? {} : { credentials }),
    });
    try {
        await migrate(new Warehouse(client, settings), migrations, (line) => {
            console.log(line);
        });
    } finally {
        client.destroy();
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
});
