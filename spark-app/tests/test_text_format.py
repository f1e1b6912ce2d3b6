from __future__ import annotations

from datetime import datetime

import pytest
from pyspark.sql import Row, SparkSession

from loglake_spark.plan import Format, PlanError
from loglake_spark.text_format import compile_grok, possessive_groups
from support import records_of

TIME = "[10/Oct/2025:13:55:36 +0000]"


def combined(
    client: str = "192.0.2.1",
    user: str = "-",
    request: str = "GET / HTTP/1.1",
    status: str = "200",
    size: str = "17",
    referer: str = "-",
    agent: str = "-",
    rest: str = "",
) -> str:
    return f'{client} - {user} {TIME} "{request}" {status} {size} "{referer}" "{agent}"{rest}'


# what stands in the title -> the line, and what its record must hold
COMBINED: dict[str, tuple[str, dict[str, object]]] = {
    "an IPv6 client": (combined(client="2001:db8::17"), {"client_address": "2001:db8::17"}),
    "a host name as client": (combined(client="proxy.example.com"), {"client_address": "proxy.example.com"}),
    "a list of proxies as client": (
        combined(client="192.0.2.1, 198.51.100.7,203.0.113.9"),
        {"client_address": "192.0.2.1", "user_name": None},
    ),
    "a virtual host with its port": (
        combined(client="WWW.example.com:443 2001:db8::17", user="ada"),
        {"server_address": "www.example.com", "client_address": "2001:db8::17", "user_name": "ada"},
    ),
    "a virtual host with its port, and a host name as client": (
        combined(client="10.0.0.1:80 proxy.example.com"),
        {"server_address": "10.0.0.1", "client_address": "proxy.example.com", "user_name": None},
    ),
    "a virtual host without a port": (
        combined(client="www.example.com 192.0.2.1"),
        {"server_address": "www.example.com", "client_address": "192.0.2.1", "user_name": None},
    ),
    "a client with a port": (
        combined(client="192.0.2.1:4711"),
        {"server_address": None, "client_address": "192.0.2.1"},
    ),
    "a host in the place of the identity": (
        combined(client="192.0.2.1").replace(" - ", " www.example.com ", 1),
        {"server_address": None, "client_address": "192.0.2.1", "user_name": None},
    ),
    "a whole URL": (
        combined(request="GET http://ada@Example.com:8080/a HTTP/1.1"),
        {"server_address": "example.com", "url_path": "/a"},
    ),
    "a user name": (combined(user="ada"), {"user_name": "ada"}),
    "no user name": (combined(user="-"), {"user_name": None}),
    "a user name in quotes": (combined(user='"Ada King"'), {"user_name": "Ada King"}),
    "an empty user name in quotes": (combined(user='""'), {"user_name": None}),
    "a user name with spaces": (combined(user="Ada King Lovelace"), {"user_name": "Ada King Lovelace"}),
    "a user name with brackets": (combined(user="a [b] c"), {"user_name": "a [b] c"}),
    "a forged request in the user name": (
        combined(user=rf"x {TIME} \"GET /fake HTTP/1.1\" 200 1"),
        {"url_path": "/", "user_name": rf"x {TIME} \"GET /fake HTTP/1.1\" 200 1"},
    ),
    "escaped quotes in the request": (
        combined(request=r"GET /?q=\"a b\" HTTP/1.1"),
        {"url_path": "/", "url_query": 'q="a b"', "network_protocol_version": "1.1"},
    ),
    "escaped quotes in the referer": (
        combined(referer=r"http://example.com/\"x\""),
        {"http_request_header_referer": 'http://example.com/"x"'},
    ),
    "escaped quotes and backslashes in the user agent": (
        combined(agent=r"a \"b\" c\\"),
        {"user_agent_original": 'a "b" c\\'},
    ),
    "a forged end of the user agent": (
        combined(agent=r"a\" 200 1 \"b"),
        {"user_agent_original": 'a" 200 1 "b', "http_response_status_code": 200},
    ),
    "no request": (
        combined(request="-", status="408"),
        {
            "http_request_method": None,
            "http_request_method_original": None,
            "url_path": None,
            "http_response_status_code": 408,
        },
    ),
    "bytes of TLS as request": (
        combined(request=r"\x16\x03\x01\x00\xee\x01 \x00", status="400"),
        {
            "http_request_method": "_OTHER",
            "http_request_method_original": r"\x16\x03\x01\x00\xee\x01 \x00",
            "url_path": None,
            "network_protocol_version": None,
        },
    ),
    "no size": (combined(size="-"), {"http_response_body_size": None}),
    "a size beyond 32 bits": (combined(size="5000000000"), {"http_response_body_size": 5_000_000_000}),
    "status 000": (combined(status="000"), {"http_response_status_code": 0, "http_response_status_class": "_OTHER"}),
    "status 999": (combined(status="999"), {"http_response_status_code": 999, "http_response_status_class": "_OTHER"}),
    "status 499": (combined(status="499"), {"http_response_status_code": 499, "http_response_status_class": "4xx"}),
    "nginx's X-Forwarded-For": (combined(rest=' "198.51.100.7, 192.0.2.9"'), {"extra": '"198.51.100.7, 192.0.2.9"'}),
    "nginx's X-Forwarded-For without a value": (combined(rest=' "-"'), {"extra": None}),
    "several fields at the end": (combined(rest=' "-" 0.004 - up'), {"extra": '"-" 0.004 - up'}),
    "nothing at the end": (combined(), {"extra": None}),
    "a tab in the user agent": (combined(agent="a\tb"), {"user_agent_original": "a\tb"}),
    "the separator of fields": (combined(agent="a\u0001b\u0001"), {"user_agent_original": "a\ufffdb\ufffd"}),
    "NUL characters": (combined(agent="a\0b"), {"user_agent_original": "a\0b"}),
    "a line separator of Unicode": (combined(agent="a\u2028b\u0085"), {"user_agent_original": "a\u2028b\u0085"}),
    "letters beyond ASCII": (combined(request="GET /käse HTTP/1.1", agent="浏览器"), {"url_path": "/käse"}),
    "a dollar sign and a backslash": (combined(request=r"GET /$1\2 HTTP/1.1"), {"url_path": r"/$1\2"}),
    "a fraction of a second": (
        combined().replace("13:55:36", "13:55:36.25"),
        {"event_time": datetime(2025, 10, 10, 13, 55, 36, 250_000)},
    ),
    "a time as ISO 8601 has it": (
        combined().replace(TIME, "[2025-10-10T15:55:36+02:00]"),
        {"event_time": datetime(2025, 10, 10, 13, 55, 36)},
    ),
    "another zone": ('::1 - - [10/Oct/2025:23:55:36 -0700] "GET /" 200 1 "-" "-"', {}),
}

