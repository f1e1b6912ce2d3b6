/** Why an execution failed, as a user reads it. */
import { expect } from "chai";
import { reasonOf } from "../../local/failure";

const reason = (cause: unknown) =>
    reasonOf({
        name: "States.TaskFailed",
        cause: typeof cause === "string" ? cause : JSON.stringify(cause),
    });

describe("the reason of a failure", () => {
    it("is the message of a function's error", () => {
        const message = "none of the sources has files of 2026-03-04";
        expect(
            reason({ errorType: "NoData", errorMessage: message, trace: [`NoData: ${message}`] }),
        ).to.equal(message);
    });

    it("is what a step says, with its log", () => {
        const FailureDetails = {
            Reason: "Unknown Error.",
            Message: "can't read s3://raw/a.log",
            LogFile: "/tmp/log.txt",
        };
        expect(
            reason({
                Step: {
                    Config: { Args: ["spark-submit"] },
                    Status: { State: "FAILED", StateChangeReason: {}, FailureDetails },
                },
            }),
        ).to.equal("can't read s3://raw/a.log (log: /tmp/log.txt)");
    });

    it("is what a job's run says", () => {
        expect(reason({ JobRunState: "FAILED", ErrorMessage: "no manifest, no run" })).to.equal(
            "no manifest, no run",
        );
    });

    it("is a sentence of the program's own with what a service says in it", () => {
        expect(reason('crawler raw says: {"Status":"FAILED","ErrorMessage":"denied"}')).to.equal(
            "crawler raw says: denied",
        );
    });

    it("is the cause as it stands where nothing in it says why", () => {
        const gate = '5 of 9 lines are quarantined: {"no_match":5}';
        expect(reason(gate)).to.equal(gate);
        expect(reason("stopped {by hand")).to.equal("stopped {by hand");
        expect(reason("")).to.equal("States.TaskFailed");
    });
});
