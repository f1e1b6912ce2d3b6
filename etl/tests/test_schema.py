"""The migrations are the truth about the warehouse's columns; the job must stage exactly those."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loglake_etl.schema import TABLES, Table

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def columns_in_migrations(schema: str, table: str) -> list[tuple[str, str, bool]]:
    """Name, type and whether null is refused, of each column."""
    sql = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
    body = re.search(rf"CREATE TABLE {schema}\.{table} \(\n(.*?)\n\)", sql, re.DOTALL)
    assert body, f"{schema}.{table} is in no migration"
    lines = [line.strip().rstrip(",") for line in body[1].splitlines()]
    found = [re.fullmatch(r"(\w+) (\w+(?:\(\d+\))?)( NOT NULL)?", line) for line in lines]
    return [(match[1], match[2], bool(match[3])) for match in found if match]


def declared(table: Table) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_staging_has_the_columns_of_the_job_in_order_as_copy_goes_by_position(table: Table) -> None:
    assert [(name, kind) for name, kind, _ in columns_in_migrations("staging", table.name)] == declared(table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_target_has_the_same_columns(table: Table) -> None:
    assert [(name, kind) for name, kind, _ in columns_in_migrations("logs", table.name)] == declared(table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_staging_takes_null_everywhere_and_leaves_the_refusal_to_the_target(table: Table) -> None:
    assert [name for name, _, required in columns_in_migrations("staging", table.name) if required] == []
    assert table.key is None or (table.key, True) in [
        (name, required) for name, _, required in columns_in_migrations("logs", table.name)
    ]
