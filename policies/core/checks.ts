/** Judgements that many policies share. Each says nothing where the value is right, and `unseen` where it is unknown. */
import type { Property } from "./property";
import type { Verdict } from "./verdict";

/** How a single property is judged. */
export interface Expectation {
    /** What to do, as an order. */
    readonly fix: string;
    /** @default the property's path */
    readonly finding?: string;
    /** Whether nothing set is as good, because AWS or the provider then does the right thing. @default false */
    readonly absentIsFine?: boolean;
}

/** The property must be one of `accepted`; text and booleans are told apart as little as the provider does. */
export function expectOneOf(
    verdict: Verdict,
    property: Property,
    accepted: readonly unknown[],
    expectation: Expectation,
): void {
    const normal = accepted.map((value) => String(value).toLowerCase());
    expectThat(
        verdict,
        property,
        (value) => normal.includes(String(value).toLowerCase()),
        expectation,
    );
}

/** The property must be true. */
export function expectTrue(verdict: Verdict, property: Property, expectation: Expectation): void {
    expectOneOf(verdict, property, [true], expectation);
}

/** The property must be false, or not set. */
export function expectNotTrue(
    verdict: Verdict,
    property: Property,
    expectation: Expectation,
): void {
    expectOneOf(verdict, property, [false], { absentIsFine: true, ...expectation });
}

/** The property must be a number of at least `minimum`. */
export function expectAtLeast(
    verdict: Verdict,
    property: Property,
    minimum: number,
    expectation: Expectation,
): void {
    expectThat(verdict, property, () => (property.number ?? -Infinity) >= minimum, expectation);
}

/** Something must be set; what, doesn't matter, so that an unknown value is enough. */
export function expectSet(verdict: Verdict, property: Property, expectation: Expectation): void {
    const { value } = property;
    const empty = value === "" || (Array.isArray(value) && value.length === 0);
    if (property.absent || empty) breach(verdict, property, expectation);
}

/** The property must satisfy `test`. */
export function expectThat(
    verdict: Verdict,
    property: Property,
    test: (value: unknown) => boolean,
    expectation: Expectation,
): void {
    if (property.unknown) verdict.unseen(property);
    else if (property.absent) {
        if (expectation.absentIsFine !== true) breach(verdict, property, expectation);
    } else if (!test(property.value)) breach(verdict, property, expectation);
}

/**
 * The property must name a customer-managed key. An unknown value is enough: it is the output of a resource, while the
 * keys that AWS manages are named by literal aliases (`alias/aws/s3`), which are known.
 */
export function expectCustomerKey(
    verdict: Verdict,
    property: Property,
    expectation: Partial<Expectation> = {},
): void {
    const fix = expectation.fix ?? "set it to the ARN of a customer-managed KMS key";
    if (property.unknown) return;
    if (!isCustomerKey(property.value)) breach(verdict, property, { ...expectation, fix });
}

/** True for text that names a KMS key other than those that AWS manages or owns. */
export function isCustomerKey(value: unknown): boolean {
    if (typeof value !== "string" || value.trim() === "") return false;
    return (
        !/(^|[:/])(alias\/)?aws\/[\w-]+$/i.test(value) &&
        !/^(AWS_OWNED|AWS_MANAGED|AES256|default$)/i.test(value)
    );
}

function breach(verdict: Verdict, property: Property, { finding, fix }: Expectation): void {
    verdict.violation({
        finding: finding ?? property.path,
        property: property.path,
        found: property.value,
        fix,
    });
}
