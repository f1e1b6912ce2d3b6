/**
 * Conditions of a statement against what a request has.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { BlockList, isIPv6 } from "node:net";
import type { Condition } from "./document";
import { matchesArn, matchesText, withVariables, type RequestContext } from "./patterns";

/** Whether a value of the request satisfies a value of the policy. */
type Test = (wanted: string, value: string) => boolean;

const number = (compare: (value: number, wanted: number) => boolean): Test => {
    return (wanted, value) => compare(Number(value), Number(wanted));
};
const date = (compare: (value: number, wanted: number) => boolean): Test => {
    return (wanted, value) => compare(instant(value), instant(wanted));
};
const same: Test = (wanted, value) => wanted === value;
const sameIgnoringCase: Test = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();
const like: Test = (wanted, value) => matchesText(wanted, value);
const arnLike: Test = (wanted, value) => matchesArn(wanted, value);

/** Tests by operator in lower case; those of `not` are satisfied where the test is for none of the policy's values. */
const tests: Readonly<Record<string, { readonly test: Test; readonly not?: true }>> = {
    stringequals: { test: same },
    stringnotequals: { test: same, not: true },
    stringequalsignorecase: { test: sameIgnoringCase },
    stringnotequalsignorecase: { test: sameIgnoringCase, not: true },
    stringlike: { test: like },
    stringnotlike: { test: like, not: true },
    numericequals: { test: number((value, wanted) => value === wanted) },
    numericnotequals: { test: number((value, wanted) => value === wanted), not: true },
    numericlessthan: { test: number((value, wanted) => value < wanted) },
    numericlessthanequals: { test: number((value, wanted) => value <= wanted) },
    numericgreaterthan: { test: number((value, wanted) => value > wanted) },
    numericgreaterthanequals: { test: number((value, wanted) => value >= wanted) },
    dateequals: { test: date((value, wanted) => value === wanted) },
    datenotequals: { test: date((value, wanted) => value === wanted), not: true },
    datelessthan: { test: date((value, wanted) => value < wanted) },
    datelessthanequals: { test: date((value, wanted) => value <= wanted) },
    dategreaterthan: { test: date((value, wanted) => value > wanted) },
    dategreaterthanequals: { test: date((value, wanted) => value >= wanted) },
    bool: { test: sameIgnoringCase },
    binaryequals: { test: same },
    ipaddress: { test: inRange },
    notipaddress: { test: inRange, not: true },
    arnequals: { test: arnLike }, // the two behave alike
    arnlike: { test: arnLike },
    arnnotequals: { test: arnLike, not: true },
    arnnotlike: { test: arnLike, not: true },
};

/** Whether every condition of a statement is satisfied. @throws Error on an operator that IAM doesn't know. */
export function satisfied(conditions: readonly Condition[], context: RequestContext): boolean {
    return conditions.every((condition) => isSatisfied(condition, context));
}

function isSatisfied({ operator, key, values }: Condition, context: RequestContext): boolean {
    const [, set, base = "", ifExists] =
        /^(?:(foranyvalue|forallvalues):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
    const present = context.get(key);
    if (base === "null") return values.some((value) => (value === "true") === !present);
    const known = tests[base];
    if (known === undefined) throw new Error(`condition operator ${operator} does not exist`);

    const { test, not = false } = known;
    const wanted = values.flatMap((value) => withVariables(value, context) ?? []);
    const passes = (value: string) => wanted.some((each) => test(each, value)) !== not;
    if (present === undefined) {
        if (set === "forallvalues" || ifExists !== undefined) return true;
        return not && set === undefined; // what is not there is not equal to anything
    }
    return set === "forallvalues" || (set === undefined && not)
        ? present.every(passes)
        : present.some(passes);
}

/** ISO 8601, or seconds since 1970. */
function instant(text: string): number {
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inRange(range: string, address: string): boolean {
    const [base = "", bits] = range.split("/");
    const family = isIPv6(base) ? "ipv6" : "ipv4";
    const list = new BlockList();
    list.addSubnet(base, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
    return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
