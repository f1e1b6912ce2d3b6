from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from loglake_etl.errors import LoadError
from loglake_etl.warehouse import Clock, Warehouse
from support import FakeRedshiftData


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def warehouse(client: FakeRedshiftData, clock: FakeClock, timeout_seconds: float = 60.0) -> Warehouse:
    return Warehouse(client, "lake", "logs", timeout_seconds, Clock(clock.now, clock.sleep))


def test_sends_one_batch_as_the_callers_own_identity(clock: FakeClock) -> None:
    client = FakeRedshiftData()
    assert warehouse(client, clock).run("load", ["DELETE FROM a", "DELETE FROM b"]) == "batch-1"
    token = client.batches[0].pop("ClientToken")
    assert 1 <= len(token) <= 64
    assert client.batches == [
        {
            "ClusterIdentifier": "lake",
            "Database": "logs",
            "Sqls": ["DELETE FROM a", "DELETE FROM b"],
            "StatementName": "load",
        }
    ]


def test_a_second_try_is_a_batch_of_its_own_not_the_first_ones_result(clock: FakeClock) -> None:
    client = FakeRedshiftData({"Status": "FAILED", "Error": "locked"}, {"Status": "FINISHED"})
    with pytest.raises(LoadError, match="locked"):
        warehouse(client, clock).run("load", ["DELETE FROM a"])
    warehouse(client, clock).run("load", ["DELETE FROM a"])
    assert client.batches[0]["ClientToken"] != client.batches[1]["ClientToken"]


def test_asks_again_at_growing_intervals_until_the_batch_is_finished(clock: FakeClock) -> None:
    waiting = [{"Status": status} for status in ("SUBMITTED", "PICKED", *["STARTED"] * 12)]
    warehouse(FakeRedshiftData(*waiting, {"Status": "FINISHED"}), clock, 600).run("load", ["DELETE FROM a"])
    assert clock.sleeps[:3] == [0.25, 0.375, 0.5625]
    assert clock.sleeps == sorted(clock.sleeps)
    assert clock.sleeps[-1] == 15.0


def test_quotes_the_statement_that_failed_and_its_error(clock: FakeClock) -> None:
    failed = {
        "Status": "FAILED",
        "Error": "Query #2 failed",
        "SubStatements": [
            {"Id": "batch-1:1", "Status": "FINISHED", "QueryString": "DELETE FROM a"},
            {"Id": "batch-1:2", "Status": "FAILED", "QueryString": "COPY b FROM x", "Error": "ERROR: no such role"},
            {"Id": "batch-1:3", "Status": "ABORTED", "QueryString": "DELETE FROM c"},
        ],
    }
    with pytest.raises(LoadError) as caught:
        warehouse(FakeRedshiftData(failed), clock).run("load", ["DELETE FROM a", "COPY b FROM x", "DELETE FROM c"])
    assert str(caught.value) == (
        "batch batch-1 failed and was rolled back at statement 2 of 3: ERROR: no such role: COPY b FROM x"
    )


def test_gives_the_batchs_error_where_no_statement_has_one(clock: FakeClock) -> None:
    client = FakeRedshiftData({"Status": "ABORTED", "Error": "cancelled on user's request"})
    with pytest.raises(LoadError, match=r"^batch batch-1 aborted and was rolled back: cancelled on user's request$"):
        warehouse(client, clock).run("load", ["DELETE FROM a"])


def test_cancels_a_batch_that_takes_too_long_so_that_it_can_not_commit_later(clock: FakeClock) -> None:
    client = FakeRedshiftData({"Status": "STARTED"})
    with pytest.raises(LoadError, match=r"^batch batch-1 was STARTED after 60 s and is cancelled; nothing was loaded$"):
        warehouse(client, clock).run("load", ["DELETE FROM a"])
    assert client.cancelled == ["batch-1"]
    assert clock.seconds >= 60


def test_warns_of_a_batch_that_it_may_not_cancel(clock: FakeClock) -> None:
    class Refusing(FakeRedshiftData):
        def cancel_statement(self, *, Id: str) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "CancelStatement")

    with pytest.raises(LoadError, match=r"may still commit, as it can't be cancelled: .*AccessDenied"):
        warehouse(Refusing({"Status": "STARTED"}), clock).run("load", ["DELETE FROM a"])


@pytest.mark.parametrize(
    ("sqls", "message"),
    [
        ([], "a batch must have 1 to 40 statements, got 0"),
        (["SELECT 1"] * 41, "a batch must have 1 to 40 statements, got 41"),
        (["SELECT 1", "é" * 50_001], "statement 2 must have at most 100000 bytes, got 100002"),
    ],
)
def test_refuses_what_the_api_would_before_sending_it(clock: FakeClock, sqls: list[str], message: str) -> None:
    client = FakeRedshiftData()
    with pytest.raises(LoadError, match=message):
        warehouse(client, clock).run("load", sqls)
    assert client.batches == []
