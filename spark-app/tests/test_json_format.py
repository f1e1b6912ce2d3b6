from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from pyspark.sql import Row, SparkSession

from loglake_spark.json_format import insert
from loglake_spark.plan import Format
from support import records_of

AT = datetime(2025, 10, 10, 13, 55, 36)
ISO = "2025-10-10T13:55:36Z"

EVENT = {
    "event_time": AT,
    "client_address": "192.0.2.1",
    "http_request_method": "GET",
    "url_path": "/cart",
    "url_query": "a=1",
    "http_response_status_code": 404,
    "http_response_body_size": 17,
    "user_agent_original": "curl/8.5.0",
}

# what stands in the title -> the object, and what its record must hold
OBJECTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "OpenTelemetry's dotted keys": (
        {
            "timestamp": ISO,
            "client.address": "192.0.2.1",
            "http.request.method": "GET",
            "url.path": "/cart",
            "url.query": "a=1",
            "http.response.status_code": 404,
            "http.response.body.size": 17,
            "user_agent.original": "curl/8.5.0",
            "network.protocol.version": "1.1",
        },
        {**EVENT, "network_protocol_version": "1.1"},
    ),
    "ECS's nested objects": (
        {
            "@timestamp": ISO,
            "client": {"ip": "192.0.2.1"},
            "http": {
                "version": "2",
                "request": {"method": "GET", "referrer": "http://example.com/"},
                "response": {"status_code": 404, "body": {"bytes": 17}},
            },
            "url": {"path": "/cart", "query": "a=1"},
            "user_agent": {"original": "curl/8.5.0"},
            "user": {"name": "ada"},
        },
        {
            **EVENT,
            "network_protocol_version": "2",
            "http_request_header_referer": "http://example.com/",
            "user_name": "ada",
        },
    ),
    "nginx's own names": (
        {
            "time_local": "10/Oct/2025:13:55:36 +0000",
            "remote_addr": "192.0.2.1",
            "remote_user": "-",
            "request": "GET /cart?a=1 HTTP/1.1",
            "status": "404",
            "body_bytes_sent": "17",
            "http_referer": "-",
            "http_user_agent": "curl/8.5.0",
        },
        {**EVENT, "network_protocol_version": "1.1", "user_name": None, "http_request_header_referer": None},
    ),
    "Caddy's access log": (
        {
            "level": "info",
            "ts": 1760104536.0,
            "request": {
                "remote_ip": "192.0.2.1",
                "remote_port": "4711",
                "proto": "HTTP/2.0",
                "method": "GET",
                "uri": "/cart?a=1",
                "headers": {"User-Agent": ["curl/8.5.0"], "Referer": ["http://example.com/"]},
            },
            "status": 404,
            "size": 17,
        },
        {**EVENT, "network_protocol_version": "2", "http_request_header_referer": "http://example.com/"},
    ),
    "Traefik's access log": (
        {
            "StartUTC": "2025-10-10T13:55:36.000000000Z",
            "ClientAddr": "192.0.2.1:4711",
            "RequestMethod": "GET",
            "RequestPath": "/cart?a=1",
            "RequestProtocol": "HTTP/1.1",
            "DownstreamStatus": 404,
            "DownstreamContentSize": 17,
            "request_User-Agent": "curl/8.5.0",
        },
        EVENT,
    ),
    "Google Cloud's httpRequest": (
        {
            "timestamp": ISO,
            "httpRequest": {
                "remoteIp": "192.0.2.1",
                "requestMethod": "GET",
                "requestUrl": "https://example.com/cart?a=1",
                "status": 404,
                "responseSize": "17",
                "userAgent": "curl/8.5.0",
            },
        },
        {**EVENT, "server_address": "example.com"},
    ),
    "pino's requests": (
        {
            "level": 30,
            "time": 1760104536000,
            "hostname": "web-1",
            "req": {
                "method": "GET",
                "url": "/cart?a=1",
                "query": {"a": "1"},
                "headers": {"host": "Shop.example.com:8080", "user-agent": "curl/8.5.0", "referer": "http://e.com/"},
                "remoteAddress": "::ffff:192.0.2.1",
            },
            "res": {"statusCode": 404, "headers": {"content-length": "17"}},
        },
        {**EVENT, "server_address": "shop.example.com", "http_request_header_referer": "http://e.com/"},
    ),
    "express-winston's meta": (
        {
            "level": "info",
            "timestamp": ISO,
            "meta": {
                "req": {"method": "GET", "originalUrl": "/cart?a=1", "headers": {"user-agent": "curl/8.5.0"}},
                "res": {"statusCode": 404},
            },
        },
        {**EVENT, "client_address": None, "http_response_body_size": None},
    ),
    "Kong's log": (
        {
            "started_at": 1760104536000,
            "client_ip": "192.0.2.1",
            "request": {
                "method": "GET",
                "uri": "/cart?a=1",
                "url": "https://shop.example.com:8443/cart?a=1",
                "headers": {"host": "shop.example.com", "user-agent": "curl/8.5.0"},
            },
            "response": {"status": 404, "size": "17"},
        },
        {**EVENT, "server_address": "shop.example.com"},
    ),
    "API Gateway's access log": (
        {
            "requestTime": "10/Oct/2025:13:55:36 +0000",
            "ip": "192.0.2.1",
            "httpMethod": "GET",
            "resourcePath": "/cart",
            "status": "404",
            "protocol": "HTTP/1.1",
            "responseLength": "17",
        },
        {**EVENT, "url_query": None, "user_agent_original": None},
    ),
    "AWS WAF's log": (
        {
            "timestamp": 1760104536000,
            "action": "BLOCK",
            "responseCodeSent": 404,
            "httpRequest": {
                "clientIp": "192.0.2.1",
                "headers": [{"name": "Host", "value": "example.com"}],
                "uri": "/cart",
                "args": "a=1",
                "httpVersion": "HTTP/1.1",
                "httpMethod": "GET",
            },
        },
        {**EVENT, "http_response_body_size": None, "user_agent_original": None},
    ),
    "Azure Application Gateway's log": (
        {
            "timeStamp": ISO,
            "properties": {
                "clientIP": "192.0.2.1",
                "httpMethod": "GET",
                "requestUri": "/cart",
                "requestQuery": "a=1",
                "userAgent": "curl/8.5.0",
                "httpStatus": 404,
                "sentBytes": 17,
                "host": "example.com",
            },
        },
        {**EVENT, "server_address": "example.com"},
    ),
    "common names": (
        {
            "time": ISO,
            "ip": "192.0.2.1",
            "method": "get",
            "path": "/cart",
            "query": "?a=1",
            "status": 404.0,
            "bytes": 17,
            "userAgent": "curl/8.5.0",
        },
        {**EVENT, "http_request_method_original": "get"},
    ),
    "a key with dots within an object": (
        {"time": ISO, "http": {"request.method": "GET", "response": {"body.bytes": 5}}},
        {"http_request_method": "GET", "http_response_body_size": 5},
    ),
    "names that differ in case only": (
        {"Time": ISO, "UserAgent": "x/1", "RequestMethod": "GET"},
        {"event_time": AT, "http_request_method": "GET"},
    ),
    "milliseconds": ({"time": 1760104536000, "status": 200}, {"event_time": AT}),
    "seconds as a text": ({"time": "1760104536", "status": 200}, {"event_time": AT}),
    "a fraction of a second": (
        {"ts": 1760104536.25, "status": 200},
        {"event_time": datetime(2025, 10, 10, 13, 55, 36, 250_000)},
    ),
    "a status alone": (
        {"time": ISO, "status": 408},
        {"http_request_method": None, "url_path": None, "http_response_status_code": 408},
    ),
    "nulls": ({"time": ISO, "status": None, "method": "GET"}, {"http_response_status_code": None}),
    "an empty first choice": (
        {"time": ISO, "status": 200, "client_ip": "", "remote_addr": "192.0.2.1"},
        {"client_address": "192.0.2.1"},
    ),
    "an object where text was expected": (
        {"time": ISO, "status": 200, "method": {"x": 1}},
        {"http_request_method": None},
    ),
    "text where an object was expected": (
        {"time": ISO, "http": "x", "url": "/a?b"},
        {"url_path": "/a", "url_query": "b"},
    ),
    "a list of proxies": (
        {"time": ISO, "status": 200, "x_forwarded_for": "192.0.2.1, 198.51.100.1"},
        {"client_address": "192.0.2.1"},
    ),
    "letters beyond ASCII": ({"time": ISO, "path": "/käse"}, {"url_path": "/käse"}),
    "braces in a value": ({"time": ISO, "path": '/a]}{"b"'}, {"url_path": '/a]}{"b"'}),
}

