/** What the tasks of a state machine ask of services. */
import { Property } from "../core/property";
import type { Subject } from "../core/subject";
import type { Verdict } from "../core/verdict";
import { parsed } from "./json";

export const machineType = "aws:sfn/stateMachine:StateMachine";

/** Parameters of the tasks of a state machine whose resource `services` matches; none of any other subject. */
export function tasksOf(subject: Subject, verdict: Verdict, services: RegExp): Property[] {
    if (subject.type !== machineType) return [];
    const definition = parsed(subject.at("definition"), verdict, "definition");
    return [...(definition === undefined ? [] : tasks(definition))]
        .filter(([, , resource]) => services.test(resource))
        .map(([, parameters]) => parameters);
}

/** A task's parameter; unknown where Step Functions takes it from the state, by a name that ends in `.$`. */
export function parameter(parameters: Property, path: string): Property {
    const names = path.split(".");
    const last = names.pop() ?? "";
    const parent = names.length === 0 ? parameters : parameters.at(names.join("."));
    const fromState = parent.entries.some(([name]) => name === `${last}.$`);
    return fromState ? Property.unknownAt(path) : parent.at(last);
}

/** Every Task state with its parameters, in parallel branches and maps too. */
export function* tasks(
    definition: Property,
): Generator<[name: string, parameters: Property, resource: string]> {
    for (const [name, state] of definition.at("States").entries) {
        const resource = state.at("Resource").text;
        if (resource !== undefined)
            yield [
                name,
                state.at("Parameters").absent ? state.at("Arguments") : state.at("Parameters"),
                resource,
            ];
        for (const branch of state.at("Branches").items) yield* tasks(branch);
        for (const inner of ["Iterator", "ItemProcessor"]) yield* tasks(state.at(inner));
    }
}
