/** What the tests ask of a program that ran without an engine. */
import { runProgram, type Resource, type RunOptions } from "../../local/program/mockEngine";

export { standInSite } from "../../local/program/mockEngine";
export type { Resource } from "../../local/program/mockEngine";

/** Runs `program` with every value known, or as a preview, and returns what it registered. */
export const deploy = <T>(program: () => T | Promise<T>, options?: RunOptions) =>
    runProgram(program, options);

/** The resources of `type`, such as `aws:s3/bucket:Bucket`. */
export function all(resources: readonly Resource[], type: string): readonly Resource[] {
    return resources.filter((resource) => resource.type === type);
}

/** The one resource of `type` (and of `name`, where given). */
export function only(resources: readonly Resource[], type: string, name?: string): Resource {
    const found = all(resources, type).filter((r) => name === undefined || r.name === name);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const names = found.map((resource) => resource.name).join(", ");
    throw new Error(`expected one ${type} ${name ?? ""}, found ${String(found.length)}: ${names}`);
}

/** A policy document as an object, from a JSON input such as `policy` or `assumeRolePolicy`. */
export function parsed(json: unknown): any {
    if (typeof json !== "string") throw new Error(`expected JSON text, got ${String(json)}`);
    return JSON.parse(json);
}
