/** Run in a process of its own: what the stacks would register more than a year later, as JSON on standard output. */
const laterMilliseconds = 400 * 24 * 60 * 60 * 1000;
const Present = Date;

// before anything of the program is loaded, since modules may look at the time as well
globalThis.Date = class extends Present {
    constructor(...args: any[]) {
        super(...((args.length === 0 ? [Present.now() + laterMilliseconds] : args) as [number]));
    }
    static override now(): number {
        return Present.now() + laterMilliseconds;
    }
} as DateConstructor;

async function main(): Promise<void> {
    const { registrations } = await import("./plain.js");
    const { deployed, stacks } = await import("./stacks.js");
    const result: Record<string, unknown> = { now: new Date().toISOString() };
    for (const stack of stacks) {
        result[stack] = await registrations((await deployed(stack)).resources);
    }
    process.stdout.write(JSON.stringify(result));
}

void main();
