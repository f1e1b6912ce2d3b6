/** What `@pulumi/aws` declares, read from its type declarations: importing the package takes seconds and 400 MB. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(require.resolve("@pulumi/aws/package.json"));
const declarations = new Map<string, ReadonlySet<string>>();
let types: string | undefined;

/** True if the provider has a resource of this token. */
export function hasType(token: string): boolean {
    const [, module = "", name = ""] = /^aws:([\w/]+):(\w+)$/.exec(token) ?? [];
    const file = join(root, `${module}.js`);
    return name !== "" && existsSync(file) && readFileSync(file, "utf8").includes(`'${token}'`);
}

/** Names that a resource of this token has neither as input nor as output. */
export function unknownProperties(token: string, names: readonly string[]): readonly string[] {
    let declared = declarations.get(token);
    if (declared === undefined) {
        const module = token.split(":")[1] ?? "";
        const text = readFileSync(join(root, `${module}.d.ts`), "utf8");
        declared = new Set(
            [...text.matchAll(/^ {4}(?:readonly )?(\w+)\??: /gm)].map(([, name]) => name ?? ""),
        );
        declarations.set(token, declared);
    }
    return names.filter((name) => name !== "id" && !declared.has(name));
}

/** Names, in objects below a resource's properties, that no type of its service has. */
export function unknownNested(token: string, names: readonly string[]): readonly string[] {
    types ??= readFileSync(join(root, "types", "output.d.ts"), "utf8");
    const service = token.split(":")[1]?.split("/")[0] ?? "";
    const start = types.indexOf(`export declare namespace ${service} {`);
    const end = types.indexOf("\nexport declare namespace ", start + 1);
    const slice = types.slice(start, end === -1 ? undefined : end);
    return names.filter((name) => !new RegExp(`^ +${name}\\??: `, "m").test(slice));
}
