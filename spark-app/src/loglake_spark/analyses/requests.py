"""Requests by hour, by path and by status. Each table adds up to all events."""

from __future__ import annotations

from pyspark.sql import DataFrame

from loglake_spark.analyses import measures


def requests_by_hour(events: DataFrame) -> DataFrame:
    """One row for each source and hour with requests.

    Returns ``source``, ``event_hour: timestamp``, ``requests: long``, ``clients: long`` and
    ``http_response_body_size: long``.
    """
    return events.groupBy("source", measures.event_hour()).agg(
        measures.requests(), measures.clients(), measures.body_size()
    )


def requests_by_path(events: DataFrame) -> DataFrame:
    """One row for each source and normalised path, and one with a null path for requests that have none.

    Returns ``source``, ``url_path``, ``requests: long``, ``clients: long``, ``client_errors: long``,
    ``server_errors: long`` and ``http_response_body_size: long``.
    """
    return events.groupBy("source", "url_path").agg(
        measures.requests(),
        measures.clients(),
        measures.client_errors(),
        measures.server_errors(),
        measures.body_size(),
    )


def requests_by_status(events: DataFrame) -> DataFrame:
    """One row for each source and status.

    Returns ``source``, ``http_response_status_code: int``, ``http_response_status_class`` and ``requests: long``.
    """
    return events.groupBy("source", "http_response_status_code", "http_response_status_class").agg(measures.requests())
