"""The SQL of a load: statements that, in one transaction, put a day in the place of what was there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from loglake_etl.manifest import Manifest
from loglake_etl.schema import (
    DIM_CLIENT,
    DIM_URL,
    DIM_USER_AGENT,
    FACT_REQUEST,
    FACT_SESSION,
    TABLES,
    Table,
)
from loglake_etl.staging import StagedTable

AUDIT = '"loglake"."load_audit"'


def load_statements(manifest: Manifest, staged: Mapping[str, StagedTable], copy_role_arn: str) -> list[str]:
    """Every statement of the load, in order; running all of them again has the same end.

    Staging is emptied by DELETE: TRUNCATE would commit and break the transaction in two
    (https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html).
    """
    return list(_statements(manifest, staged, copy_role_arn))


def _statements(manifest: Manifest, staged: Mapping[str, StagedTable], copy_role_arn: str) -> Iterator[str]:
    for table in TABLES:
        yield f"DELETE FROM {_name('staging', table)}"
        if staged[table.name].rows > 0:
            yield copy(staged[table.name], copy_role_arn)
    for dimension in (DIM_CLIENT, DIM_URL):
        yield insert_missing(dimension)
    # Replaced, not only added to: a later run may know a user agent that an earlier one could not name.
    yield delete_staged(DIM_USER_AGENT)
    yield insert_all(DIM_USER_AGENT)
    for fact in (FACT_REQUEST, FACT_SESSION):
        yield f"DELETE FROM {_name('logs', fact)} WHERE {_quoted('dt')} = {_day(manifest.dt)}"
        yield insert_all(fact)
    yield from audit(manifest, staged.values())


def copy(staged: StagedTable, role_arn: str) -> str:
    """COPY of the staged files, column by column in their order."""
    return (
        f"COPY {_name('staging', staged.table)} FROM {_literal(staged.manifest)} "
        f"IAM_ROLE {_literal(role_arn)} FORMAT AS PARQUET MANIFEST"
    )


def insert_missing(table: Table) -> str:
    """INSERT of the staged rows whose key the dimension does not have."""
    key = _quoted(_key(table))
    columns = ", ".join(f"s.{_quoted(column.name)}" for column in table.columns)
    return (
        f"INSERT INTO {_name('logs', table)} ({_columns(table)}) SELECT {columns} FROM {_name('staging', table)} AS s "
        f"LEFT JOIN {_name('logs', table)} AS d ON d.{key} = s.{key} WHERE d.{key} IS NULL"
    )


def delete_staged(table: Table) -> str:
    """DELETE of the rows whose key was staged."""
    key = _quoted(_key(table))
    return f"DELETE FROM {_name('logs', table)} WHERE {key} IN (SELECT {key} FROM {_name('staging', table)})"


def insert_all(table: Table) -> str:
    """INSERT of every staged row."""
    columns = _columns(table)
    return f"INSERT INTO {_name('logs', table)} ({columns}) SELECT {columns} FROM {_name('staging', table)}"


def audit(manifest: Manifest, staged: Iterable[StagedTable]) -> Iterator[str]:
    """The run's row in the audit, counted from the facts as the transaction leaves them."""
    day, run_id = _day(manifest.dt), _literal(manifest.run_id)
    truncated = sum(table.truncated for table in staged)
    yield f"DELETE FROM {AUDIT} WHERE {_quoted('dt')} = {day} AND {_quoted('run_id')} = {run_id}"
    yield (
        f"INSERT INTO {AUDIT} (dt, run_id, lines_in, events, quarantined, skipped, "
        f"fact_request_rows, fact_session_rows, truncated_rows, loaded_at) "
        f"SELECT {day}, {run_id}, {manifest.lines_in}, {manifest.events}, {manifest.quarantined}, {manifest.skipped}, "
        f"r.row_count, s.row_count, {truncated}, GETDATE() "
        f"FROM (SELECT COUNT(*) AS row_count FROM {_name('logs', FACT_REQUEST)} WHERE dt = {day}) AS r "
        f"CROSS JOIN (SELECT COUNT(*) AS row_count FROM {_name('logs', FACT_SESSION)} WHERE dt = {day}) AS s"
    )


def _key(table: Table) -> str:
    if table.key is None:
        raise ValueError(f"table {table.name!r} has no key")
    return table.key


def _name(schema: str, table: Table) -> str:
    return f"{_quoted(schema)}.{_quoted(table.name)}"


def _columns(table: Table) -> str:
    return ", ".join(_quoted(column.name) for column in table.columns)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _day(dt: str) -> str:
    return f"CAST({_literal(dt)} AS date)"
