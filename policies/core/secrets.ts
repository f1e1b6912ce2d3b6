/** Secrets that stand in settings, arguments and environments. */
import type { Property } from "./property";
import type { Verdict } from "./verdict";

/** Names of what is secret itself: a password, a secret key, a token. */
const secretName =
    /password|passwd|passphrase|pwd|(^|[-_.]|db)pass$|(secret|credentials?)([-_.]?(access[-_.]?)?(key|value|string|token))?$|token$|(api|access|private|signing)[-_.]?key$/i;
/** Names of what leads to a secret, or says something about it. */
const referenceName =
    /(arn|name|id|uri|url|path|ref|version|file|location|enabled|rotation|parameter|provider|class|policy|length|manager|alias)$/i;
const secretText = [
    /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@]+@/i,
    /\b(password|pwd|secret([-_.](access[-_.]?)?key)?)=[^\s;&$][^\s;&]*/i,
    /"\w*(password|pwd)"\s*:\s*"(?!arn:|[${])[^"]/i,
    /\bBearer\s+[\w.~+/-]{16}/,
    // tokens of Slack, GitHub and Stripe, and signed ones (JWT)
    /\b(xox[abprs]-[\w-]{10}|gh[pousr]_\w{30}|github_pat_\w{20}|sk_live_\w{10}|eyJ[\w-]{10,}\.eyJ[\w-]+\.[\w-]{10})/,
    /\bhooks\.slack\.com\/services\/\w/,
];
// What Step Functions takes from its state begins with `$.` or `{%`.
const referenceText =
    /^(arn:|s3:\/\/|\{\{resolve:|\{%|\$[.${]|secretsmanager:|ssm:|true$|false$|\/)/i;
/** A secret's name in Secrets Manager, such as `prod/warehouse`, where the setting isn't called a password. */
const pathOfSecret = /^[\w.-]+(\/[\w.+=@-]+)+$/;

/** True if a setting of this name holds a secret itself, rather than the name of one. */
export function isSecret(name: string, value: unknown): boolean {
    if (typeof value !== "string" || value === "") return false;
    if (secretText.some((pattern) => pattern.test(value))) return true;
    if (!isSecretName(name) || referenceText.test(value)) return false;
    return !(/(secret|credentials?)$/i.test(name) && pathOfSecret.test(value));
}

const isSecretName = (name: string) => secretName.test(name) && !referenceName.test(name);

/** No member of the map may hold a secret. The value found is never printed. */
export function expectNoSecrets(verdict: Verdict, map: Property, fix: string): void {
    if (map.unknown) verdict.unseen(map);
    for (const [name, member] of map.entries) {
        if (member.unknown && isSecretName(name)) verdict.unseen(member);
        else if (isSecret(name, member.value)) {
            verdict.violation({
                finding: `secret::${name}`,
                property: member.path,
                found: "a secret in clear text",
                fix,
            });
        }
    }
}

/** No argument may hold a secret: neither `--name=secret` nor the one that follows `--name`. */
export function expectNoSecretArguments(verdict: Verdict, list: Property, fix: string): void {
    if (list.unknown) verdict.unseen(list);
    let option = "";
    for (const item of list.items) {
        const [name = "", value] = (item.text ?? "").split(/=(.*)/s);
        const isOption = value === undefined && /^--?[a-z]/i.test(name);
        if (item.unknown && isSecretName(option)) verdict.unseen(item);
        else if (!isOption && (isSecret(option, item.text) || isSecret(name, value))) {
            verdict.violation({
                finding: `secret::${value === undefined ? option : name}`,
                property: item.path,
                found: "a secret in clear text",
                fix,
            });
        }
        option = isOption ? name : "";
    }
}
