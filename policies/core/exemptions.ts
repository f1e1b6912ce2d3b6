/** Violations that a team has accepted, each for a reason, on somebody's word, until a day. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** One accepted violation. */
export interface Exemption {
    /** Name of the policy. */
    readonly policy: string;
    /** The finding within it, as messages end with it, such as `Resource::*`. */
    readonly finding: string;
    /** URN of the resource; `*` stands for any run of characters. The whole URN must match. */
    readonly urn: string;
    /** Why the fault has to stay. */
    readonly reason: string;
    /** Who answers for it. */
    readonly owner: string;
    /** Last day on which it counts, `YYYY-MM-DD`. */
    readonly expires: string;
}

/** A fault of the exemptions themselves. */
export interface Fault {
    /** Says which entry, such as `[0] (s3-bucket-logging)`. */
    readonly entry: string;
    readonly kind: "unreadable" | "incomplete" | "unexplained" | "expired" | "too-wide" | "unused";
    readonly text: string;
}

/** Where exemptions come from and how strictly they are read. */
export interface ExemptionSettings {
    /** File with a JSON list of exemptions; relative to the folder of the pack. */
    readonly file?: string | undefined;
    /** Exemptions given in the configuration itself, beside those of the file. */
    readonly entries?: readonly unknown[] | undefined;
    /** Shortest reason that explains anything, in characters. */
    readonly minimumReasonLength: number;
    /** Days from today after which no exemption may expire. */
    readonly maximumDays: number;
}

/** The file that a stack keeps beside its program, where the pack is a folder of that program. */
export const defaultFile = "../policy-exemptions.json";

const fields = ["policy", "finding", "urn", "reason", "owner", "expires"] as const;
const dayMilliseconds = 86_400_000;

interface Entry {
    readonly exemption: Exemption;
    readonly label: string;
    readonly pattern: RegExp;
    /** The stacks that it is for. */
    readonly stacks: RegExp;
    /** True where nobody named the file: it may belong to another stack than the one that is judged. */
    readonly found: boolean;
}

/** All exemptions, and which of them were needed. */
export class Exemptions {
    /** Faults of the entries' form, found when they were read. */
    readonly faults: Fault[] = [];
    private readonly entries: Entry[] = [];
    private readonly used = new Map<Exemption, Set<string>>();

    constructor(
        settings: ExemptionSettings,
        private readonly policies: ReadonlySet<string>,
        private readonly now = new Date(),
    ) {
        const given = [
            ...this.read(settings.file).map((raw) => ({ raw, found: settings.file === undefined })),
            ...(settings.entries ?? []).map((raw) => ({ raw, found: false })),
        ];
        for (const [index, { raw, found }] of given.entries()) {
            this.admit(raw, `[${String(index)}]`, settings, found);
        }
    }

    /** True if an exemption covers this finding; it counts as used then. */
    cover(policy: string, finding: string, urn: string): boolean {
        const entry = this.entries.find(
            ({ exemption, pattern }) =>
                exemption.policy === policy && exemption.finding === finding && pattern.test(urn),
        );
        if (entry === undefined) return false;
        const urns = this.used.get(entry.exemption) ?? new Set();
        this.used.set(entry.exemption, urns.add(urn));
        return true;
    }

    /** Exemptions that were needed, and by which resources. */
    get inUse(): readonly { readonly exemption: Exemption; readonly urns: readonly string[] }[] {
        return [...this.used].map(([exemption, urns]) => ({ exemption, urns: [...urns] }));
    }

    /**
     * Entries that nothing needed among the resources `urns`, as far as `judged` says that they were put to the test.
     * An entry whose URN names another stack is left to that one. A file that nobody named, and of which no entry is for any
     * of the resources, is another stack's as a whole.
     */
    unused(
        urns: readonly string[],
        judged: (exemption: Exemption, matching: readonly string[]) => boolean,
    ): readonly Fault[] {
        const matching = new Map(
            this.entries.map((entry) => [entry, urns.filter((urn) => entry.pattern.test(urn))]),
        );
        const ours = [...matching].some(([{ found }, of]) => found && of.length > 0);
        return this.entries
            .filter((entry) => ours || !entry.found)
            .filter(({ stacks }) => urns.some((urn) => stacks.test(stackOf(urn))))
            .filter(({ exemption }) => !this.used.has(exemption))
            .filter((entry) => judged(entry.exemption, matching.get(entry) ?? []))
            .map(({ label }) => ({
                entry: label,
                kind: "unused",
                text: "no resource has this finding (any more); remove the entry",
            }));
    }

