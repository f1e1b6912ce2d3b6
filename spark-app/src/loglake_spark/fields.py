"""The fields that a format can give a line, before they mean anything: text as logged."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# names that a format's grok template or its JSON fields may use; any other name is passed over
FIELDS = (
    "time",
    "client_address",
    "user_name",
    "server_address",
    "request",
    "http_request_method",
    "url",
    "url_path",
    "url_query",
    "network_protocol_version",
    "http_response_status_code",
    "http_response_body_size",
    "http_request_header_referer",
    "user_agent_original",
    "extra",
)

# columns of a numbered line, kept beside its fields
LINE_COLUMNS = ("line", "source", "log_file_path", "log_file_line", "event_id")

SKIPPED = "skipped"


def select_fields(parsed: DataFrame, problem: Column, fields: Mapping[str, Column]) -> DataFrame:
    """Every one of ``FIELDS`` as text, with ``problem`` and the line's own columns; null what is not in ``fields``."""
    nothing = F.lit(None).cast("string")
    return parsed.select(
        *LINE_COLUMNS,
        problem.alias("problem"),
        *(fields.get(name, nothing).alias(name) for name in FIELDS),
    )


def present(value: Column) -> Column:
    """``value``, or null where the log says that there is none: ``-`` or nothing."""
    return F.when(~value.isin("", "-"), value)


def decoded(line: Column) -> Column:
    """``line`` with bytes that are no UTF-8 replaced by U+FFFD; readers of Parquet refuse them."""
    return F.decode(line.cast("binary"), "UTF-8")