REFUSED = {
    "a cut object": ('{"time":"2025-10-10T13:55:36Z","method":"GE', "invalid_json"),
    "two objects": ('{"time":"2025-10-10T13:55:36Z"}{"time":"2025-10-10T13:55:36Z"}', "invalid_json"),
    "two objects with a comma": ('{"time":"2025-10-10T13:55:36Z"},{"time":"2025-10-10T13:55:36Z"}', "invalid_json"),
    "text after the object": ('{"time":"2025-10-10T13:55:36Z"} x', "invalid_json"),
    "an array": ('[{"time":"2025-10-10T13:55:36Z"}]', "not_an_object"),
    "a number": ("17", "not_an_object"),
    "null": ("null", "not_an_object"),
    "text": ("started", "not_an_object"),
    "what is no request": ('{"time":"2025-10-10T13:55:36Z","level":"info","msg":"started"}', "no_request"),
    "single quotes": ("{'time':'2025-10-10T13:55:36Z','status':200}", "invalid_json"),
    "no time": ('{"method":"GET"}', "missing_time"),
    "an empty object": ("{}", "missing_time"),
    "a time that is none": ('{"time":"yesterday"}', "invalid_time"),
    "a year only": ('{"time":"2025-01"}', "invalid_time"),
    "the zero time of Go": ('{"time":"0001-01-01T00:00:00Z"}', "invalid_time"),
    "a status of letters": ('{"time":"2025-10-10T13:55:36Z","status":"ok"}', "invalid_status"),
    "a status of four digits": ('{"time":"2025-10-10T13:55:36Z","status":2000}', "invalid_status"),
    "a negative status": ('{"time":"2025-10-10T13:55:36Z","status":-1}', "invalid_status"),
    "deep nesting": ("[" * 5000, "not_an_object"),
    "a blank line": ("", "skipped"),
    "a header": ("# rotated", "skipped"),
}


