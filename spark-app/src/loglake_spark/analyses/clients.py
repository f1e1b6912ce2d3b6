"""Clients."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from loglake_spark.analyses import measures
from loglake_spark.analyses.sessions import with_session_index


def clients(events: DataFrame) -> DataFrame:
    """One row for each source and client address; events without an address have no client.

    Returns ``source``, ``client_address``, ``requests: long``, ``sessions: long``, ``first_seen: timestamp``,
    ``last_seen: timestamp``, ``http_response_body_size: long`` and ``user_agent_synthetic_type: string``,
    which is ``bot`` where every request was one's.
    """
    all_synthetic = F.count("user_agent_synthetic_type") == F.count(F.lit(1))
    return (
        with_session_index(events)
        .groupBy("source", "client_address")
        .agg(
            measures.requests(),
            F.max("session_index").alias("sessions"),
            F.min("event_time").alias("first_seen"),
            F.max("event_time").alias("last_seen"),
            measures.body_size(),
            F.when(all_synthetic, F.max("user_agent_synthetic_type")).alias("user_agent_synthetic_type"),
        )
    )
