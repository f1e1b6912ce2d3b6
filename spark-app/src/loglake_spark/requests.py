"""Requests: from the fields as logged to the columns of an event."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_spark import times, urls
from loglake_spark.fields import SKIPPED, decoded
from loglake_spark.plan import Format

# RFC 9110, RFC 5789 and the QUERY draft, as OpenTelemetry has it
# (https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/#http-request-method)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
OTHER = "_OTHER"

# a method by the grammar of RFC 9110, then something that isn't blank
REQUEST_LINE = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+ +\S"

PROTOCOL_VERSION = r"^\d(\.\d)?$"
STATUS = r"^\d{1,3}(\.0*)?$"
# an IPv4 address, on its own or as a socket for both families writes it, with or without a port
IPV4 = r"(?i)^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$"
NAME_WITH_PORT = r"^([^:]*):\d*$"
BRACKETED = r"^\[([^\]]*)\]"


def to_records(fields: DataFrame, log_format: Format) -> DataFrame:
    """Every line as an event, or with the reason why it is none.

    ``fields`` are what a format's reader returns. Returns the columns of the table ``events``, but for those
    that tell of the user agent, and ``reason: string``, null for an event, ``skipped`` or what is wrong with
    the line; ``line: string`` holds the line where something is wrong.
    """
    return select_record(with_target(with_values(fields, log_format)), log_format)


def with_values(fields: DataFrame, log_format: Format) -> DataFrame:
    """Add what has a type, ``parsed_time``, ``status`` and ``size``, and the parts of ``request``.

    The parts are ``request_method``, ``request_target`` and ``request_protocol``. A request that is not HTTP,
    such as the first bytes of a TLS handshake, is all method.
    """
    status, request = F.col("http_response_status_code"), F.col("request")
    method, last = F.substring_index(request, " ", 1), F.substring_index(request, " ", -1)
    is_http = request.rlike(REQUEST_LINE)
    protocol = F.when(F.upper(last).startswith("HTTP/"), last)
    target = request.substr(
        F.length(method) + 2, F.length(request) - F.length(method) - 1 - F.coalesce(F.length(protocol), F.lit(0))
    )
    return fields.select(
        "*",
        times.parse(F.col("time"), log_format.time_formats).alias("parsed_time"),
        F.when(status.rlike(STATUS), status.cast("int")).alias("status"),
        F.col("http_response_body_size").cast("bigint").alias("size"),
        F.when(is_http, method).otherwise(request).alias("request_method"),
        F.when(is_http, F.trim(target)).alias("request_target"),
        F.when(is_http, protocol).alias("request_protocol"),
    )


def with_target(fields: DataFrame) -> DataFrame:
    """Add ``method``, ``target`` (path and query) and ``host``, all as sent, and ``event_time`` with ``reason``."""
    method = F.coalesce("http_request_method", "request_method")
    target = F.coalesce("url_path", "url", "request_target")
    # the authority of a CONNECT is no path
    path = F.when((target != "") & ~F.coalesce(F.upper(method) == "CONNECT", F.lit(False)), urls.origin_form(target))
    event_time = times.plausible(F.col("parsed_time"))
    reason = (
        F.when(F.col("problem").isNotNull(), F.col("problem"))
        .when(F.col("time").isNull(), "missing_time")
        .when(event_time.isNull(), "invalid_time")
        .when(F.col("http_response_status_code").isNotNull() & F.col("status").isNull(), "invalid_status")
        # what else a program writes into the same log: that it has begun, that a query was slow
        .when(F.coalesce(method, target, F.col("http_response_status_code")).isNull(), "no_request")
    )
    return fields.select(
        "*",
        method.alias("method"),
        path.alias("target"),
        F.coalesce("server_address", urls.authority(F.coalesce("url", "request_target"))).alias("host"),
        event_time.alias("event_time"),
        reason.alias("reason"),
    )


def select_record(fields: DataFrame, log_format: Format) -> DataFrame:
    """The columns of ``to_records``, of what the steps before it have added."""
    status, size, target = F.col("status"), F.col("size"), F.col("target")
    url_query = F.coalesce(F.expr("trim(leading '?' from url_query)"), urls.query(target), urls.query(F.col("url")))
    is_quarantined = F.col("reason").isNotNull() & (F.col("reason") != SKIPPED)
    return fields.select(
        "event_id",
        "source",
        F.lit(log_format.name).alias("format"),
        "event_time",
        client_address(F.col("client_address")).alias("client_address"),
        "user_name",
        server_address(F.col("host")).alias("server_address"),
        known_method(F.col("method")).alias("http_request_method"),
        original_method(F.col("method")).alias("http_request_method_original"),
        urls.normalised_path(urls.raw_path(target)).alias("url_path"),
        F.when(url_query != "", url_query).alias("url_query"),
        protocol_version(F.coalesce("network_protocol_version", "request_protocol")).alias("network_protocol_version"),
        status.alias("http_response_status_code"),
        status_class(status).alias("http_response_status_class"),
        F.when(size >= 0, size).alias("http_response_body_size"),
        "http_request_header_referer",
        "user_agent_original",
        "extra",
        "log_file_path",
        "log_file_line",
        "reason",
        F.when(is_quarantined, decoded(F.col("line"))).alias("line"),
    )


def client_address(address: Column) -> Column:
    """An address without a port and without brackets; of a list, as proxies make, the first.

    An IPv4 address that is mapped into IPv6 is written as what it is: the same client reaches other servers without.
    """
    first = F.when(address.contains(","), F.trim(F.substring_index(address, ",", 1))).otherwise(address)
    return (
        F.when(first.startswith("["), F.regexp_extract(first, BRACKETED, 1))
        .when(first.contains(".") & first.contains(":"), F.regexp_replace(first, IPV4, "$1"))
        .otherwise(first)
    )


def server_address(host: Column) -> Column:
    """A host in lower case, without a port and without brackets."""
    return F.lower(
        F.when(host.startswith("["), F.regexp_extract(host, BRACKETED, 1))
        .when(host.contains(":"), F.regexp_replace(host, NAME_WITH_PORT, "$1"))
        .otherwise(host)
    )


def known_method(method: Column) -> Column:
    """One of ``METHODS``, written in capitals, or ``_OTHER``."""
    return F.when(F.upper(method).isin(*METHODS), F.upper(method)).when(method.isNotNull(), OTHER)


def original_method(method: Column) -> Column:
    """The method as sent, where it is not one of ``METHODS``."""
    return F.when(~method.isin(*METHODS), method)


def protocol_version(protocol: Column) -> Column:
    """``1.1`` of ``HTTP/1.1``; ``2`` and ``3`` have no minor version."""
    version = F.regexp_replace(F.substring_index(F.lower(protocol), "/", -1), "^h(?=[23])", "")
    return (
        F.when(version.isin("1.1", "1.0"), version)
        .when(version.isin("2", "2.0", "3", "3.0"), version.substr(1, 1))
        .when(version.rlike(PROTOCOL_VERSION), version)
    )


def status_class(status: Column) -> Column:
    """``2xx`` of 200; ``_OTHER`` beyond 100 to 599."""
    return F.when(status.between(100, 599), F.concat((status / 100).cast("int").cast("string"), F.lit("xx"))).when(
        status.isNotNull(), OTHER
    )
