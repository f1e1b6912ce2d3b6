/** Which files are logs, and where each belongs in the raw bucket. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { findLogs, newestDay, type LogChoice } from "../../local/logs";

const dt = "2026-03-04";
const line = '192.0.2.1 - - [04/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n';

describe("the user's logs", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "loglake-logs-"))));
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function write(...names: string[]): void {
        for (const name of names) {
            const path = join(folder, name);
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, /\.gz\b/.test(name) ? gzipSync(line) : line);
        }
    }

    function find(paths: readonly string[], choice: Partial<LogChoice> = {}) {
        return findLogs({ dt, ...choice, paths: paths.map((path) => join(folder, path)) });
    }

    const keys = (paths: readonly string[], choice: Partial<LogChoice> = {}) =>
        find(paths, choice).files.map((file) => file.key);

    it("keep their sources and days in a folder laid out as the raw bucket is", () => {
        write("web/dt=2026-03-03/a.log", "web/dt=2026-03-04/b.log", "shop/dt=2026-03-04/c.json");
        expect(keys(["."])).to.deep.equal([
            "shop/dt=2026-03-04/c.json",
            "web/dt=2026-03-03/a.log",
            "web/dt=2026-03-04/b.log",
        ]);
        expect(newestDay(find(["."]).files)).to.equal("2026-03-04");
        expect(keys(["web"])).to.deep.equal(["web/dt=2026-03-03/a.log", "web/dt=2026-03-04/b.log"]);
        expect(keys(["web/dt=2026-03-03"])).to.deep.equal(["web/dt=2026-03-03/a.log"]);
        expect(keys(["web/dt=2026-03-03/a.log"])).to.deep.equal(["web/dt=2026-03-03/a.log"]);
    });

    it("belong to a source of the name of their file or folder", () => {
        write("access.log", "app.json.gz", "My Site/x.log", "www.example.com-access.log");
        expect(
            keys(["access.log", "app.json.gz", "My Site", "www.example.com-access.log"]),
        ).to.deep.equal([
            `access/dt=${dt}/access.log`,
            `app/dt=${dt}/app.json.gz`,
            `my_site/dt=${dt}/x.log`,
            `www_example_com_access/dt=${dt}/www.example.com-access.log`,
        ]);
        expect(keys(["access.log", "My Site"], { source: "all" })).to.deep.equal([
            `all/dt=${dt}/access.log`,
            `all/dt=${dt}/x.log`,
        ]);
    });

    it("are one source in all the files that one log was rotated to", () => {
        const names = ["access.log", "access.log.1", "access.log-20260301", "access.log.2.gz"];
        write(...names);
        expect(keys(names)).to.deep.equal(
            [...names].sort().map((name) => `access/dt=${dt}/${name}`),
        );
    });

    it("are different sources where files of one name lie in different folders or are of different kinds", () => {
        write("a/access.log", "b/access.log", "b/access.json");
        expect(keys(["a/access.log", "b/access.log"])).to.deep.equal([
            `a_access/dt=${dt}/access.log`,
            `b_access/dt=${dt}/access.log`,
        ]);
        expect(keys(["b/access.log", "b/access.json"])).to.deep.equal([
            `access/dt=${dt}/access.log`,
            `access_json/dt=${dt}/access.json`,
        ]);
    });

    it("get keys of their own, whatever clashes", () => {
        write("s/a/x.log", "s/b/x.log", "s/1-x.log", "s/2-x.log", "s/x.log", "s/a-x.log");
        const found = keys(["s", "s/x.log"], { source: "s" });
        expect(new Set(found).size).to.equal(6);
        expect(found).to.have.lengthOf(6);
    });

    it("are taken once, however often they are named", () => {
        write("s/x.log");
        symlinkSync(join(folder, "s/x.log"), join(folder, "link.log"));
        expect(find(["s", "s/x.log", "link.log"]).files).to.have.lengthOf(1);
    });

    it("are found behind links", () => {
        write("real/x.log");
        mkdirSync(join(folder, "s"));
        symlinkSync(join(folder, "real/x.log"), join(folder, "s/linked.log"));
        expect(keys(["s"])).to.deep.equal([`s/dt=${dt}/linked.log`]);
    });

    it("are those of a folder that are called like logs; the others are named", () => {
        const logs = [
            ...["access.log", "app.json", "app.ndjson.gz", "a.txt", "access_log", "plain"],
            ...["access.log.1", "access.log-20260301.gz", "access.log.2026-03-01-10"],
            ...["example.com-ssl_log", "access.log.old", "_access.log", "UPPER.LOG"],
        ];
        const others = ["a.csv", "page.html", "catalog.xml", ".access.log", ".git/x.log"];
        write(...logs.map((name) => `s/${name}`), ...others.map((name) => `s/${name}`));
        const found = find(["s"]);
        expect(found.files.map(({ path }) => path)).to.have.members(
            logs.map((name) => join(folder, "s", name)),
        );
        expect(found.passedOver).to.have.members(others.map((name) => join(folder, "s", name)));
    });

    it("are called so that Spark neither hides them nor misjudges their packing", () => {
        write("s/_access.log", "s/_part/x.log", ".hidden.log");
        writeFileSync(join(folder, "s", "packed.log"), gzipSync(line));
        writeFileSync(join(folder, "s", "plain.log.gz"), line);
        expect(keys(["s", ".hidden.log"], { source: "s" })).to.deep.equal([
            `s/dt=${dt}/access.log`,
            `s/dt=${dt}/hidden.log`,
            `s/dt=${dt}/packed.log.gz`,
            `s/dt=${dt}/part-x.log`,
            `s/dt=${dt}/plain.log`,
        ]);
    });

    it("are not those that are packed in other ways", () => {
        writeFileSync(join(folder, "x.log.bz2"), "BZh91AY&SY");
        write("x.log");
        expect(find(["."]).passedOver).to.deep.equal([join(folder, "x.log.bz2")]);
        expect(() => find(["x.log.bz2"])).to.throw(
            /x\.log\.bz2 is packed in a way that isn't read/,
        );
    });

    for (const [what, prepare, path, sentence] of [
        ["no file", () => undefined, "none.log", /^no such file or folder: .*none\.log$/],
        ["an empty folder", () => undefined, ".", /^no logs in .*: it is empty$/],
        [
            "no log",
            () => {
                write("a.csv");
            },
            ".",
            /^no logs in .*: there are .*a\.csv$/,
        ],
        [
            "no day",
            () => {
                write("web/dt=2026-02-30/a.log");
            },
            ".",
            /^dt= in .*a\.log must be a day as YYYY-MM-DD, got 2026-02-30$/,
        ],
    ] as const) {
        it(`are refused with a sentence where there is ${what}`, () => {
            prepare();
            expect(() => find([path])).to.throw(sentence);
        });
    }

    it("are refused with a sentence where they are no files", () => {
        expect(() => findLogs({ paths: ["/dev/null"] })).to.throw(
            "/dev/null is neither a file nor a folder",
        );
    });
});
