/** The user's or the system's wish that the run should end. */
import { UserError } from "./userError";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How often to look whether npm still runs, in milliseconds. */
const lookMilliseconds = 500;

/** Hears the wish, once; asking again while the run ends changes nothing. */
export class Interruption {
    /** The error that a run ends with that was asked to; undefined while nobody has asked. */
    error: UserError | undefined;
    /** Rejects with {@link error}. */
    readonly promise: Promise<never>;

    constructor() {
        this.promise = new Promise<never>((_, reject) => {
            const interrupt = () => {
                this.error ??= new UserError("stopped; everything that was started is ended");
                reject(this.error);
            };
            for (const signal of signals) process.on(signal, interrupt);
            whenParentEnds(interrupt);
        });
        this.promise.catch(() => undefined);
    }
}

/** npm passes a signal to the shell that it has started, which passes it to nobody: what is left of both is that they are gone. */
function whenParentEnds(interrupt: () => void): void {
    if (process.env["npm_lifecycle_event"] === undefined) return;
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) interrupt();
    }, lookMilliseconds).unref();
}
