from __future__ import annotations

from datetime import date, datetime

from pyspark.sql import DataFrame, SparkSession

from loglake_etl import schema
from loglake_etl.dimensions import dim_client, dim_url, dim_user_agent
from loglake_etl.facts import fact_request, fact_session
from support import DT, event, events_of, session, sessions_of


def keys(rows: DataFrame, natural: str, key: str) -> dict[str, int]:
    return {row[natural]: row[key] for row in rows.select(natural, key).collect()}


def test_a_request_points_at_its_client_path_and_user_agent(spark: SparkSession) -> None:
    events = events_of(spark, event(1))
    nothing = sessions_of(spark)
    row = fact_request(events, DT).collect()[0]
    assert row.asDict() == {
        "event_id": f"{1:064x}",
        "dt": date(2026, 3, 1),
        "event_time": datetime(2026, 3, 1, 12, 0, 1),
        "source": "web",
        "client_key": keys(dim_client(events, nothing), "client_address", "client_key")["192.0.2.1"],
        "url_key": keys(dim_url(events, nothing), "url_path", "url_key")["/index.html"],
        "user_agent_key": keys(dim_user_agent(events), "user_agent_original", "user_agent_key")["curl/8.0"],
        "http_request_method": "GET",
        "http_response_status_code": 200,
        "http_response_status_class": "2xx",
        "http_response_body_size": 512,
        "network_protocol_version": "1.1",
        "truncated": False,
    }


def test_a_request_is_of_the_day_it_arrived_on_whenever_it_was_made(spark: SparkSession) -> None:
    row = fact_request(events_of(spark, event(1, event_time=datetime(2026, 2, 28, 23, 59))), DT).collect()[0]
    assert (row["dt"], row["event_time"]) == (date(2026, 3, 1), datetime(2026, 2, 28, 23, 59))


def test_a_request_keeps_what_was_not_logged_as_null(spark: SparkSession) -> None:
    nothing = {"client_address": None, "url_path": None, "user_agent_original": None, "http_response_status_code": None}
    row = fact_request(events_of(spark, event(1, **nothing)), DT).collect()[0]
    columns = ("client_key", "url_key", "user_agent_key", "http_response_status_code", "truncated")
    assert [row[column] for column in columns] == [None, None, None, None, False]


def test_a_session_points_at_its_client_and_both_ends(spark: SparkSession) -> None:
    sessions = sessions_of(spark, session())
    nothing = events_of(spark)
    urls = keys(dim_url(nothing, sessions), "url_path", "url_key")
    row = fact_session(sessions, DT).collect()[0]
    assert row.asDict() == {
        "dt": date(2026, 3, 1),
        "source": "web",
        "client_key": keys(dim_client(nothing, sessions), "client_address", "client_key")["192.0.2.1"],
        "session_start": datetime(2026, 3, 1, 12, 0, 0),
        "session_end": datetime(2026, 3, 1, 12, 1, 30),
        "duration_seconds": 90,
        "requests": 3,
        "entry_url_key": urls["/index.html"],
        "exit_url_key": urls["/buy"],
        "truncated": False,
    }


def test_facts_have_the_columns_of_their_tables_in_order(spark: SparkSession) -> None:
    for rows, table in (
        (fact_request(events_of(spark), DT), schema.FACT_REQUEST),
        (fact_session(sessions_of(spark), DT), schema.FACT_SESSION),
    ):
        assert rows.dtypes == [(column.name, column.spark_type) for column in table.columns]