    private read(file: string | undefined): readonly unknown[] {
        const path = resolve(file ?? defaultFile);
        if (file === undefined && !belongsHere(path)) return [];
        try {
            const content: unknown = JSON.parse(readFileSync(path, "utf8"));
            if (!Array.isArray(content)) throw new Error("expected a JSON list");
            return content as unknown[];
        } catch (error) {
            this.faults.push({ entry: path, kind: "unreadable", text: String(error) });
            return [];
        }
    }

    private admit(raw: unknown, index: string, settings: ExemptionSettings, found: boolean): void {
        const given = (typeof raw === "object" && raw !== null ? raw : {}) as Record<
            string,
            unknown
        >;
        const missing = fields.filter(
            (field) => typeof given[field] !== "string" || given[field] === "",
        );
        const policy = typeof given.policy === "string" ? given.policy : "?";
        const label = `${index} (${policy})`;
        if (missing.length > 0) {
            const kind = missing.includes("reason") ? "unexplained" : "incomplete";
            this.faults.push({ entry: label, kind, text: `lacks ${missing.join(", ")}` });
            return;
        }
        const exemption = given as unknown as Exemption;
        const faults = [...this.formFaults(exemption, settings)];
        this.faults.push(...faults.map(([kind, text]) => ({ entry: label, kind, text })));
        if (faults.length > 0) return;
        const pattern = glob(exemption.urn);
        const stacks = glob(stackOf(exemption.urn));
        this.entries.push({ exemption, label, pattern, stacks, found });
    }

    private *formFaults(
        exemption: Exemption,
        settings: ExemptionSettings,
    ): Generator<[Fault["kind"], string]> {
        const { policy, finding, urn, reason, expires } = exemption;
        if (!this.policies.has(policy))
            yield ["incomplete", `names no policy of this pack: ${policy}`];
        if (reason.trim().length < settings.minimumReasonLength) {
            yield [
                "unexplained",
                `gives a reason of fewer than ${String(settings.minimumReasonLength)} characters`,
            ];
        }
        if (/^\*+$/.test(finding))
            yield ["too-wide", "covers every finding; name the one that is accepted"];
        if (tooWide(urn))
            yield [
                "too-wide",
                `covers ${urn}; name the resource's type and at least part of its name`,
            ];
        const end = Date.parse(`${expires}T23:59:59Z`);
        if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(end)) {
            yield ["incomplete", `expires on "${expires}", which is no day written YYYY-MM-DD`];
        } else if (end < this.now.getTime()) {
            yield [
                "expired",
                `expired on ${expires}; fix the finding or have the exemption renewed`,
            ];
        } else if (end > this.now.getTime() + (settings.maximumDays + 1) * dayMilliseconds) {
            yield [
                "too-wide",
                `expires on ${expires}, more than ${String(settings.maximumDays)} days from now`,
            ];
        }
    }
}

/** True if there is such a file, and it lies beside the program of the project that the engine names. */
function belongsHere(path: string): boolean {
    if (!existsSync(path)) return false;
    const program = join(dirname(path), "Pulumi.yaml");
    const project = process.env.PULUMI_NODEJS_PROJECT;
    if (project === undefined || !existsSync(program)) return true;
    const name = /^name:\s*["']?([^\s"'#]+)/m.exec(readFileSync(program, "utf8"))?.[1];
    return name === undefined || name === project;
}

/** A URN glob as an anchored expression. */
export function glob(pattern: string): RegExp {
    const literal = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literal.join(".*")}$`);
}

/** `urn:pulumi:stack::project` of a URN or a glob of URNs. */
const stackOf = (urn: string): string => urn.split("::", 2).join("::");

/** `urn:pulumi:stack::project::parents$type::name`: the type must be written out, and the name not be all wildcard. */
function tooWide(urn: string): boolean {
    const [, , type = "", ...name] = urn.split("::");
    return !/(^|[$*])[\w-]+:[\w/.-]+:\w+$/.test(type) || !/[^*]/.test(name.join("::"));
}
