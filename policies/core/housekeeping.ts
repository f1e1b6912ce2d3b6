/** The policies about the policies: exemptions, and what couldn't be judged. The first must open the pack. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { exemptionDefaults, ledger } from "./ledger";
import { described, option, values, type Metadata } from "./policy";
import { reportAt, type Unjudged } from "./verdict";

type Both = ResourceValidationPolicy & StackValidationPolicy;

const guide = "https://www.pulumi.com/docs/insights/policy/";

const exemptionOptions = {
    file: option(
        "",
        "JSON file of exemptions, relative to the pack; ../policy-exemptions.json where it exists",
    ),
    entries: option<readonly unknown[]>([], "exemptions beside those of the file", {
        items: { type: "object" },
    }),
    minimumReasonLength: option(
        exemptionDefaults.minimumReasonLength,
        "shortest reason, in characters",
    ),
    maximumDays: option(
        exemptionDefaults.maximumDays,
        "days from today after which no exemption may expire",
    ),
};

const explained: Metadata<typeof exemptionOptions> = {
    name: "policy-exemptions",
    title: "Exemptions are readable, explained, narrow and in force",
    risk: "An exemption without reason, owner or end is a hole in the policies that nobody will close.",
    severity: "high",
    remedy: "Give policy, finding, urn, reason, owner and expires; name one resource type and finding; renew or remove what has expired.",
    url: guide,
    options: exemptionOptions,
};

/** Runs before all others, for it reads the exemptions that they go by. */
export const exemptionsExplained: Both = {
    ...described(explained),
    validateResource: (args) => {
        configure(args.getConfig());
        ledger.judged.add(args.urn);
    },
    validateStack: (args, report) => {
        configure(args.getConfig());
        ledger.startStack();
        for (const { entry, kind, text } of ledger.exemptions.faults) {
            report(`exemption ${entry} ${text} [${kind}]`);
        }
    },
};

function configure(configured: Record<string, unknown>): void {
    const { file, entries, ...limits } = values(exemptionOptions, configured);
    ledger.configure({ ...limits, entries, file: file === "" ? undefined : file });
}

/** Runs after all others, when it is known which exemptions were needed. */
export const exemptionsUsed: StackValidationPolicy = {
    ...described({
        name: "policy-exemptions-used",
        title: "Every exemption is needed",
        risk: "An exemption that outlives its fault lets the fault come back unseen.",
        severity: "medium",
        remedy: "Remove entries that no resource needs; the ones in use are listed.",
        url: guide,
    }),
    validateStack: (args, report) => {
        const urns = args.resources.map((resource) => resource.urn);
        const unseen = new Set(pendingPolicies);
        const unused = ledger.exemptions.unused(
            urns,
            // A resource that was never judged by itself, or not in full, may still need its exemption.
            ({ policy }, matching) =>
                !unseen.has(policy) && matching.every((urn) => ledger.judged.has(urn)),
        );
        for (const { entry, kind, text } of unused) report(`exemption ${entry}: ${text} [${kind}]`);
        pendingPolicies.clear();
        const { inUse } = ledger.exemptions;
        if (inUse.length === 0) return;
        const lines = inUse.map(
            ({ exemption: { policy, finding, owner, expires, reason }, urns: of }) =>
                `${policy} [${finding}] on ${of.map((urn) => urn.split("::").pop()).join(", ")}, until ${expires}, ${owner}: ${reason}`,
        );
        reportAt(report, {
            message: `exemptions in use: ${lines.join("; ")} [in-use]`,
            enforcementLevel: "advisory",
            severity: "low",
        });
    },
};

/** Policies that left something unjudged since the exemptions were last looked at. */
const pendingPolicies = new Set<string>();

const unknownOptions = {
    strictUnknown: option(
        false,
        "whether what can't be judged yet is a violation rather than a note",
    ),
};

/** Says in one place what no policy could see. */
export const notEvaluated: Both = {
    ...described({
        name: "not-evaluated-at-preview",
        title: "Everything could be judged",
        risk: "A value that is only known during the update passes a preview unjudged; it is judged during the update itself.",
        severity: "low",
        remedy: "Name resources deterministically, so that ARNs and policy documents are known at preview.",
        url: guide,
        options: unknownOptions,
    }),
    validateResource: (args, report) => {
        const unjudged = ledger.takeResource(args.urn);
        say(
            unjudged,
            values(unknownOptions, args.getConfig()).strictUnknown,
            (message, enforcementLevel) => {
                reportAt(report, { message, enforcementLevel, severity: "low", urn: args.urn });
            },
        );
    },
    validateStack: (args, report) => {
        const unjudged = ledger.takeStack();
        say(
            unjudged,
            values(unknownOptions, args.getConfig()).strictUnknown,
            (message, enforcementLevel) => {
                reportAt(report, { message, enforcementLevel, severity: "low" });
            },
        );
    },
};

function say(
    unjudged: readonly Unjudged[],
    strict: boolean,
    tell: (message: string, level: "advisory" | "mandatory") => void,
): void {
    if (unjudged.length === 0) return;
    const properties = new Map<string, Set<string>>();
    for (const { policy, subject, property } of unjudged) {
        pendingPolicies.add(policy);
        const where = `${subject.type} "${subject.name}" ${property}`;
        properties.set(where, (properties.get(where) ?? new Set()).add(policy));
    }
    const lines = [...properties].map(
        ([where, policies]) => `${where} (${[...policies].join(", ")})`,
    );
    tell(
        `not evaluated at preview: ${lines.join("; ")} [not-evaluated]`,
        strict ? "mandatory" : "advisory",
    );
}
