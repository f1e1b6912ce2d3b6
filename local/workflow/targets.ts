/** Whether a definition's states lead to states that there are: Step Functions refuses one that doesn't when it is created. */

/** Names of the states that anything in `state` goes to: by `Next`, `Default`, a Choice's rules and Catch. */
function targets(state: unknown): string[] {
    if (typeof state !== "object" || state === null) return [];
    return Object.entries(state).flatMap(([key, value]: [string, unknown]) => {
        if ((key === "Next" || key === "Default") && typeof value === "string") return [value];
        // branches of Map and Parallel have states of their own, and Parameters may hold anything
        return key === "Choices" || key === "Catch" ? (value as unknown[]).flatMap(targets) : [];
    });
}

/** As much of a definition as says where its states lead to. */
export interface Definition {
    readonly StartAt?: string;
    readonly States: Readonly<Record<string, unknown>>;
}

/** @throws Error that names a state that is not there, and one that goes to it. */
export function requireTargets(definition: Definition): void {
    const ways = [
        ...(definition.StartAt === undefined ? [] : [["StartAt", definition.StartAt]]),
        ...Object.entries(definition.States).flatMap(([name, state]) =>
            targets(state).map((target) => [name, target]),
        ),
    ];
    for (const [from = "", to = ""] of ways) {
        if (to in definition.States) continue;
        throw new Error(`the state machine has no state ${to}, to which ${from} goes`);
    }
}
