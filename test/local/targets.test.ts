/** A state machine whose states lead nowhere is refused, as Step Functions refuses it. */
import { expect } from "chai";
import { requireTargets } from "../../local/workflow/targets";

describe("the states of a state machine", () => {
    const end = { Type: "Succeed" };
    const choice = { Type: "Choice", Choices: [{ Variable: "$.x", Next: "A" }], Default: "B" };
    const task = { Type: "Task", Next: "B", Catch: [{ ErrorEquals: ["States.ALL"], Next: "C" }] };

    it("may go to each other", () => {
        requireTargets({ StartAt: "Start", States: { Start: choice, A: task, B: end, C: end } });
    });

    for (const [what, definition, message] of [
        ["the start", { StartAt: "X", States: { A: end } }, "no state X, to which StartAt goes"],
        ["a next state", { States: { A: { Type: "Pass", Next: "X" } } }, "X, to which A goes"],
        ["a choice's rule", { States: { S: choice, B: end } }, "A, to which S goes"],
        ["a choice's default", { States: { S: choice, A: end } }, "B, to which S goes"],
        ["a catcher", { States: { A: task, B: end } }, "C, to which A goes"],
    ] as const) {
        it(`are refused without ${what}`, () => {
            expect(() => {
                requireTargets(definition);
            }).to.throw(message);
        });
    }

    it("may have parameters of any name", () => {
        requireTargets({ States: { A: { Type: "Pass", Parameters: { Next: "X" }, End: true } } });
    });
});