@pytest.fixture(scope="module")
def records(spark: SparkSession, formats: dict[str, Format]) -> dict[str, Row]:
    lines = {
        **{title: json.dumps(value, ensure_ascii=False) for title, (value, _) in OBJECTS.items()},
        **{title: line for title, (line, _) in REFUSED.items()},
    }
    return dict(zip(lines, records_of(spark, formats["json"], list(lines.values())), strict=True))


@pytest.mark.parametrize("title", OBJECTS)
def test_json_reads(title: str, records: dict[str, Row]) -> None:
    record, expected = records[title], OBJECTS[title][1]

    assert record.reason is None
    assert {name: record[name] for name in expected} == expected


@pytest.mark.parametrize("title", REFUSED)
def test_json_refuses(title: str, records: dict[str, Row]) -> None:
    line, reason = REFUSED[title]

    assert records[title].reason == reason
    assert records[title].line == (None if reason == "skipped" else line)


def test_a_key_can_be_reached_as_it_is_and_through_objects() -> None:
    members: dict[str, Any] = {}
    insert(members, "a.b.c")

    assert members == {"a.b.c": {}, "a": {"b.c": {}, "b": {"c": {}}}}


def test_a_line_of_a_megabyte_is_an_event(spark: SparkSession, formats: dict[str, Format]) -> None:
    line = json.dumps({"time": ISO, "path": "/" + "a" * 1_000_000})

    (record,) = records_of(spark, formats["json"], [line])

    assert record.reason is None
