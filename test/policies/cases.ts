/** Which cases the test files have for each policy, read from their sources: files run apart, in any order. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** What a policy is tried on. */
export interface Tried {
    readonly fails: number;
    readonly passes: number;
    /** Whether some value of a case is unknown, be it accepted or noted. */
    readonly unknown: boolean;
}

/** The cases of every `describePolicy` in this folder, by policy. */
export function triedPolicies(): ReadonlyMap<string, Tried> {
    const tried = new Map<string, Tried>();
    for (const file of readdirSync(__dirname).filter((name) => name.endsWith(".test.ts"))) {
        const text = readFileSync(join(__dirname, file), "utf8");
        visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), tried);
    }
    return tried;
}

function visit(node: ts.Node, tried: Map<string, Tried>): void {
    if (ts.isCallExpression(node) && node.expression.getText() === "describePolicy") {
        const [name, cases] = node.arguments;
        if (name !== undefined && ts.isStringLiteral(name) && cases !== undefined)
            tried.set(name.text, casesOf(cases));
    }
    ts.forEachChild(node, (child) => {
        visit(child, tried);
    });
}

function casesOf(cases: ts.Expression): Tried {
    const groups = new Map<string, ts.ObjectLiteralExpression>();
    for (const member of ts.isObjectLiteralExpression(cases) ? cases.properties : []) {
        if (ts.isPropertyAssignment(member) && ts.isObjectLiteralExpression(member.initializer))
            groups.set(member.name.getText(), member.initializer);
    }
    const count = (group: string) => groups.get(group)?.properties.length ?? 0;
    return {
        fails: count("fails"),
        passes: count("passes"),
        unknown: count("unseen") > 0 || /\bunknown\b/.test(groups.get("passes")?.getText() ?? ""),
    };
}
