/** A cluster of the stand-in behind the gateway, and clients for its users. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    BatchExecuteStatementCommand,
    DescribeStatementCommand,
    ExecuteStatementCommand,
    GetStatementResultCommand,
    RedshiftDataClient,
    type DescribeStatementCommandOutput,
    type ExecuteStatementCommandInput,
} from "@aws-sdk/client-redshift-data";
import { startGateway, type Gateway } from "../../local/gateway";
import { startRedshift } from "../../local/redshift/dataApi";

export const clusterIdentifier = "loglake-test";
export const databaseName = "logs";
export const adminSecretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redshift!admin";
export const warehouseRoleArn = "arn:aws:iam::123456789012:role/loglake-test-warehouse";

/** A running cluster. */
export interface TestCluster {
    readonly gateway: Gateway;
    /** External ids with which the cluster has assumed roles. */
    readonly externalIds: readonly string[];
    /** A client on a session of the role, or of no role. */
    client(roleName?: string): RedshiftDataClient;
    /** Runs a statement as the admin; the error of a failed one is thrown. */
    admin(sql: string): Promise<Row[]>;
    /** Runs a statement as the role's user. */
    as(roleName: string, sql: string): Promise<Row[]>;
    close(): Promise<void>;
}

/** Values of a row, as the API's fields have them. */
export type Row = (string | number | boolean | null)[];

/** Starts a cluster whose S3 and Glue are `backend`. */
export async function startCluster(backend?: string): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), "loglake-redshift-"));
    const nothing = backend === undefined ? await emptyBackend() : undefined;
    const gateway = await startGateway({ backend: backend ?? urlOf(nothing) });
    const externalIds: string[] = [];
    const redshift = await startRedshift({
        endpoint: gateway.endpoint,
        region: "eu-west-1",
        folder,
        credentialsFor: (roleArn, externalId) => {
            externalIds.push(externalId);
            return Promise.resolve(session(gateway, roleArn));
        },
    });
    gateway.handle(redshift.handlers);
    await redshift.createCluster({
        identifier: clusterIdentifier,
        databaseName,
        adminUserName: "loglake_admin",
        adminSecretArn,
        iamRoleArns: [warehouseRoleArn],
    });
    const clients: RedshiftDataClient[] = [];
    const client = (roleName?: string) => {
        const made = new RedshiftDataClient({
            endpoint: gateway.endpoint,
            region: "eu-west-1",
            credentials:
                roleName === undefined
                    ? { accessKeyId: "AKIADEPLOYER", secretAccessKey: "secret" }
                    : session(gateway, `arn:aws:iam::123456789012:role/${roleName}`),
        });
        clients.push(made);
        return made;
    };
    const deployer = client();
    return {
        gateway,
        externalIds,
        client,
        admin: (sql) => rowsOf(deployer, sql, { SecretArn: adminSecretArn }),
        as: (roleName, sql) => rowsOf(client(roleName), sql),
        close: async () => {
            for (const made of clients) made.destroy();
            await gateway.close();
            await redshift.close();
            nothing?.closeAllConnections();
            nothing?.close();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** A session of the role, which the gateway knows as it would from STS. */
export function session(gateway: Gateway, roleArn: string) {
    const credentials = {
        accessKeyId: `ASIA${roleArn.replace(/\W/g, "")}`,
        secretAccessKey: "secret",
        sessionToken: "token",
    };
    gateway.identities.learn(
        Buffer.from(new URLSearchParams({ RoleArn: roleArn }).toString()),
        Buffer.from(
            `<AccessKeyId>${credentials.accessKeyId}</AccessKeyId>` +
                `<SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>` +
                `<SessionToken>${credentials.sessionToken}</SessionToken>`,
        ),
    );
    return credentials;
}

/** Submits and waits. */
export async function run(
    client: RedshiftDataClient,
    request: Partial<ExecuteStatementCommandInput> & { readonly Sqls?: string[] },
): Promise<DescribeStatementCommandOutput> {
    const common = { ClusterIdentifier: clusterIdentifier, Database: databaseName };
    const { Sql = "", Sqls, ...rest } = request;
    const command =
        Sqls === undefined
            ? client.send(new ExecuteStatementCommand({ ...common, Sql, ...rest }))
            : client.send(new BatchExecuteStatementCommand({ ...common, Sqls, ...rest }));
    const { Id } = await command;
    for (;;) {
        const answer = await client.send(new DescribeStatementCommand({ Id }));
        if (["FINISHED", "FAILED", "ABORTED"].includes(answer.Status ?? "")) return answer;
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

async function rowsOf(
    client: RedshiftDataClient,
    sql: string,
    identity: Partial<ExecuteStatementCommandInput> = {},
): Promise<Row[]> {
    const answer = await run(client, { Sql: sql, ...identity });
    if (answer.Status !== "FINISHED") throw new Error(answer.Error);
    if (answer.HasResultSet !== true) return [];
    const { Records = [] } = await client.send(new GetStatementResultCommand({ Id: answer.Id }));
    return Records.map((record) =>
        record.map(
            ({ stringValue, longValue, doubleValue, booleanValue }) =>
                stringValue ?? longValue ?? doubleValue ?? booleanValue ?? null,
        ),
    );
}

/** For tests without S3: whatever is asked of it is a mistake. */
async function emptyBackend(): Promise<Server> {
    const server = createServer((_, response) => {
        response.writeHead(501).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
}

const urlOf = (server: Server | undefined): string =>
    `http://127.0.0.1:${String((server?.address() as AddressInfo).port)}`;
