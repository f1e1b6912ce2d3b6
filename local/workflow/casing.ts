/** Names of members as Step Functions writes them: every one begins with a capital, whatever the service's API does. */
import { NormalizedSchema } from "@smithy/core/schema";

/** The parameters of a Task with the API's own names: `Name` as `name`, where the API has it so. */
export function toApi(parameters: unknown, schema: unknown): any {
    return recase(parameters, NormalizedSchema.of(schema as never), (member) => member);
}

/** The API's answer as a Task's result has it. */
export function fromApi(answer: unknown, schema: unknown): any {
    return recase(answer, NormalizedSchema.of(schema as never), capitalised);
}

function capitalised(member: string): string {
    return member.charAt(0).toUpperCase() + member.slice(1);
}

/** Keys of maps and documents are the user's: only members of structures are renamed. */
function recase(value: any, schema: NormalizedSchema, rename: (member: string) => string): any {
    if (
        value === null ||
        typeof value !== "object" ||
        value instanceof Date ||
        ArrayBuffer.isView(value)
    )
        return value;
    if (schema.isListSchema()) {
        return Array.isArray(value)
            ? value.map((item) => recase(item, schema.getValueSchema(), rename))
            : value;
    }
    if (schema.isMapSchema()) {
        return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [
                key,
                recase(item, schema.getValueSchema(), rename),
            ]),
        );
    }
    if (!schema.isStructSchema() && !schema.isUnionSchema()) return value;
    const members = new Map<string, [string, NormalizedSchema]>();
    for (const [member, of] of schema.structIterator())
        members.set(capitalised(member), [member, of]);
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
            const [member, of] = members.get(capitalised(key)) ?? [];
            // a name that the API does not have stays: the service refuses it, or ignores it, as it would in AWS
            return member === undefined || of === undefined
                ? [key, item]
                : [rename(member), recase(item, of, rename)];
        }),
    );
}
