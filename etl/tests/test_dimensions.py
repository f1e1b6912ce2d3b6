from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_etl import schema
from loglake_etl.dimensions import dim_client, dim_url, dim_user_agent, key_of
from support import event, events_of, session, sessions_of


def values(rows: DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in rows.select(*columns).collect()), key=repr)


def test_a_key_is_the_same_for_ever(spark: SparkSession) -> None:
    row = events_of(spark, event(1, url_path="/index.html")).select(key_of("url_path").alias("key")).collect()[0]
    # A constant, as facts of earlier days hold it; worked out from the definition of XXH64 with seed 42.
    assert row["key"] == -2432569266364605165


def test_what_was_not_logged_has_no_key_and_no_row(spark: SparkSession) -> None:
    events = events_of(spark, event(1, client_address=None, url_path=None, user_agent_original=None))
    sessions = sessions_of(spark)
    assert events.select(key_of("client_address").alias("key")).collect()[0]["key"] is None
    assert dim_client(events, sessions).count() == 0
    assert dim_url(events, sessions).count() == 0
    assert dim_user_agent(events).count() == 0


NETWORK_TYPES = {
    "192.0.2.1": "ipv4",
    "2001:db8::1": "ipv6",
    "::1": "ipv6",
    "::ffff:192.0.2.1": "ipv6",
    "fe80::1%eth0": "ipv6",
    "proxy.example.org": None,
    "192.0.2.1:8080": None,
    "": None,
}


def test_tells_the_network_type_of_an_address(spark: SparkSession) -> None:
    events = events_of(spark, *[event(number, client_address=each) for number, each in enumerate(NETWORK_TYPES)])
    clients = dim_client(events, sessions_of(spark)).collect()
    assert {row["client_address"]: row["network_type"] for row in clients} == NETWORK_TYPES


def test_has_each_client_of_events_and_sessions_once(spark: SparkSession) -> None:
    events = events_of(spark, event(1), event(2), event(3, client_address="192.0.2.9"))
    sessions = sessions_of(spark, session(), session(client_address="192.0.2.7"))
    assert values(dim_client(events, sessions), "client_address") == [("192.0.2.1",), ("192.0.2.7",), ("192.0.2.9",)]


def test_has_each_path_of_events_and_of_the_ends_of_sessions_once(spark: SparkSession) -> None:
    events = events_of(spark, event(1, url_path="/a"), event(2, url_path="/a"))
    sessions = sessions_of(spark, session(entry_path="/a", exit_path="/b"), session(entry_path="/c", exit_path=None))
    assert values(dim_url(events, sessions), "url_path") == [("/a",), ("/b",), ("/c",)]


EXTENSIONS = {
    "/logo.PNG": "png",
    "/a.b/c.tar.gz": "gz",
    "/v1.2/users": None,
    "/.well-known": None,
    "/": None,
    "/report.": None,
    "/x." + "a" * 17: None,
}


def test_takes_the_extension_from_the_last_segment(spark: SparkSession) -> None:
    events = events_of(spark, *[event(number, url_path=each) for number, each in enumerate(EXTENSIONS)])
    urls = dim_url(events, sessions_of(spark)).collect()
    assert {row["url_path"]: row["url_extension"] for row in urls} == EXTENSIONS


def test_has_each_user_agent_once_with_what_spark_parsed(spark: SparkSession) -> None:
    bot = {
        "user_agent_original": "Googlebot/2.1",
        "user_agent_name": "Googlebot",
        "user_agent_version": "2.1",
        "user_agent_synthetic_type": "bot",
    }
    agents = dim_user_agent(events_of(spark, event(1), event(2), event(3, **bot)))
    columns = [column.name for column in schema.DIM_USER_AGENT.columns if column.name != "user_agent_key"]
    assert values(agents, *columns) == [
        ("Googlebot/2.1", "Googlebot", "2.1", None, "bot", False),
        ("curl/8.0", "curl", "8.0", None, None, False),
    ]


def test_two_paths_that_are_cut_to_the_same_text_keep_keys_of_their_own(spark: SparkSession) -> None:
    long = "/" + "a" * 9000
    events = events_of(spark, event(1, url_path=long + "x"), event(2, url_path=long + "y"))
    rows = dim_url(events, sessions_of(spark)).collect()
    assert [(len(row["url_path"]), row["truncated"]) for row in rows] == [(8192, True), (8192, True)]
    assert len({row["url_key"] for row in rows}) == 2


def test_broken_bytes_give_the_dimension_and_the_facts_the_same_key(spark: SparkSession) -> None:
    broken = events_of(spark, event(1)).withColumn("url_path", F.unhex(F.lit("2FFF00")).cast("string"))
    in_facts = broken.select(key_of("url_path").alias("key")).collect()[0]["key"]
    assert values(dim_url(broken, sessions_of(spark)), "url_key", "url_path") == [(in_facts, "/\ufffd\ufffd")]
