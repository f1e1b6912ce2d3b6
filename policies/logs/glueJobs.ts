/** Where Glue jobs log (https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html). */
import type { Property } from "../core/property";
import type { Subject } from "../core/subject";

/** Name of a role that a property names or gives the ARN of. */
export const roleNameOf = (role: Property): string | undefined => role.text?.split("/").pop();

const ownGroup = "--continuous-log-logGroup";
const ownPrefix = "--custom-logGroup-prefix";

/** True for a job whose arguments say where it logs, or may say so. */
export const namesGroups = (job: Subject): boolean =>
    [ownGroup, ownPrefix].some((name) => !job.at("defaultArguments").at(name).absent);

/**
 * Names of the groups that a Spark job writes to, each with others that would do; `undefined` for one that isn't
 * known yet. None where the job has neither configuration nor names of its own: all jobs of the account share those.
 */
export function jobGroups(job: Subject): readonly (readonly string[] | undefined)[] {
    const kind = job.at("command.name");
    if (kind.value === "pythonshell" || kind.value === "glueray") return [];
    const all = job.at("defaultArguments");
    const configuration = job.at("securityConfiguration");
    const continuous = all.at(ownGroup);
    const prefix = all.at(ownPrefix);
    if ([kind, all, configuration, continuous, prefix].some(({ unknown }) => unknown))
        return [undefined];
    const suffix = configuration.text;
    if (continuous.text !== undefined)
        return [[continuous.text, `${continuous.text}-${suffix ?? ""}`]];
    const folder = prefix.text ?? "/aws-glue/jobs";
    if (suffix === undefined && prefix.absent) return [];
    if (suffix === undefined) return kinds.map((name) => [`${folder}/${name}`]);
    const role = roleNameOf(job.at("roleArn"));
    if (role === undefined) return [undefined];
    return kinds.map((name) => [`${folder}/${suffix}-role/${role}/${name}`]);
}

const kinds = ["output", "error"] as const;
