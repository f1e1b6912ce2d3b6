"""Requests: from the fields as logged to the columns of an event."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_spark import agents, times, urls
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
IPV4_WITH_PORT = r"^(\d{1,3}(?:\.\d{1,3}){3}):\d+$"


def to_records(fields: DataFrame, log_format: Format) -> DataFrame:
    """Every line as an event, or with the reason why it is none.

    ``fields`` are what a format's reader returns. Returns the columns of the table ``events``, and ``reason:
    string``, null for an event, ``skipped`` or what is wrong with the line; ``line: string`` holds the line
    where something is wrong.
    """
    return select_record(with_agent(with_target(with_request_line(with_values(fields, log_format)))), log_format)


def with_values(fields: DataFrame, log_format: Format) -> DataFrame:
    """Add what has a type: ``event_time``, ``status`` and ``size``, and ``reason``."""
    status = F.col("http_response_status_code")
    size = F.col("http_response_body_size").cast("bigint")
    typed = fields.select(
        "*",
        times.event_time(F.col("time"), log_format.time_formats).alias("event_time"),
        F.when(status.rlike(STATUS), status.cast("int")).alias("status"),
        F.when(size >= 0, size).alias("size"),
    )
    reason = (
        F.when(F.col("problem").isNotNull(), F.col("problem"))
        .when(F.col("time").isNull(), "missing_time")
        .when(F.col("event_time").isNull(), "invalid_time")
        .when(status.isNotNull() & F.col("status").isNull(), "invalid_status")
    )
    return typed.withColumn("reason", reason)


def with_request_line(fields: DataFrame) -> DataFrame:
    """Split ``request`` into ``request_method``, ``request_target`` and ``request_protocol``.

    A request that is not HTTP, such as the first bytes of a TLS handshake, is all method.
    """
    request = F.col("request")
    method = F.substring_index(request, " ", 1)
    last = F.substring_index(request, " ", -1)
    is_http = method.isin(*METHODS) | request.rlike(REQUEST_LINE)
    split = fields.select(
        "*",
        F.when(is_http, method).otherwise(request).alias("request_method"),
        F.when(is_http & last.startswith("HTTP/"), last).alias("request_protocol"),
    )
    begin = F.length("request_method") + 2
    end = F.length("request") - F.coalesce(F.length("request_protocol"), F.lit(0))
    target = F.trim(F.col("request").substr(begin, F.greatest(end - begin + 1, F.lit(0))))
    return split.withColumn("request_target", F.when(target != "", target))


def with_target(fields: DataFrame) -> DataFrame:
    """Add ``target``, the path and the query as sent; ``method``, as sent."""
    method = F.coalesce("http_request_method", "request_method")
    # the authority of a CONNECT is no path
    target = F.when(F.upper(method) != "CONNECT", F.coalesce("url_path", "url", "request_target")).otherwise(
        F.col("url_path")
    )
    target = F.when(method.isNull(), F.coalesce("url_path", "url")).otherwise(target)
    return fields.select("*", method.alias("method"), urls.origin_form(target).alias("target"))


def with_agent(fields: DataFrame) -> DataFrame:
    """Add ``is_synthetic`` and ``product``, what is behind the user agent."""
    agent = F.col("user_agent_original")
    return fields.withColumn("is_synthetic", agents.is_synthetic(agent)).withColumn(
        "product", agents.product(agent, F.col("is_synthetic"))
    )


def select_record(fields: DataFrame, log_format: Format) -> DataFrame:
    """The columns of ``to_records``, of what the steps before it have added."""
    status, target = F.col("status"), F.col("target")
    url_query = F.coalesce(F.expr("ltrim('?', url_query)"), urls.query(target), urls.query(F.col("url")))
    protocol = F.coalesce("network_protocol_version", "request_protocol")
    is_quarantined = F.col("reason").isNotNull() & (F.col("reason") != SKIPPED)
    return fields.select(
        "event_id",
        "source",
        F.lit(log_format.name).alias("format"),
        "event_time",
        client_address(F.col("client_address")).alias("client_address"),
        "user_name",
        known_method(F.col("method")).alias("http_request_method"),
        original_method(F.col("method")).alias("http_request_method_original"),
        urls.normalised_path(urls.raw_path(target)).alias("url_path"),
        F.when(url_query != "", url_query).alias("url_query"),
        protocol_version(protocol).alias("network_protocol_version"),
        status.alias("http_response_status_code"),
        status_class(status).alias("http_response_status_class"),
        F.col("size").alias("http_response_body_size"),
        "http_request_header_referer",
        "user_agent_original",
        agents.name_of(F.col("product")).alias("user_agent_name"),
        agents.version_of(F.col("product")).alias("user_agent_version"),
        agents.os_name(F.col("user_agent_original")).alias("user_agent_os_name"),
        F.when(F.col("is_synthetic"), "bot").alias("user_agent_synthetic_type"),
        "extra",
        "log_file_path",
        "log_file_line",
        "reason",
        F.when(is_quarantined, decoded(F.col("line"))).alias("line"),
    )


def client_address(address: Column) -> Column:
    """An address without a port and without brackets; of a list, as proxies make, the first."""
    first = F.when(address.contains(","), F.trim(F.substring_index(address, ",", 1))).otherwise(address)
    return (
        F.when(first.startswith("["), F.regexp_extract(first, r"^\[([^\]]*)\]", 1))
        .when(first.contains(".") & first.contains(":"), F.regexp_replace(first, IPV4_WITH_PORT, "$1"))
        .otherwise(first)
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
