from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession

from loglake_spark.analyses import ANALYSES
from loglake_spark.analyses.clients import clients
from loglake_spark.analyses.errors import error_rates
from loglake_spark.analyses.requests import requests_by_hour, requests_by_path, requests_by_status
from loglake_spark.analyses.sessions import sessions
from loglake_spark.plan import Table

NOON = datetime(2026, 3, 4, 12)
SCHEMA = (
    "source string, event_time timestamp, client_address string, url_path string, http_response_status_code int, "
    "http_response_status_class string, http_response_body_size long, user_agent_synthetic_type string, "
    "log_file_path string, log_file_line long"
)


def event(**changes: Any) -> dict[str, Any]:
    return {
        "source": "web",
        "event_time": NOON,
        "client_address": "192.0.2.1",
        "url_path": "/",
        "http_response_status_code": 200,
        "http_response_status_class": "2xx",
        "http_response_body_size": 10,
        "user_agent_synthetic_type": None,
        "log_file_path": "s3://raw/web/a.log",
        "log_file_line": 1,
        **changes,
    }


def events_of(spark: SparkSession, events: Sequence[dict[str, Any]]) -> DataFrame:
    return spark.createDataFrame([Row(**e) for e in events], SCHEMA)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_requests_by_hour_counts_requests_clients_and_bytes_of_each_hour(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(event_time=after(0)),
            event(event_time=after(59.99)),
            event(event_time=after(59), client_address="192.0.2.2", http_response_body_size=None),
            event(event_time=after(60), http_response_body_size=None),
            event(event_time=after(0), source="shop"),
        ],
    )

    assert {tuple(row) for row in requests_by_hour(events).collect()} == {
        ("web", NOON, 3, 2, 20),
        ("web", after(60), 1, 1, 0),
        ("shop", NOON, 1, 1, 10),
    }


def test_requests_by_path_counts_errors_and_requests_without_a_path(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(),
            event(http_response_status_code=404),
            event(http_response_status_code=499),
            event(http_response_status_code=500, client_address="192.0.2.2"),
            event(http_response_status_code=600),
            event(http_response_status_code=None, url_path=None),
            event(url_path="/a"),
        ],
    )

    assert {tuple(row) for row in requests_by_path(events).collect()} == {
        ("web", "/", 5, 2, 2, 1, 50),
        ("web", None, 1, 1, 0, 0, 10),
        ("web", "/a", 1, 1, 0, 0, 10),
    }


def test_requests_by_status_counts_each_status_and_none(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(),
            event(),
            event(http_response_status_code=None, http_response_status_class=None),
            event(source="shop"),
        ],
    )

    assert {tuple(row) for row in requests_by_status(events).collect()} == {
        ("web", 200, "2xx", 2),
        ("web", None, None, 1),
        ("shop", 200, "2xx", 1),
    }


def test_error_rates_are_shares_of_all_requests_of_the_hour(spark: SparkSession) -> None:
    codes = [200, 200, 404, 503]
    events = events_of(spark, [event(http_response_status_code=code) for code in codes] + [event(event_time=after(60))])

    assert {tuple(row) for row in error_rates(events).collect()} == {
        ("web", NOON, 4, 1, 1, 0.25, 0.25),
        ("web", after(60), 1, 0, 0, 0.0, 0.0),
    }


def session_bounds(frame: DataFrame) -> list[tuple[Any, ...]]:
    rows = frame.orderBy("source", "client_address", "session_start").collect()
    return [(row.session_start, row.session_end, row.requests) for row in rows]


def test_a_gap_of_half_an_hour_stays_in_a_session_and_a_longer_one_ends_it(spark: SparkSession) -> None:
    events = events_of(spark, [event(event_time=after(minutes)) for minutes in (0, 30, 60.02, 61)])

    assert session_bounds(sessions(events)) == [(after(0), after(30), 2), (after(60.02), after(61), 2)]


def test_a_session_is_of_one_client_of_one_source(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(),
            event(event_time=after(1)),
            event(client_address="192.0.2.2"),
            event(source="shop"),
            event(client_address=None),
        ],
    )

    assert sorted((row.source, row.client_address, row.requests) for row in sessions(events).collect()) == [
        ("shop", "192.0.2.1", 1),
        ("web", "192.0.2.1", 2),
        ("web", "192.0.2.2", 1),
    ]


def test_a_session_begins_and_ends_with_the_path_of_its_first_and_last_line(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(url_path="/third", log_file_line=3),
            event(url_path="/first", log_file_line=1),
            event(url_path="/second", log_file_line=2),
            event(url_path="/other file", log_file_path="s3://raw/web/b.log", log_file_line=1),
        ],
    )

    (session,) = sessions(events).collect()

    assert (session.entry_path, session.exit_path) == ("/first", "/other file")


def test_a_client_has_its_sessions_times_and_bytes(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(event_time=after(40)),
            event(),
            event(event_time=after(1), http_response_body_size=None),
            event(client_address=None),
        ],
    )

    assert [tuple(row) for row in clients(events).collect()] == [("web", "192.0.2.1", 3, 2, NOON, after(40), 20, None)]


def test_a_client_is_a_bot_where_all_its_requests_are(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(user_agent_synthetic_type="bot"),
            event(),
            event(client_address="192.0.2.2", user_agent_synthetic_type="bot"),
        ],
    )

    assert {row.client_address: row.user_agent_synthetic_type for row in clients(events).collect()} == {
        "192.0.2.1": None,
        "192.0.2.2": "bot",
    }


def test_every_analysis_makes_the_columns_that_are_declared_for_it(
    spark: SparkSession, tables: dict[str, Table]
) -> None:
    events = events_of(spark, [event()])

    for name, analysis in ANALYSES.items():
        made = analysis(events)
        assert made.dtypes == [(column.name, column.type) for column in tables[name].columns], name


def test_the_tables_of_requests_add_up_to_all_events(spark: SparkSession) -> None:
    events = events_of(
        spark,
        [
            event(url_path=None),
            event(http_response_status_code=None),
            event(event_time=after(90)),
            event(source="shop"),
        ],
    )

    for analysis in (requests_by_hour, requests_by_path, requests_by_status, error_rates):
        assert sum(row.requests for row in analysis(events).collect()) == 4
