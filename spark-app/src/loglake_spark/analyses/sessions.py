"""Visits: consecutive requests of one client with no gap longer than half an hour."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from loglake_spark.analyses import measures

SESSION_GAP_SECONDS = 30 * 60

# the place of the line decides between requests of the same second, so that every run has the same answer
ORDER = ("event_time", "log_file_path", "log_file_line")


def with_session_index(events: DataFrame) -> DataFrame:
    """Number the visits of each client of each source from 1, in ``session_index: long``.

    Rows without an address belong to no visit and are left out. A client is an address: programs behind one
    address, which a user agent could tell apart, are one. A gap of exactly ``SESSION_GAP_SECONDS`` does not
    end a visit, as in Google Analytics (https://support.google.com/analytics/answer/2731565).
    """
    by_client = Window.partitionBy("source", "client_address").orderBy(*ORDER)
    seconds = F.col("event_time").cast("double")
    gap_seconds = seconds - F.lag(seconds).over(by_client)
    starts_session = F.coalesce(gap_seconds > SESSION_GAP_SECONDS, F.lit(True))
    return events.where("client_address is not null").withColumn(
        "session_index", F.sum(starts_session.cast("int")).over(by_client)
    )


def sessions(events: DataFrame) -> DataFrame:
    """One row a visit.

    Returns ``source``, ``client_address``, ``session_start: timestamp``, ``session_end: timestamp``,
    ``requests: long``, ``entry_path: string`` and ``exit_path: string``.
    """
    order = F.struct(*ORDER)
    return (
        with_session_index(events)
        .groupBy("source", "client_address", "session_index")
        .agg(
            F.min("event_time").alias("session_start"),
            F.max("event_time").alias("session_end"),
            measures.requests(),
            F.min_by("url_path", order).alias("entry_path"),
            F.max_by("url_path", order).alias("exit_path"),
        )
        .drop("session_index")
    )
