"""Running statements through the Redshift Data API: no connection, no password, one transaction."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from loglake_etl.clients import RedshiftData
from loglake_etl.errors import LoadError

# Limits of the API (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html).
MAX_STATEMENTS = 40
MAX_STATEMENT_BYTES = 100_000

FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 15.0
WAIT_GROWTH = 1.5
QUOTED_CHARACTERS = 300


@dataclass(frozen=True)
class Clock:
    """Time, as a test may replace it."""

    now: Callable[[], float] = time.monotonic
    """Seconds since some moment."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Warehouse:
    """A database of a cluster, reached as the database user of the caller's own IAM role (``IAMR:<role name>``)."""

    client: RedshiftData
    cluster_identifier: str
    database: str
    timeout_seconds: float = 3600.0
    clock: Clock = Clock()

    def run(self, name: str, sqls: Sequence[str]) -> str:
        """Runs ``sqls`` as one transaction and waits for it; returns the API's id of the batch.

        All of them are committed, or none and a ``LoadError`` quotes the one that failed.
        """
        _check_limits(sqls)
        # The token makes a repeat of this very request, after a lost answer, find the batch that the first began; a
        # new one each time, because with the old one a retry of the job would find its failed batch and not run.
        batch = self.client.batch_execute_statement(
            ClusterIdentifier=self.cluster_identifier,
            Database=self.database,
            Sqls=list(sqls),
            StatementName=name,
            ClientToken=str(uuid.uuid4()),
        )["Id"]
        self._wait(str(batch), sqls)
        return str(batch)

    def _wait(self, batch: str, sqls: Sequence[str]) -> None:
        deadline = self.clock.now() + self.timeout_seconds
        wait = FIRST_WAIT_SECONDS
        while True:
            answer = self.client.describe_statement(Id=batch)
            if answer["Status"] == "FINISHED":
                return
            if answer["Status"] in ("FAILED", "ABORTED"):
                raise LoadError(_failure(batch, answer, sqls))
            if self.clock.now() >= deadline:
                raise LoadError(
                    f"batch {batch} was {answer['Status']} after {self.timeout_seconds:.0f} s and {self._cancel(batch)}"
                )
            self.clock.sleep(wait)
            wait = min(wait * WAIT_GROWTH, LONGEST_WAIT_SECONDS)

    def _cancel(self, batch: str) -> str:
        # Left alone, it might still commit after the run was reported as failed.
        try:
            self.client.cancel_statement(Id=batch)
        except ClientError as error:
            return f"may still commit, as it can't be cancelled: {error}"
        return "is cancelled; nothing was loaded"


def _check_limits(sqls: Sequence[str]) -> None:
    if not 1 <= len(sqls) <= MAX_STATEMENTS:
        raise LoadError(f"a batch must have 1 to {MAX_STATEMENTS} statements, got {len(sqls)}")
    for number, sql in enumerate(sqls, start=1):
        size = len(sql.encode())
        if size > MAX_STATEMENT_BYTES:
            raise LoadError(f"statement {number} must have at most {MAX_STATEMENT_BYTES} bytes, got {size}")


def _failure(batch: str, answer: Mapping[str, Any], sqls: Sequence[str]) -> str:
    outcome = f"batch {batch} {answer['Status'].lower()} and was rolled back"
    for number, statement in enumerate(answer.get("SubStatements", []), start=1):
        if statement.get("Status") in ("FAILED", "ABORTED"):
            sql = statement.get("QueryString") or sqls[number - 1]
            error = statement.get("Error") or answer.get("Error", "no message")
            return f"{outcome} at statement {number} of {len(sqls)}: {error}: {sql[:QUOTED_CHARACTERS]}"
    return f"{outcome}: {answer.get('Error', 'no message')}"
