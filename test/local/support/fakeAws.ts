/** An AWS of one test: operations answered by functions, behind the real gateway. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApi } from "../../../local/api";
import { startGateway, type Gateway } from "../../../local/gateway";
import type { Handlers } from "../../../local/gateway/call";
import { deployer } from "../../../local/gateway/identities";
import { json } from "../../../local/gateway/replies";
import { Processes } from "../../../local/processes";
import { noProfiles, Sessions, type Context } from "../../../local/services/context";
import { writeFileSync } from "node:fs";

/** What a test works with. */
export interface FakeAws {
    readonly gateway: Gateway;
    readonly context: Context;
    /** Lines of progress, `source: line`. */
    readonly said: readonly string[];
    close(): Promise<void>;
}

const session = (accessKeyId: string) =>
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** Starts it. Logs and metrics are taken and forgotten. Roles can be assumed: the access key of a session is `ASIA-` and the role's name. */
export async function fakeAws(handlers: Handlers): Promise<FakeAws> {
    const gateway = await startGateway({ backend: "http://127.0.0.1:1" }); // nothing listens: no handler, no answer
    gateway.handle({
        "sts:AssumeRole": (call) => {
            const role = new URLSearchParams(call.body.toString()).get("RoleArn") ?? "";
            const body = Buffer.from(session(`ASIA-${role.split("/").at(-1) ?? ""}`));
            gateway.identities.learn(call.body, body);
            return Promise.resolve({ status: 200, headers: { "content-type": "text/xml" }, body });
        },
        "logs:*": () => Promise.resolve(json({})),
        "monitoring:*": () => Promise.resolve(json({})),
        ...handlers,
    });
    const runFolder = mkdtempSync(join(tmpdir(), "loglake-test-"));
    writeFileSync(join(runFolder, noProfiles), "");
    const processes = new Processes();
    const said: string[] = [];
    const context: Context = {
        gateway,
        sessions: new Sessions(gateway, "eu-west-1"),
        backend: createApi({
            endpoint: gateway.endpoint, // the handlers are all there is
            region: "eu-west-1",
            credentials: deployer,
        }),
        processes,
        region: "eu-west-1",
        accountId: "123456789012",
        runFolder,
        progress: (source, line) => said.push(`${source}: ${line}`),
    };
    return {
        gateway,
        context,
        said,
        close: async () => {
            await processes.close();
            await gateway.close();
            rmSync(runFolder, { recursive: true, force: true });
        },
    };
}

/** A handler that answers with what `answer` makes of the JSON input. */
export function answering(answer: (input: any) => unknown): Handlers[string] {
    return (call) => Promise.resolve(json(answer(JSON.parse(call.body.toString() || "{}"))));
}
