/** Everything that stands in for AWS, behind one endpoint: started together, ended together. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createApi, type Api, type ApiCall } from "./api";
import { createIn } from "./deploy";
import type { Target } from "./deploy/types";
import { startGateway, type Gateway } from "./gateway";
import { deployer, type Credentials } from "./gateway/identities";
import { createGate, type Gate, type GateMode } from "./iam/gate";
import { startMoto } from "./moto";
import { Processes } from "./processes";
import { standInSite, type Create } from "./program/mockEngine";
import {
    awsEnvironment,
    noProfiles,
    plainEnvironment,
    Sessions,
    type Context,
    type Principal,
    type Progress,
} from "./services/context";
import { startRedshift, type Redshift } from "./redshift/dataApi";
import { sparkHomeOf } from "./services/classArchive";
import { crawlers } from "./services/crawler";
import { emr } from "./services/emr";
import { executions, type Executions } from "./services/executions";
import { glueJobs } from "./services/glueJobs";
import { lambda } from "./services/lambda";
import { logHandlers } from "./services/logs";
import { withoutKeys } from "./services/s3a";
import type { SparkInstallation } from "./services/spark";
import { UserError, type Toolchain } from "./setup";
import type { Execution, ExecutionOptions } from "./workflow";

const { accountId, region } = standInSite;
const root = join(__dirname, "..");

/** Options of {@link startServices}. */
export interface ServiceOptions {
    readonly toolchain: Toolchain;
    /** Folder for what the run leaves: logs, scratch files, the record of calls. */
    readonly folder: string;
    /** Port of the endpoint on 127.0.0.1. @default 0, a free one */
    readonly port?: number;
    /** Cores that Spark uses. @default 2 */
    readonly cores?: number;
    /** Memory of Spark's one JVM. @default "1g" */
    readonly memory?: string;
    /** Whether there is more to do for Spark than a minute's work, some 300 MB of logs or more. @default false */
    readonly isLongRun?: boolean;
    /** What is done about requests that IAM would refuse; `off` looks at none. @default "enforce" */
    readonly permissions?: GateMode | "off";
    /** Told what the services do. @default nobody */
    readonly onProgress?: Progress;
}

/** The running services. */
export interface Services {
    /** `http://127.0.0.1:<port>`, for every AWS client. */
    readonly endpoint: string;
    readonly region: string;
    readonly gateway: Gateway;
    /** What the deployer signs with: the one administrator. */
    readonly credentials: Credentials;
    /** Calls as the deployer. */
    readonly api: Api;
    /** What every request passes. */
    readonly gate: Gate;
    /** The calls that the deployment, the crawler and the workflow made, before the SDK wrote them down. */
    readonly apiCalls: readonly ApiCall[];
    /** Creates resources here: for {@link runProgram}. */
    readonly create: Create;
    /** A session of a role, as a service or another session gets one. */
    assume(roleArn: string, by: Principal): Promise<Credentials>;
    /** Runs the deployed state machine to its end, as its role. */
    runWorkflow(stateMachineArn: string, options: ExecutionOptions): Promise<Execution>;
    /** Rejects when a service ends though nobody has closed it. */
    readonly broken: Promise<never>;
    /** Ends every process and frees the port. A second call does nothing. */
    close(): Promise<void>;
}

