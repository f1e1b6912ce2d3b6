"""Facts of a day: requests and sessions, with keys in the place of texts."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from loglake_etl import schema
from loglake_etl.dimensions import key_of
from loglake_etl.fit import clean, fit


def fact_request(events: DataFrame, dt: str) -> DataFrame:
    """One row an event, as the columns of ``schema.FACT_REQUEST``. ``events`` is the processed table."""
    rows = events.select(
        "event_id",
        F.lit(dt).cast("date").alias("dt"),
        "event_time",
        clean("source").alias("source"),
        key_of("client_address").alias("client_key"),
        key_of("url_path").alias("url_key"),
        key_of("user_agent_original").alias("user_agent_key"),
        clean("http_request_method").alias("http_request_method"),
        "http_response_status_code",
        clean("http_response_status_class").alias("http_response_status_class"),
        "http_response_body_size",
        clean("network_protocol_version").alias("network_protocol_version"),
    )
    return fit(rows, schema.FACT_REQUEST)


def fact_session(sessions: DataFrame, dt: str) -> DataFrame:
    """One row a session, as the columns of ``schema.FACT_SESSION``. ``sessions`` is the processed table."""
    rows = sessions.select(
        F.lit(dt).cast("date").alias("dt"),
        clean("source").alias("source"),
        key_of("client_address").alias("client_key"),
        "session_start",
        "session_end",
        (F.unix_timestamp("session_end") - F.unix_timestamp("session_start")).alias("duration_seconds"),
        "requests",
        key_of("entry_path").alias("entry_url_key"),
        key_of("exit_path").alias("exit_url_key"),
    )
    return fit(rows, schema.FACT_SESSION)
