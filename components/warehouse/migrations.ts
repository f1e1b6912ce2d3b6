/** The objects in the database, brought there by `etl/migrate.ts` on every deployment that changes them. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { siteOf } from "../iam";

/** The project that this file belongs to, which may lie in another's `node_modules`. */
const projectFolder = join(__dirname, "..", "..");

/** A role to assume, in the names of the AWS provider's own configuration. */
export interface AssumedRole {
    readonly roleArn: string;
    readonly externalId?: string;
    readonly sessionName?: string;
    readonly sourceIdentity?: string;
    /** JSON of a policy that restricts the session. */
    readonly policy?: string;
    readonly policyArns?: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
    readonly transitiveTagKeys?: readonly string[];
}

/**
 * Whose credentials the migrator's role is assumed with, as a provider that was configured for the rest of the deployment has
 * it. No secrets are among them: they would be written to the environment of a command.
 */
export interface MigrationCredentials {
    /** Profile of AWS's configuration files. @default `AWS_PROFILE`, or else whatever the environment has */
    readonly profile?: string;

    /** Roles to assume with them, one after the other, as `aws:assumeRoles` has them. @default none */
    readonly assumeRoles?: readonly AssumedRole[];
}

/** Arguments of {@link applyMigrations}. */
export interface MigrationsArgs {
    readonly clusterIdentifier: pulumi.Input<string>;
    readonly databaseName: pulumi.Input<string>;
    readonly adminSecretArn: pulumi.Input<string>;
    /** Values of the placeholders in the files. */
    readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
    /** @default `etl/migrations` of this project */
    readonly folder: string | undefined;
    /** Role that the statements run as. */
    readonly roleArn: pulumi.Input<string>;
    /** What it is assumed with. @default the environment's */
    readonly credentials: MigrationCredentials | undefined;
    /** What has to be there before. */
    readonly dependsOn: pulumi.Resource[];
}

/**
 * Creates the command as a child of `warehouse`. It runs where the deployment runs, on a session of the migrator's role, which
 * it assumes with the credentials of its environment or those it is told of: no password is in its arguments, its environment
 * or the stack's state, only where one is kept.
 */
export function applyMigrations(
    warehouse: pulumi.ComponentResource,
    deployment: string,
    args: MigrationsArgs,
): command.local.Command {
    const run = "node --import tsx etl/migrate.ts";
    const { profile, assumeRoles = [] } = args.credentials ?? {};
    const variables = pulumi.jsonStringify(args.variables);
    const folder = resolve(args.folder ?? join(projectFolder, "etl", "migrations"));
    return new command.local.Command(
        `${deployment}-migrations`,
        {
            create: run,
            update: run,
            // relative, so that two machines with the project in different places see no difference
            dir: relative(process.cwd(), projectFolder) || ".",
            environment: {
                CLUSTER_IDENTIFIER: args.clusterIdentifier,
                DATABASE: args.databaseName,
                ADMIN_SECRET_ARN: args.adminSecretArn,
                MIGRATION_VARIABLES: variables,
                AWS_REGION: siteOf(warehouse).region,
                ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
                ASSUME_ROLES: pulumi.jsonStringify([...assumeRoles, { roleArn: args.roleArn }]),
                ...(args.folder === undefined
                    ? {}
                    : { MIGRATIONS_FOLDER: relative(projectFolder, folder) }),
            },
            triggers: [...hashes(folder), variables],
        },
        { parent: warehouse, dependsOn: args.dependsOn },
    );
}

/** `name sha256` of every migration. */
function hashes(folder: string): string[] {
    return readdirSync(folder)
        .filter((file) => file.endsWith(".sql"))
        .sort()
        .map((file) => {
            const content = readFileSync(join(folder, file));
            return `${file} ${createHash("sha256").update(content).digest("hex")}`;
        });
}