/** Starts the services. @throws Error when the port is taken or moto does not start; nothing is left running then. */
export async function startServices(options: ServiceOptions): Promise<Services> {
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(join(options.folder, noProfiles), "");
    const processes = new Processes();
    const { python } = options.toolchain;
    const { endpoint: moto, ended } = startMoto(processes, python);
    const closing: (() => Promise<void>)[] = [() => processes.close()];
    let isOpen = true;
    const close = async () => {
        isOpen = false;
        for (const end of closing.splice(0).reverse()) await end();
    };
    const broken = new Promise<never>((_, reject) => {
        void ended.then((how) => {
            if (isOpen) reject(new UserError(`a service of the run is gone: ${how}`));
        });
    });
    broken.catch(() => undefined); // whoever runs something races it
    try {
        const recordFile = join(options.folder, "calls.jsonl");
        const warehouseFolder = join(options.folder, "redshift");
        rmSync(recordFile, { force: true });
        rmSync(warehouseFolder, { recursive: true, force: true }); // an earlier run's, whose lake is gone
        const port = options.port ?? 0;
        const gateway = await startGateway({
            backend: moto,
            port,
            recordFile,
            middlewares: [withoutKeys],
        });
        closing.push(() => gateway.close());
        const apiCalls: ApiCall[] = [];
        const backend = pastTheGate(moto);
        const clusterTags = new Map<string, Readonly<Record<string, string>>>();
        const gate = createGate({
            mode: options.permissions === "observe" ? "observe" : "enforce",
            identities: gateway.identities,
            backend,
            site: { region, accountId },
            tagsOf: (arn) => clusterTags.get(arn) ?? {},
        });
        if (options.permissions !== "off") gateway.use(gate.middleware);
        const context: Context = {
            gateway,
            backend,
            sessions: new Sessions(gateway, region, (call) => apiCalls.push(call)),
            processes,
            region,
            accountId,
            runFolder: options.folder,
            progress: (source, line) => {
                // what breaks because everything is being ended is no news
                if (isOpen) options.onProgress?.(source, line);
            },
        };
        const installation = sparkInstallation(options, await sparkHomeOf(python));
        for (const handlers of [
            crawlers(context),
            glueJobs(context, installation),
            emr(context, installation, clusterTags),
            lambda(context),
            logHandlers,
        ]) {
            gateway.handle(handlers);
        }
        const redshift = await startRedshift({
            endpoint: gateway.endpoint,
            region,
            folder: warehouseFolder,
            credentialsFor: (role, externalId) =>
                context.sessions.assume(
                    role,
                    { service: "redshift.amazonaws.com" },
                    { externalId },
                ),
        });
        closing.push(() => redshift.close());
        gateway.handle(redshift.handlers);
        const runs = executions(context);
        closing.push(() => {
            runs.close();
            return Promise.resolve();
        });
        gateway.handle(runs.handlers);
        await moto;
        return { ...deploymentOf(context, redshift, runs, apiCalls), gateway, gate, broken, close };
    } catch (error) {
        await close();
        throw error;
    }
}

function deploymentOf(
    context: Context,
    redshift: Redshift,
    runs: Executions,
    apiCalls: ApiCall[],
): Omit<Services, "gateway" | "gate" | "broken" | "close"> {
    const { gateway, sessions } = context;
    const identity = { endpoint: gateway.endpoint, region, credentials: deployer };
    const api = createApi({ ...identity, onCall: (call) => apiCalls.push(call) });
    const target: Target = {
        api,
        accountId,
        region,
        createWarehouse: (warehouse) => redshift.createCluster(warehouse),
        runCommand: (command, directory, variables) =>
            runCommand(context, command, directory, variables),
    };
    return {
        endpoint: gateway.endpoint,
        region,
        credentials: deployer,
        api,
        apiCalls,
        create: createIn(target),
        assume: (roleArn, by) => sessions.assume(roleArn, by),
        runWorkflow: (stateMachineArn, options) => runs.run(stateMachineArn, options),
    };
}

/** Calls to moto itself, once it listens. */
function pastTheGate(moto: Promise<string>): Api {
    const api = moto.then((endpoint) => createApi({ endpoint, region, credentials: deployer }));
    api.catch(() => undefined); // whoever starts moto reports it
    return async (service, operation, input) => (await api)(service, operation, input);
}

/** A command's variables, less a stack file's profile and the roles before the migrator's: they are of another account than this machine's. */
function ownOf(variables: Readonly<Record<string, string>>): Record<string, string> {
    const { ASSUME_ROLES, ...others } = variables;
    const own: Record<string, string> = { ...others };
    delete own["AWS_PROFILE"];
    if (ASSUME_ROLES === undefined) return own;
    const roles = JSON.parse(ASSUME_ROLES) as { readonly roleArn: string }[];
    return { ...own, ASSUME_ROLES: JSON.stringify(roles.slice(-1)) };
}

/** Runs a command of the program's as the deployer, in the project's folder unless it names another. */
async function runCommand(
    context: Context,
    command: string,
    directory: string | undefined,
    variables: Readonly<Record<string, string>>,
): Promise<string> {
    const lines: string[] = [];
    const { code, tail } = await context.processes.run({
        command: "/bin/sh",
        args: ["-c", command],
        cwd: directory ?? root,
        env: { ...plainEnvironment(), ...awsEnvironment(context, deployer), ...ownOf(variables) },
        onLine: (line) => {
            lines.push(line);
            context.progress("command", line);
        },
    });
    const output = lines.join("\n");
    appendFileSync(join(context.runFolder, "commands.log"), `${command}\n${output}\n`);
    if (code !== 0)
        throw new Error(`${command} ended with exit code ${String(code)}:\n${tail.join("\n")}`);
    return output;
}

function sparkInstallation(options: ServiceOptions, sparkHome: string): SparkInstallation {
    const { cores, memory, isLongRun } = options;
    return {
        ...options.toolchain,
        sparkHome,
        ...(cores === undefined ? {} : { cores }),
        ...(memory === undefined ? {} : { memory }),
        ...(isLongRun === undefined ? {} : { isLongRun }),
    };
}
