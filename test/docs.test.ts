import { readFileSync } from "node:fs";
import { expect } from "chai";
import { formatsPage, formatsText } from "../docs/generate";
import { formats, tables } from "../formats";

describe("docs/formats.md", () => {
    const page = readFileSync(formatsPage, "utf8");

    it("is what npm run docs makes", async () => {
        expect(page === (await formatsText()), "run npm run docs").to.equal(true);
    });

    it("has every column of every table and format", () => {
        const columns = [...formats, ...tables].flatMap((each) => each.columns);
        const missing = columns.filter(
            ({ name, comment }) =>
                !page
                    .split("\n")
                    .some((line) => line.includes(`\`${name}\``) && line.includes(comment)),
        );
        expect(missing).to.deep.equal([]);
    });

    it("shows the samples as they are", () => {
        for (const sample of formats.flatMap(({ samples }) => samples)) {
            expect(page).to.include(`\n${sample}\n`);
        }
    });
});
