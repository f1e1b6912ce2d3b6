import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { runProgram, type Resource } from "../../local/program/mockEngine";

describe("the stand-in for the engine", () => {
    const attach = (roleOf: (role: aws.iam.Role) => any, options = {}) => {
        const program = () => {
            const role = new aws.iam.Role("r", { name: "team-r", assumeRolePolicy: "{}" });
            new aws.iam.RolePolicyAttachment("a", { role: roleOf(role), policyArn: "arn:aws:x" });
        };
        return runProgram(program, options).then(({ resources }) =>
            resources.find(({ name }) => name === "a"),
        );
    };
    const inputsOf = (resource: Resource | undefined) => resource?.inputs;

    it("gives a resource that is passed as an input by its id, as the engine does", async () => {
        const expected = { role: "team-r", policyArn: "arn:aws:x" };
        expect(inputsOf(await attach((role) => role))).to.deep.equal(expected);
        expect(inputsOf(await attach((role) => role.id))).to.deep.equal(expected);
    });

    it("gives it as unknown in a preview, and as a dependency", async () => {
        const byReference = await attach((role) => role, { preview: true });
        const byId = await attach((role) => role.id, { preview: true });
        expect(inputsOf(byReference)).to.deep.equal(inputsOf(byId));
        expect(byReference?.propertyDependencies["role"]).to.deep.equal([
            "urn:pulumi:dev::loglake::pulumi:pulumi:Stack$aws:iam/role:Role::r",
        ]);
    });
});
