import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { readSettings } from "../etl/migrator/settings";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** A request as the services see it: who signed it, and what it asks for. */
interface Seen {
    readonly signer: string;
    readonly parameters: Readonly<Record<string, string>>;
}

describe("Credentials of the migrations", () => {
    let server: Server;
    let seen: Seen[];
    let folder: string;

    beforeEach(async () => {
        seen = [];
        folder = mkdtempSync(join(tmpdir(), "loglake-credentials-"));
        // STS knows every role but `closed`; the Data API refuses everything, which ends the program
        server = createServer((request, response) => {
            void text(request).then((body) => {
                const parameters = Object.fromEntries(new URLSearchParams(body));
                seen.push({ signer: signerOf(request), parameters });
                const { RoleArn } = parameters;
                if (RoleArn === undefined) {
                    response.writeHead(400, { "x-amzn-errortype": "ValidationException" });
                    response.end(JSON.stringify({ message: "no further" }));
                } else if (RoleArn === role("closed")) {
                    response.writeHead(403, { "content-type": "text/xml" }).end(refusal);
                } else {
                    response.writeHead(200, { "content-type": "text/xml" }).end(answer(RoleArn));
                }
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
        server.closeAllConnections();
        server.close();
        rmSync(folder, { recursive: true });
    });

    /** What the program says of its failure, with `environment` beside what it always needs. */
    const migrate = (environment: Readonly<Record<string, string>>) =>
        new Promise<string>((resolve) => {
            const env = {
                PATH: process.env["PATH"],
                CLUSTER_IDENTIFIER: "logs",
                DATABASE: "logs",
                ADMIN_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin",
                MIGRATION_VARIABLES: JSON.stringify({
                    processed_database: "p",
                    warehouse_role_arn: "w",
                    loader_user: "l",
                    workflow_user: "u",
                }),
                AWS_REGION: "eu-west-1",
                AWS_ENDPOINT_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
                AWS_ACCESS_KEY_ID: "ENVIRONMENT",
                AWS_SECRET_ACCESS_KEY: "secret",
                ...environment,
            };
            const args = ["--import", "tsx", "etl/migrate.ts"];
            execFile("node", args, { cwd: join(__dirname, ".."), env }, (_, __, stderr) => {
                resolve(stderr);
            });
        });

    it("are the environment's", async () => {
        expect(await migrate({})).to.include("no further");
        expect(seen.map(({ signer }) => signer)).to.deep.equal(["ENVIRONMENT"]);
    });

    it("are the profile's before those", async () => {
        const file = join(folder, "credentials");
        writeFileSync(file, "[work]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n");

        await migrate({ AWS_PROFILE: "work", AWS_SHARED_CREDENTIALS_FILE: file });
        expect(seen.map(({ signer }) => signer)).to.deep.equal(["PROFILE"]);
    });

    it("are those of the last role, each of which the one before assumes", async () => {
        const roles = [
            {
                roleArn: role("hub"),
                sourceIdentity: "me",
                policyArns: ["arn:aws:iam::aws:policy/P"],
            },
            {
                roleArn: role("deployer"),
                externalId: "x",
                sessionName: "ci",
                tags: { team: "data" },
                transitiveTagKeys: ["team"],
            },
        ];

        await migrate({ ASSUME_ROLES: JSON.stringify(roles) });
        expect(seen.map(({ signer }) => signer)).to.deep.equal(["ENVIRONMENT", "hub", "deployer"]);
        expect(seen[0]?.parameters).to.include({
            Action: "AssumeRole",
            RoleArn: role("hub"),
            RoleSessionName: "loglake-migrations",
            SourceIdentity: "me",
            "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/P",
        });
        expect(seen[1]?.parameters).to.include({
            RoleArn: role("deployer"),
            ExternalId: "x",
            RoleSessionName: "ci",
            "Tags.member.1.Key": "team",
            "Tags.member.1.Value": "data",
            "TransitiveTagKeys.member.1": "team",
        });
    });

    it("say which role could not be assumed", async () => {
        const roles = [{ roleArn: role("hub") }, { roleArn: role("closed") }];
        const error = await migrate({ ASSUME_ROLES: JSON.stringify(roles) });
        expect(error.trim().split("\n").at(-1)).to.equal(
            `role ${role("closed")} can't be assumed: not for you`,
        );
    });

    it("are refused where the list of roles is none", () => {
        const settings = (ASSUME_ROLES: string) => () =>
            readSettings({
                CLUSTER_IDENTIFIER: "c",
                DATABASE: "d",
                ADMIN_SECRET_ARN: "a",
                AWS_REGION: "r",
                ASSUME_ROLES,
            });
        for (const wrong of ["", "{}", '[{"role": "x"}]', "[null]"]) {
            expect(settings(wrong), wrong).to.throw(
                `ASSUME_ROLES must be a JSON list of objects with a roleArn, got ${wrong}`,
            );
        }
        expect(settings("[]")().assumeRoles).to.deep.equal([]);
    });
});

/** The access key that a request was signed with. */
function signerOf({ headers }: IncomingMessage): string {
    return /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "nobody";
}

/** Credentials whose access key is the role's name. */
const answer = (roleArn: string) =>
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>` +
    `<AccessKeyId>${roleArn.split("/").pop() ?? ""}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>` +
    `<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>` +
    `</Credentials></AssumeRoleResult></AssumeRoleResponse>`;

const refusal =
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
    `<Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>`;
