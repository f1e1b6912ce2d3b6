/** Ways from a right to all rights, judged over everything a role, user or group has. */
import { stackPolicy, type Policy } from "../core/policy";
import { coversAll } from "./arns";
import { binds, boundBy } from "./conditions";
import { labelOf, matches, type Statement } from "./document";
import { paths, type Path } from "./paths";
import { principalsOf, statementsOf } from "./principals";

const roleArn = ["arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"];

const escalation = stackPolicy({
    name: "iam-privilege-escalation",
    title: "No role can give itself more rights",
    risk: "Rights that look harmless one by one, also in separate documents, together lead to any right there is.",
    severity: "critical",
    remedy: "Take one of the actions away, or limit it: PassRole to roles by name and service, the others to named resources.",
    url: "https://pathfinding.cloud/",
    judge: (stack, verdictOn) => {
        for (const principal of principalsOf(stack)) {
            const verdict = verdictOn(principal.subject);
            for (const property of principal.unseen) verdict.unseen(property);
            const statements = statementsOf(principal);
            const found = paths.filter((path) => leads(path, statements));
            // Whoever has everything has every path; one finding says so.
            if (found.length > 12) {
                verdict.violation({
                    finding: "Escalation::*",
                    property: "policies",
                    found: `${String(found.length)} ways to more rights`,
                    fix: "grant only what is needed",
                });
                continue;
            }
            for (const { actions } of found) {
                const property = [
                    ...new Set(
                        actions.flatMap((action) => granting(action, statements).map(labelOf)),
                    ),
                ].join(", ");
                verdict.violation({
                    finding: `Escalation::${actions.join("+")}`,
                    property: `policies ${property}`,
                    found: actions.join(" with "),
                    fix: "take one away, or limit it to named resources",
                });
            }
        }
    },
});

function leads({ actions, when }: Path, statements: readonly Statement[]): boolean {
    return actions.every((action, index) => {
        const granted = granting(action, statements);
        if (granted.length === 0) return false;
        if (action === "iam:PassRole") return granted.some(passesAny);
        if (when === "always")
            return granted.some(
                (statement) => !boundBy(statement, /^iam:(PermissionsBoundary|PolicyARN)$/i),
            );
        return (
            actions[0] === "iam:PassRole" || index < actions.length - 1 || granted.some(isUnbounded)
        );
    });
}

/** True if the statement lets more than named roles be passed, or to any service. */
function passesAny(statement: Statement): boolean {
    const anyRole = statement.resources.some((resource) => coversAll(resource, roleArn));
    return (
        anyRole ||
        !statement.conditions.some(
            (condition) => /^iam:PassedToService$/i.test(condition.key) && binds(condition),
        )
    );
}

function isUnbounded(statement: Statement): boolean {
    if (statement.conditions.some(binds)) return false;
    return statement.resources.some(
        (resource) =>
            /^[*?]+$/.test(resource) ||
            /^arn:[^:]*:[^:]*:[^:]*:[^:]*:[\w-]*[/:]?\*$/.test(resource),
    );
}

/** Statements that allow `action`, where none refuses it outright. */
function granting(action: string, statements: readonly Statement[]): readonly Statement[] {
    const naming = statements.filter((statement) =>
        statement.actions.some((pattern) => matches(pattern, action)),
    );
    const refused = naming.some(
        ({ effect, conditions, resources }) =>
            effect === "Deny" && conditions.length === 0 && resources.includes("*"),
    );
    return refused ? [] : naming.filter(({ effect }) => effect === "Allow");
}

const passedService = stackPolicy({
    name: "iam-pass-role-service",
    title: "Roles are passed to the service that they trust",
    risk: "A role that is passed to another service than the one it is for can be put to other uses, or fails in the first run.",
    severity: "medium",
    remedy: "Set iam:PassedToService to the service in the passed role's trust policy.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    judge: (stack, verdictOn) => {
        const roles = stack.of("aws:iam/role:Role");
        for (const principal of principalsOf(stack)) {
            const verdict = verdictOn(principal.subject);
            for (const statement of granting("iam:PassRole", statementsOf(principal))) {
                const services = statement.conditions
                    .filter(({ key }) => /^iam:PassedToService$/i.test(key))
                    .flatMap(({ values }) => values);
                for (const role of roles.filter(({ identities }) =>
                    statement.resources.some((resource) =>
                        identities.some(
                            (id) => resource === id || resource.endsWith(`:role/${id}`),
                        ),
                    ),
                )) {
                    const trusted = trustedServices(role.at("assumeRolePolicy").text);
                    if (trusted === undefined || services.length === 0) continue;
                    const strange = services.filter((service) => !trusted.includes(service));
                    if (strange.length === 0) continue;
                    verdict.violation({
                        finding: `PassedTo::${role.name}`,
                        property: `policies ${labelOf(statement)}`,
                        found: `${strange.join(", ")} for a role that trusts ${trusted.join(", ") || "no service"}`,
                        fix: "name the service that the role trusts",
                    });
                }
            }
        }
    },
});

function trustedServices(trust: string | undefined): readonly string[] | undefined {
    const found = trust?.match(/[\w.-]+\.amazonaws\.com(\.cn)?/g);
    return found === null || found === undefined ? undefined : [...new Set(found)];
}

export const escalations: readonly Policy[] = [escalation, passedService];