REFUSED = {
    "an open quote": (combined()[:-1], "no_match"),
    "a cut end": (combined()[:40], "no_match"),
    "no user agent": (f'192.0.2.1 - - {TIME} "GET / HTTP/1.1" 200 1 "-"', "no_match"),
    "a status of letters": (combined(status="abc"), "no_match"),
    "a status of four digits": (combined(status="2000"), "no_match"),
    "a negative size": (combined(size="-1"), "no_match"),
    "text": ("segfault at 0 ip 00007f sp 00007ffd error 4 in libc.so.6", "no_match"),
    "NUL characters before the client": ("\0\0\0" + combined(), "no_match"),
    "a time that is none": (combined().replace(TIME, "[not a time]"), "invalid_time"),
    "a day that is none": (combined().replace("10/Oct", "31/Feb"), "invalid_time"),
    "a time long ago": (combined().replace("/2025", "/0001"), "invalid_time"),
    "nothing but a time": (combined(request="-", status="-", size="-"), "no_request"),
    "a list of proxies without an end": (combined(client="192.0.2.1,"), "no_match"),
    "a blank line": ("", "skipped"),
    "a line of spaces": (" \t ", "skipped"),
    "a header": ("# rotated", "skipped"),
    "a request after a comment sign": ("#" + combined(), "skipped"),
}


