/** The package has no types of its own that resolve. */
declare module "asl-validator" {
    /** Validates a definition, into which it writes defaults. */
    export default function validate(definition: object): {
        readonly isValid: boolean;
        readonly errorsText: (separator: string) => string;
    };
}
