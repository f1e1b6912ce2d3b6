/** Which file imports what, read off the sources. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";

export const root = join(__dirname, "..", "..");

/** A TypeScript file of the project. */
export interface SourceFile {
    /** Path from the root, with `/`. */
    readonly path: string;
    /** First folder of the path, or the name of a file at the root without its suffix. */
    readonly area: string;
    readonly text: string;
    /** Paths of the project's own files that it imports, also for their types alone. */
    readonly files: readonly string[];
    /** Packages that it imports, such as `@pulumi/aws`; Node's own begin with `node:`. */
    readonly packages: readonly string[];
}

/** Every TypeScript file. What is hidden, installed or built is not the project's. */
export function sourceFiles(): readonly SourceFile[] {
    return filesBelow(root, (name) => name.endsWith(".ts") && !name.endsWith(".d.ts")).map(read);
}

/** Paths of the files below `folder` whose name `accepts` accepts, sorted. */
export function filesBelow(folder: string, accepts: (name: string) => boolean): string[] {
    return readdirSync(folder, { withFileTypes: true })
        .filter(({ name }) => !/^(\.|node_modules$|bin$)/.test(name))
        .flatMap((entry) => {
            const path = join(folder, entry.name);
            if (entry.isDirectory()) return filesBelow(path, accepts);
            return accepts(entry.name) ? [path] : [];
        })
        .sort();
}

function read(file: string): SourceFile {
    const text = readFileSync(file, "utf8");
    const path = fromRoot(file);
    const specifiers = specifiersOf(path, text);
    const own = specifiers.filter((each) => each.startsWith("."));
    return {
        path,
        area: areaOf(path),
        text,
        files: own.map((each) => fromRoot(resolve(join(dirname(file), each)))),
        packages: specifiers.filter((each) => !each.startsWith(".")).map(packageOf),
    };
}

/** What every import names: at the top, for types, for re-export, or while the program runs. */
function specifiersOf(path: string, text: string): string[] {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
        const named =
            ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
                ? node.moduleSpecifier
                : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
                  ? node.arguments[0]
                  : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
                    ? node.argument.literal
                    : undefined;
        if (named !== undefined && ts.isStringLiteral(named)) found.push(named.text);
        ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
    return found;
}

/** First folder of a path, or the name of a file at the root. */
export function areaOf(path: string): string {
    return (path.split("/")[0] ?? "").replace(/\.\w+$/, "");
}

const fromRoot = (file: string): string => relative(root, file).split(sep).join("/");

function resolve(base: string): string {
    // a dynamic import names what the file becomes
    const candidates = [
        `${base}.ts`,
        base.replace(/\.js$/, ".ts"),
        join(base, "index.ts"),
        `${base}.d.ts`,
        base,
    ];
    const found = candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    if (found === undefined) throw new Error(`there is no ${fromRoot(base)}`);
    return found;
}

function packageOf(specifier: string): string {
    if (specifier.startsWith("node:")) return specifier;
    return specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
}

/** The first cycle among the files, as the paths along it; empty where there is none. */
export function findCycle(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
    const done = new Set<string>();

    function visit(file: string, path: readonly string[]): readonly string[] {
        if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
        if (done.has(file)) return [];
        for (const next of imports.get(file) ?? []) {
            const cycle = visit(next, [...path, file]);
            if (cycle.length > 0) return cycle;
        }
        done.add(file);
        return [];
    }

    for (const file of imports.keys()) {
        const cycle = visit(file, []);
        if (cycle.length > 0) return cycle;
    }
    return [];
}