@pytest.fixture(scope="module")
def records(spark: SparkSession, formats: dict[str, Format]) -> dict[str, Row]:
    lines = {**{title: line for title, (line, _) in COMBINED.items()}, **{t: line for t, (line, _) in REFUSED.items()}}
    return dict(zip(lines, records_of(spark, formats["combined"], list(lines.values())), strict=True))


@pytest.mark.parametrize("title", COMBINED)
def test_combined_reads(title: str, records: dict[str, Row]) -> None:
    record, expected = records[title], COMBINED[title][1]

    assert record.reason is None
    assert record.line is None
    assert {name: record[name] for name in expected} == expected


@pytest.mark.parametrize("title", REFUSED)
def test_combined_refuses(title: str, records: dict[str, Row]) -> None:
    line, reason = REFUSED[title]

    assert records[title].reason == reason
    assert records[title].line == (None if reason == "skipped" else line)


def test_a_time_is_kept_in_utc(records: dict[str, Row]) -> None:
    assert records["another zone"].event_time.isoformat() == "2025-10-11T06:55:36"


def test_common_reads_its_fields_and_what_follows(spark: SparkSession, formats: dict[str, Format]) -> None:
    line = f'192.0.2.1 - ada {TIME} "GET /a?b=c HTTP/1.0" 200 2326'
    plain, timed, with_referer = records_of(spark, formats["common"], [line, f"{line} 0.004", f'{line} "-" "-"'])

    assert plain.reason is None
    assert plain.format == "common"
    assert (plain.url_path, plain.url_query, plain.network_protocol_version) == ("/a", "b=c", "1.0")
    assert (plain.http_response_body_size, plain.extra, plain.user_agent_original) == (2326, None, None)
    assert timed.extra == "0.004"
    assert with_referer.reason == "no_match"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(combined(agent=r"\"" * 500_000), id="escaped quotes"),
        pytest.param(combined(agent="a" * 1_000_000), id="letters"),
        pytest.param(combined(request="GET /" + r"\x16" * 250_000), id="escaped bytes"),
    ],
)
def test_a_line_of_a_megabyte_is_an_event(line: str, spark: SparkSession, formats: dict[str, Format]) -> None:
    (record,) = records_of(spark, formats["combined"], [line])

    assert record.reason is None


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("a b " + "[x " * 300_000, id="brackets"),
        pytest.param("a b [x] " + '"' * 1_000_000, id="quotes"),
        pytest.param(combined(agent=r"\"" * 500_000)[:-1], id="an open quote after escaped ones"),
        pytest.param("a " * 500_000, id="words"),
        pytest.param("a, " * 300_000, id="a list"),
        pytest.param("a:1 " * 250_000, id="ports"),
        pytest.param("a." * 500_000, id="a host"),
    ],
)
def test_a_broken_line_of_a_megabyte_is_quarantined(line: str, spark: SparkSession, formats: dict[str, Format]) -> None:
    (record,) = records_of(spark, formats["combined"], [line])

    assert record.reason == "no_match"
    assert record.line == line


def test_a_grok_template_becomes_one_expression_with_a_group_for_each_field() -> None:
    grok = compile_grok("^%{A:first} %{B} %{A:second}$", {"A": "[a-z]+", "B": "x|y"})

    assert grok.regex == "^([a-z]+) (?:x|y) ([a-z]+)$"
    assert grok.fields == ("first", "second")


def test_an_unknown_pattern_is_refused_by_name() -> None:
    with pytest.raises(PlanError, match="unknown pattern, got WORD"):
        compile_grok("^%{WORD:first}$", {})


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (r"(?:\\.[^x]*)*", r"(?:\\.[^x]*)*+"),
        (r"(?:a)+b", r"(?:a)++b"),
        (r"[)*]", r"[)*]"),
        (r"\)*", r"\)*"),
        (r"(?:a)*?", r"(?:a)*?"),
        (r"(?:a)*+", r"(?:a)*+"),
        (r"(?:a)?", r"(?:a)?"),
    ],
)
def test_only_repeated_groups_become_possessive(regex: str, expected: str) -> None:
    assert possessive_groups(regex) == expected
