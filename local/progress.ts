/** What a run shows while it goes: plain lines, so that it reads the same in a terminal, a file and a CI log. */
import { reasonOf } from "./failure";
import type { Resource } from "./program/mockEngine";
import type { StateEvent } from "./workflow";

/** What a reader calls those who work beside. */
const workers: Readonly<Record<string, string>> = {
    command: "migrate",
    job: "glue job",
    step: "spark",
    function: "planner",
};

/** Tells how a run goes. */
export class Progress {
    private readonly started = performance.now();

    constructor(private readonly write: (line: string) => void = console.log) {}

    /** Begins a part of the run. */
    heading(text: string): void {
        this.write(`\n${text}`);
    }

    /** A line of a part. */
    line(text: string): void {
        this.write(`  ${text}`);
    }

    /** A line of somebody who works beside, such as `job loglake-dev-load`: the first word says who. */
    from(source: string, text: string): void {
        const who = workers[source.split(" ")[0] ?? ""] ?? source;
        this.write(`    ${who.padEnd(9)} ${text.replace(/^loglake-spark: /, "")}`);
    }

    /** Resources by the component that holds them. */
    deployed(resources: readonly Resource[]): void {
        const counts = new Map<string, number>();
        for (const { urn, custom } of resources) {
            if (!custom) continue;
            const component = componentOf(urn);
            counts.set(component, (counts.get(component) ?? 0) + 1);
        }
        for (const [component, count] of counts) {
            this.line(`${component.padEnd(22)} ${String(count).padStart(4)} resources`);
        }
    }

    /** A state of the workflow, when it is entered and when it is left. */
    state({ state, type, what, seconds, error }: StateEvent): void {
        if (type !== "Task") return;
        if (what === "entered") this.line(`${state} ...`);
        else if (what === "left") this.line(`${state} ${seconds.toFixed(1)} s`);
        else if (what !== "caught" && error !== undefined) {
            this.line(`${state} ${what} after ${seconds.toFixed(1)} s: ${reasonOf(error)}`);
        }
    }

    /** Seconds since the run began. */
    seconds(): number {
        return (performance.now() - this.started) / 1000;
    }
}

/** The outermost component of this project that a URN lies in, such as `RawLake`. */
function componentOf(urn: string): string {
    const types = (urn.split("::")[2] ?? "").split("$");
    return (
        types.find((type) => type.startsWith("loglake:index:"))?.slice("loglake:index:".length) ??
        "stack"
    );
}
