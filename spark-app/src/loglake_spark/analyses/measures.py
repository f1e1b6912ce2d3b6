"""What is counted of a group of events, the same in every table."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F


def requests() -> Column:
    """Number of requests."""
    return F.count(F.lit(1)).alias("requests")


def clients() -> Column:
    """Number of different clients, exactly."""
    return F.countDistinct("client_address").alias("clients")


def client_errors() -> Column:
    """Number of responses that blame the client."""
    return F.count_if(F.col("http_response_status_code").between(400, 499)).alias("client_errors")


def server_errors() -> Column:
    """Number of responses that blame the server."""
    return F.count_if(F.col("http_response_status_code").between(500, 599)).alias("server_errors")


def body_size() -> Column:
    """Bytes of all responses; 0 where no response had one."""
    return F.coalesce(F.sum("http_response_body_size"), F.lit(0)).alias("http_response_body_size")


def event_hour() -> Column:
    """Hour that a request was received in."""
    return F.date_trunc("hour", "event_time").alias("event_hour")
