/** What the policies of one process remember between them: exemptions, and what couldn't be judged. */
import type { PolicyResource } from "@pulumi/policy";
import { Exemptions, type ExemptionSettings } from "./exemptions";
import { Stack } from "./stack";
import type { Unjudged } from "./verdict";

/** Shortest reason, in characters, and longest life, in days, of an exemption. */
export const exemptionDefaults = { minimumReasonLength: 40, maximumDays: 366 };

class Ledger {
    exemptions = new Exemptions({ ...exemptionDefaults, entries: [] }, new Set());
    /** URNs of the resources that were judged one by one. */
    readonly judged = new Set<string>();
    private policies: ReadonlySet<string> = new Set();
    private settings = "";
    private readonly resource = new Map<string, Unjudged[]>();
    private stack: Unjudged[] = [];
    private lastStack:
        { readonly of: readonly PolicyResource[]; readonly stack: Stack } | undefined;

    /** Tells which policies there are; exemptions must name one of them. */
    register(policies: readonly string[]): void {
        this.policies = new Set(policies);
    }

    /** Reads exemptions where they changed; every policy after this one goes by them. */
    configure(settings: ExemptionSettings): void {
        const key = JSON.stringify(settings);
        if (key === this.settings) return;
        this.settings = key;
        this.exemptions = new Exemptions(settings, this.policies);
    }

    noteResource(unjudged: Unjudged): void {
        const { urn } = unjudged.subject;
        const noted = this.resource.get(urn);
        if (noted === undefined) this.resource.set(urn, [unjudged]);
        else noted.push(unjudged);
    }

    /** What couldn't be judged of the resource `urn`; forgotten then. */
    takeResource(urn: string): readonly Unjudged[] {
        const noted = this.resource.get(urn) ?? [];
        this.resource.delete(urn);
        return noted;
    }

    noteStack(unjudged: Unjudged): void {
        this.stack.push(unjudged);
    }

    /** What couldn't be judged of the stack; forgotten then. */
    takeStack(): readonly Unjudged[] {
        const noted = this.stack;
        this.stack = [];
        return noted;
    }

    /**
     * The stack of `resources`. The server makes new objects of them for each policy, but in the same order, and only
     * one stack is analyzed at a time: `startStack` says when another begins.
     */
    stackOf(resources: readonly PolicyResource[]): Stack {
        this.lastStack ??= { of: resources, stack: new Stack(resources) };
        return this.lastStack.stack;
    }

    startStack(): void {
        this.lastStack = undefined;
        this.stack = [];
    }
}

/** The one of this process. */
export const ledger = new Ledger();
