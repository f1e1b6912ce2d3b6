import { expect } from "chai";
import { formats, tables, type Format } from "../formats";
import { requireFormat } from "../formats/check";
import { compileGrok, matchGrok } from "../formats/grok";

const text = formats.filter(({ kind }) => kind === "text");

function named(name: string): Format {
    const format = formats.find((candidate) => candidate.name === name);
    if (format === undefined) throw new Error(`no format ${name}`);
    return format;
}

function fieldsOf(name: string, line: string): Record<string, string> | undefined {
    const { grok = "", patterns = {} } = named(name);
    return matchGrok(compileGrok(grok, patterns), line);
}

function matches({ kind, grok = "", patterns = {} }: Format, line: string): boolean {
    return kind === "json" ? line.startsWith("{") : compileGrok(grok, patterns).regExp.test(line);
}

describe("formats", () => {
    it("are those of the folder, in order of name", () => {
        expect(formats.map(({ name }) => name)).to.deep.equal(["combined", "common", "json"]);
    });

    for (const format of formats) {
        it(`recognise the samples of ${format.name} as no other format`, () => {
            expect(format.samples).not.to.be.empty;
            for (const sample of format.samples) {
                const names = formats
                    .filter((other) => matches(other, sample))
                    .map(({ name }) => name);
                expect(names, sample).to.deep.equal([format.name]);
            }
        });
    }

    it("keep what AWS allows: 2 048 characters of grok, 16 000 of patterns", () => {
        for (const { grok = "", patterns } of text) {
            expect(grok.length).to.be.within(1, 2048);
            expect(JSON.stringify(patterns).length).to.be.below(16_000);
        }
    });

    it("repeat no key within a JSON format, which would make its second place unreachable", () => {
        for (const { fields = {} } of formats) {
            const keys = Object.values(fields).flat();
            expect(keys.filter((key, index) => keys.indexOf(key) !== index)).to.deep.equal([]);
        }
    });

    it("read a request with escaped quotes, a user with spaces and nginx's trailing field", () => {
        const line =
            '2001:db8::1 - Ada L [10/Oct/2025:13:55:36 +0000] "GET /?q=\\"a\\" HTTP/1.1" 200 - "-" "x \\"y\\" \\\\" "192.0.2.1"';
        expect(fieldsOf("combined", line)).to.deep.equal({
            server_address: "",
            client_address: "2001:db8::1",
            user_identity: "-",
            user_name: "Ada L",
            time: "10/Oct/2025:13:55:36 +0000",
            http_request_method: "",
            url: "",
            network_protocol_version: "",
            request: 'GET /?q=\\"a\\" HTTP/1.1',
            http_response_status_code: "200",
            http_response_body_size: "-",
            http_request_header_referer: "-",
            user_agent_original: 'x \\"y\\" \\\\',
            extra: ' "192.0.2.1"',
        });
    });

    for (const [line, server, client] of [
        ["www.example.com:80 192.0.2.1 - -", "www.example.com:80", "192.0.2.1"],
        ["www.example.com:80 proxy.example.com - -", "www.example.com:80", "proxy.example.com"],
        ["www.example.com 2001:db8::1 - -", "www.example.com", "2001:db8::1"],
        ["[2001:db8::2]:80 2001:db8::1 - -", "[2001:db8::2]:80", "2001:db8::1"],
        ["192.0.2.1:4711 - -", "", "192.0.2.1:4711"],
        ["192.0.2.1 www.example.com -", "", "192.0.2.1"],
        ["proxy.example.com - ada", "", "proxy.example.com"],
        ["192.0.2.1, 198.51.100.7 - -", "", "192.0.2.1, 198.51.100.7"],
    ] as const) {
        it(`tell the virtual host from the client in ${line}`, () => {
            const rest = '[10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 1';
            expect(fieldsOf("common", `${line} ${rest}`)).to.include({
                server_address: server,
                client_address: client,
            });
        });
    }

    it("don't let a user name smuggle in another request", () => {
        const name = 'x [01/Jan/2020:00:00:00 +0000] \\"GET /fake HTTP/1.1\\" 200 1';
        const line = `192.0.2.1 - ${name} [10/Oct/2025:13:55:36 +0000] "GET /real HTTP/1.1" 401 1`;
        expect(fieldsOf("common", line)).to.include({
            user_name: name,
            http_request_method: "GET",
            url: "/real",
        });
    });

    for (const [what, line] of [
        [
            "an open quote",
            '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "Mozilla',
        ],
        ["no user agent", '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-"'],
        [
            "a status of four digits",
            '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /" 2000 1 "-" "-"',
        ],
        ["a comment sign", '#192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /" 200 1 "-" "-"'],
    ] as const) {
        it(`refuse a combined line with ${what}`, () => {
            expect(fieldsOf("combined", line)).to.equal(undefined);
        });
    }
});

describe("a format's declaration", () => {
    for (const [what, change, error] of [
        [
            "an unknown pattern",
            { grok: "^%{WORD:time}$" },
            /combined.json: grok names an unknown pattern, got WORD/,
        ],
        ["a template without anchors", { grok: "%{LL_TIME:time}" }, /grok must be anchored/],
        ["another file's name", { name: "other" }, /name must be the file's, got other/],
        ["an unknown kind", { kind: "xml" }, /kind must be text or json, got xml/],
        [
            "a column too few",
            { columns: named("combined").columns.slice(1) },
            /columns must be the fields in their order/,
        ],
        ["no way to read times", { timeFormats: [] }, /timeFormats must name one format at least/],
    ] as const) {
        it(`is refused with ${what}`, () => {
            const declared = { ...named("combined"), ...change };
            expect(() => requireFormat("combined.json", declared)).to.throw(error);
        });
    }
});

describe("tables", () => {
    it("are the events, what could not be read, and the analyses", () => {
        expect(tables.map(({ name }) => name)).to.deep.equal([
            "events",
            "quarantine",
            "requests_by_hour",
            "requests_by_path",
            "requests_by_status",
            "clients",
            "sessions",
            "error_rates",
        ]);
    });

    it("explain every column", () => {
        for (const { name, comment, columns } of tables) {
            expect(comment, name).not.to.equal("");
            for (const column of columns)
                expect(column.comment, `${name}.${column.name}`).not.to.be.oneOf(["", undefined]);
        }
    });

    it("leave the partition key to the catalog", () => {
        for (const { columns } of tables)
            expect(columns.map(({ name }) => name)).not.to.include("dt");
    });
});
