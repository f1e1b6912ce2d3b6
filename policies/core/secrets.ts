/** Secrets that stand in settings, arguments and environments. */
import { Property } from "./property";
import type { Verdict } from "./verdict";

/** Names of what is secret itself: a password, a secret key, a token. */
const secretName =
    /password|passwd|passphrase|pwd|(^|[-_.]|db)pass$|(secret|credentials?)([-_.]?(access[-_.]?)?(key|value|string|token))?$|token$|(api|access|private|signing)[-_.]?key$/i;
/** Tokens that keep the place in a list or a run, or make a request count once. */
const placeToken =
    /(client|request|next|page|pagination|continuation|idempotency|task)[-_]?token$/i;
/** Names of what leads to a secret, or says something about it. */
const referenceName =
    /(arn|name|id|uri|url|path|ref|version|file|location|enabled|rotation|parameter|provider|class|policy|length|manager|alias)$/i;
const secretText = [
    /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@]+@/i,
    /(\b|_)(password|pwd|secret([-_.](access[-_.]?)?key)?)=["']?[^\s;&$"'<{`][^\s;&]*/i,
    /"\w*(password|pwd)"\s*:\s*"(?!arn:|[${<])[^"]/i,
    // SQL: PASSWORD 'text', SECRET_ACCESS_KEY 'text'
    /\b(password|secret_access_key|session_token)\s+'(?![\s${<])[^']/i,
    /\bBearer\s+[\w.~+/-]{16}/,
    // tokens of Slack, GitHub and Stripe, and signed ones (JWT)
    /\b(xox[abprs]-[\w-]{10}|gh[pousr]_\w{30}|github_pat_\w{20}|sk_live_\w{10}|eyJ[\w-]{10,}\.eyJ[\w-]+\.[\w-]{10})/,
    /\bhooks\.slack\.com\/services\/\w/,
];
// What Step Functions takes from its state begins with `$.` or `{%`, what EventBridge puts into a template stands in `<>`.
const referenceText =
    /^(arn:|s3:\/\/|\{\{resolve:|\{%|\$[.${]|secretsmanager:|ssm:|true$|false$|\/|<[\w.-]+>$)/i;
/** A secret's name in Secrets Manager, such as `prod/warehouse`, where the setting isn't called a password. */
const pathOfSecret = /^[\w.-]+(\/[\w.+=@-]+)+$/;

/** True if a setting of this name holds a secret itself, rather than the name of one. */
export function isSecret(name: string, value: unknown): boolean {
    if (typeof value !== "string" || value === "") return false;
    if (secretText.some((pattern) => pattern.test(value))) return true;
    if (!isSecretName(name) || referenceText.test(value)) return false;
    return !(/(secret|credentials?)$/i.test(name) && pathOfSecret.test(value));
}

const isSecretName = (name: string) =>
    secretName.test(name) && !referenceName.test(name) && !placeToken.test(name);

/** No member of the map may hold a secret. The value found is never printed. */
export function expectNoSecrets(verdict: Verdict, map: Property, fix: string): void {
    if (map.unknown) verdict.unseen(map);
    for (const [name, member] of map.entries) expectNoSecret(verdict, name, member, fix);
}

/** No argument may hold a secret: neither `--name=secret` nor the one that follows `--name`. */
export function expectNoSecretArguments(verdict: Verdict, list: Property, fix: string): void {
    if (list.unknown) verdict.unseen(list);
    let option = "";
    for (const item of list.items) {
        const [name = "", value] = (item.text ?? "").split(/=(.*)/s);
        const isOption = value === undefined && /^--?[a-z]/i.test(name);
        if (item.unknown) expectNoSecret(verdict, option, item, fix);
        else if (!isOption && (isSecret(option, item.text) || isSecret(name, value)))
            breach(verdict, value === undefined ? option : name, item, fix);
        option = isOption ? name : "";
    }
}

/** Nothing that the value holds may be a secret: at any depth, in text that is JSON too. */
export function expectNoSecretsWithin(verdict: Verdict, value: Property, fix: string): void {
    if (value.unknown) verdict.unseen(value);
    else judgeWithin(verdict, "", value, fix);
}

function judgeWithin(verdict: Verdict, name: string, property: Property, fix: string): void {
    const value = withinText(property);
    if (Array.isArray(value.value)) {
        expectNoSecretArguments(verdict, value, fix);
        for (const item of value.items)
            if (item.text === undefined && !item.unknown) judgeWithin(verdict, "", item, fix);
    } else if (value.entries.length > 0) {
        for (const [key, member] of value.entries)
            judgeWithin(verdict, nameOfPair(value, key) ?? key, member, fix);
    } else expectNoSecret(verdict, name, value, fix);
}

/** What stands in text that is JSON; anything else as it is. */
function withinText(property: Property): Property {
    if (!/^\s*[{[]/.test(property.text ?? "")) return property;
    try {
        return new Property(property.path, JSON.parse(property.text ?? ""));
    } catch {
        return property; // a template, or text that begins like JSON: judged as text
    }
}

/** The name that a pair such as `{"Name": "password", "Value": "..."}` gives to its value. */
function nameOfPair(pair: Property, key: string): string | undefined {
    if (!/^value$/i.test(key)) return undefined;
    return pair.entries.find(([name]) => /^(name|key)$/i.test(name))?.[1].text;
}

function expectNoSecret(verdict: Verdict, name: string, property: Property, fix: string): void {
    if (property.unknown && isSecretName(name)) verdict.unseen(property);
    else if (isSecret(name, property.value)) breach(verdict, name, property, fix);
}

function breach(verdict: Verdict, name: string, property: Property, fix: string): void {
    verdict.violation({
        finding: `secret::${name}`,
        property: property.path,
        found: "a secret in clear text",
        fix,
    });
}
