/** The objects in the warehouse's database: the files of a folder, applied in order when the cluster stands. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { hashFile } from "../sourcePackage";

/** What is applied where. */
export interface MigrationsArgs {
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly databaseName: string;
    readonly adminSecretArn: pulumi.Input<string>;
    readonly region: pulumi.Input<string>;
    readonly folder: string | undefined;
    /** Values of the files' placeholders. */
    readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
}

const project = join(__dirname, "..", "..");

/**
 * Runs `etl/migrate.ts` on the deployer's machine whenever a file or a value has changed. It talks to the Data API with the
 * deployer's credentials and names the admin's secret, so that no password passes through it, its command line or the state.
 */
export function migrations(
    warehouse: pulumi.ComponentResource,
    name: string,
    { folder, ...args }: MigrationsArgs,
): command.local.Command {
    const files = folder ?? join(project, "etl", "migrations");
    const hashes = readdirSync(files)
        .filter((file) => file.endsWith(".sql"))
        .sort()
        .map((file) => `${file} ${hashFile(join(files, file))}`);
    const variables = pulumi.jsonStringify(args.variables);
    const run = "node --import tsx etl/migrate.ts";
    return new command.local.Command(
        `${name}-migrations`,
        {
            create: run,
            update: run,
            dir: project,
            environment: {
                CLUSTER_IDENTIFIER: args.clusterIdentifier,
                DATABASE: args.databaseName,
                ADMIN_SECRET_ARN: args.adminSecretArn,
                AWS_REGION: args.region,
                MIGRATION_VARIABLES: variables,
                ...(folder === undefined ? {} : { MIGRATIONS_FOLDER: folder }),
            },
            triggers: [...hashes, variables],
        },
        { parent: warehouse },
    );
}
