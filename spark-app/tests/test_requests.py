from __future__ import annotations

import pytest
from pyspark.sql import Row, SparkSession

from loglake_spark.plan import Format
from loglake_spark.requests import client_address, protocol_version, server_address, status_class
from support import records_of, values_of

# request line -> method, method as sent where it differs, path, query, version
REQUESTS = {
    "GET /a?b=c HTTP/1.1": ("GET", None, "/a", "b=c", "1.1"),
    "QUERY /a HTTP/1.1": ("QUERY", None, "/a", None, "1.1"),
    "GET / HTTP/2.0": ("GET", None, "/", None, "2"),
    "GET /": ("GET", None, "/", None, None),
    "GET /a b c HTTP/1.0": ("GET", None, "/a b c", None, "1.0"),
    "GET  /a  HTTP/1.1": ("GET", None, "/a", None, "1.1"),
    "GET HTTP/1.1": ("GET", None, None, None, "1.1"),
    "get /a http/1.1": ("GET", "get", "/a", None, "1.1"),
    "PROPFIND /a HTTP/1.1": ("_OTHER", "PROPFIND", "/a", None, "1.1"),
    "M-SEARCH * HTTP/1.1": ("_OTHER", "M-SEARCH", "*", None, "1.1"),
    "OPTIONS * HTTP/1.0": ("OPTIONS", None, "*", None, "1.0"),
    "CONNECT example.com:443 HTTP/1.1": ("CONNECT", None, None, None, "1.1"),
    "GET http://example.com/a HTTP/1.1": ("GET", None, "/a", None, "1.1"),
    "PRI * HTTP/2.0": ("_OTHER", "PRI", "*", None, "2"),
    r"\x16\x03\x01\x02": ("_OTHER", r"\x16\x03\x01\x02", None, None, None),
    r"\x16\x03 \x01 HTTP/1.1": ("_OTHER", r"\x16\x03 \x01 HTTP/1.1", None, None, None),
    "hello": ("_OTHER", "hello", None, None, None),
    "-": (None, None, None, None, None),
    "": (None, None, None, None, None),
}


@pytest.fixture(scope="module")
def records(spark: SparkSession, formats: dict[str, Format]) -> dict[str, Row]:
    lines = [f'192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "{request}" 200 1' for request in REQUESTS]
    return dict(zip(REQUESTS, records_of(spark, formats["common"], lines), strict=True))


@pytest.mark.parametrize("request_line", REQUESTS)
def test_a_request_line_is_split(request_line: str, records: dict[str, Row]) -> None:
    record = records[request_line]

    assert record.reason is None
    assert (
        record.http_request_method,
        record.http_request_method_original,
        record.url_path,
        record.url_query,
        record.network_protocol_version,
    ) == REQUESTS[request_line]


def test_an_event_names_its_line_and_its_format(records: dict[str, Row]) -> None:
    record = records["GET /"]

    assert (record.source, record.format, record.log_file_path) == ("web", "common", "s3://raw/web/a.log")
    assert record.log_file_line == list(REQUESTS).index("GET /") + 1


def test_a_status_has_a_class(spark: SparkSession) -> None:
    assert values_of(spark, [100, 200, 304, 404, 599, 0, 600, 999, None], status_class, "int") == [
        "1xx",
        "2xx",
        "3xx",
        "4xx",
        "5xx",
        "_OTHER",
        "_OTHER",
        "_OTHER",
        None,
    ]


def test_a_version_is_that_of_http(spark: SparkSession) -> None:
    versions = {
        "HTTP/1.1": "1.1",
        "http/1.0": "1.0",
        "HTTP/2.0": "2",
        "HTTP/2": "2",
        "h2": "2",
        "h3": "3",
        "HTTP/0.9": "0.9",
        "1.1": "1.1",
        "TLSv1.3": None,
        "": None,
    }

    assert values_of(spark, list(versions), protocol_version) == list(versions.values())


def test_an_address_loses_its_port_and_its_followers(spark: SparkSession) -> None:
    addresses = {
        "192.0.2.1": "192.0.2.1",
        "192.0.2.1:4711": "192.0.2.1",
        "2001:db8::1": "2001:db8::1",
        "[2001:db8::1]:4711": "2001:db8::1",
        "[2001:db8::1]": "2001:db8::1",
        "::ffff:192.0.2.1": "192.0.2.1",
        "::FFFF:192.0.2.1": "192.0.2.1",
        "::ffff:c000:201": "::ffff:c000:201",
        "64:ff9b::192.0.2.1": "64:ff9b::192.0.2.1",
        "192.0.2.1, 198.51.100.1": "192.0.2.1",
        "example.com": "example.com",
    }

    assert values_of(spark, list(addresses), client_address) == list(addresses.values())


def test_a_host_loses_its_port_and_its_capitals(spark: SparkSession) -> None:
    hosts = {
        "example.com": "example.com",
        "Example.COM:8080": "example.com",
        "localhost:": "localhost",
        "[2001:DB8::1]:443": "2001:db8::1",
        "2001:db8::1": "2001:db8::1",
    }

    assert values_of(spark, list(hosts), server_address) == list(hosts.values())
