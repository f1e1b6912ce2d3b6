/** `--keep`: the services stay up for other shells until Ctrl-C. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "./program/mockEngine";
import type { Services } from "./services";
import { stateFolder } from "./setup";

/** How another process finds the services of a run that is kept up. */
export interface KeptServices {
    readonly endpoint: string;
    readonly region: string;
    readonly clusterIdentifier: string;
    readonly databaseName: string;
    readonly adminSecretArn: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
}

/** File that describes them while they are up. */
export const keptFile = join(stateFolder, "services.json");

/** Prints how to use the services and never ends: the caller races it against Ctrl-C. */
export function keepUp(services: Services, outputs: Properties): Promise<never> {
    const { endpoint, region, credentials } = services;
    const kept: KeptServices = {
        endpoint,
        region,
        clusterIdentifier: String(outputs.clusterIdentifier),
        databaseName: String(outputs.databaseName),
        adminSecretArn: String(outputs.adminSecretArn),
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey,
    };
    writeFileSync(keptFile, JSON.stringify(kept, null, 2), { mode: 0o600 });
    process.once("exit", () => {
        rmSync(keptFile, { force: true });
    });
    console.log(`
The services stay up until Ctrl-C. From another shell:

  npm run sql -- "select * from logs.requests_by_hour limit 5"     Redshift
  npm run sql -- "select * from lake.quarantine limit 5"           Spectrum

  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey} AWS_DEFAULT_REGION=${region}
  aws --endpoint-url ${endpoint} s3 ls
  aws --endpoint-url ${endpoint} glue get-tables --database-name ${String(outputs.rawDatabaseName)}
`);
    return new Promise<never>(() => undefined);
}
