import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/", ".loglake/", "policies/bin/", "**/*.cjs", "**/*.mjs"] },
    ...tseslint.configs.strictTypeChecked,
    {
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        rules: {
            // an Output in a template prints its warning text, not its value
            "@typescript-eslint/restrict-template-expressions": ["error", {}],
        },
    },
    {
        // inputs of resources, answers of AWS and syntax trees of SQL have no static type
        files: ["local/**/*.ts", "test/**/*.ts"],
        rules: {
            "@typescript-eslint/no-unsafe-member-access": "off",
            "@typescript-eslint/no-unsafe-assignment": "off",
            "@typescript-eslint/no-unsafe-argument": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-return": "off",
            "@typescript-eslint/no-explicit-any": "off",
        },
    },
    {
        files: ["test/**/*.ts"],
        rules: {
            // chai's assertions are expressions
            "@typescript-eslint/no-unused-expressions": "off",
        },
    },
);
