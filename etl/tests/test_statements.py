from __future__ import annotations

import dataclasses

from loglake_etl.manifest import Manifest, ProcessedTable
from loglake_etl.schema import DIM_CLIENT, TABLES
from loglake_etl.staging import StagedTable
from loglake_etl.statements import copy, insert_missing, load_statements
from support import BUCKET, DT, ROLE, RUN_ID

MANIFEST = Manifest(
    run_id=RUN_ID,
    dt=DT,
    lines_in=10,
    events=7,
    quarantined=2,
    skipped=1,
    tables=(ProcessedTable("events", f"s3://{BUCKET}/events/", 7),),
)


def staged(**rows: int) -> dict[str, StagedTable]:
    return {
        table.name: StagedTable(
            table=table,
            manifest=f"s3://{BUCKET}/_staging/{RUN_ID}/{table.name}.manifest",
            rows=rows.get(table.name, 5),
            truncated=1,
        )
        for table in TABLES
    }


def outline(sqls: list[str]) -> list[str]:
    """Verb and table of each statement."""
    return [" ".join(sql.replace('"', "").replace("INSERT INTO", "INSERT").split()[:3]) for sql in sqls]


def test_replaces_the_day_in_one_order_from_staging_to_audit() -> None:
    assert [line.replace("DELETE FROM", "DELETE") for line in outline(load_statements(MANIFEST, staged(), ROLE))] == [
        "DELETE staging.dim_client",
        "COPY staging.dim_client FROM",
        "DELETE staging.dim_url",
        "COPY staging.dim_url FROM",
        "DELETE staging.dim_user_agent",
        "COPY staging.dim_user_agent FROM",
        "DELETE staging.fact_request",
        "COPY staging.fact_request FROM",
        "DELETE staging.fact_session",
        "COPY staging.fact_session FROM",
        "INSERT logs.dim_client (client_key,",
        "INSERT logs.dim_url (url_key,",
        "DELETE logs.dim_user_agent",
        "INSERT logs.dim_user_agent (user_agent_key,",
        "DELETE logs.fact_request",
        "INSERT logs.fact_request (event_id,",
        "DELETE logs.fact_session",
        "INSERT logs.fact_session (dt,",
        "DELETE loglake.load_audit",
        "INSERT loglake.load_audit (dt,",
    ]


def test_has_no_statement_that_would_commit_or_refuse_a_transaction() -> None:
    verbs = {sql.split()[0] for sql in load_statements(MANIFEST, staged(), ROLE)}
    assert verbs == {"DELETE", "COPY", "INSERT"}


def test_copies_parquet_by_manifest_with_the_role_and_nothing_that_columnar_files_refuse() -> None:
    assert copy(staged()["dim_client"], ROLE) == (
        'COPY "staging"."dim_client" '
        f"FROM 's3://{BUCKET}/_staging/{RUN_ID}/dim_client.manifest' "
        f"IAM_ROLE '{ROLE}' FORMAT AS PARQUET MANIFEST"
    )


def test_does_not_copy_a_table_without_rows_which_has_no_file_to_name() -> None:
    sqls = load_statements(MANIFEST, staged(fact_session=0), ROLE)
    assert not [sql for sql in sqls if sql.startswith('COPY "staging"."fact_session"')]
    assert 'DELETE FROM "staging"."fact_session"' in sqls


def test_adds_to_a_dimension_only_the_keys_that_it_lacks() -> None:
    assert insert_missing(DIM_CLIENT) == (
        'INSERT INTO "logs"."dim_client" ("client_key", "client_address", "network_type", "truncated") '
        'SELECT s."client_key", s."client_address", s."network_type", s."truncated" '
        'FROM "staging"."dim_client" AS s LEFT JOIN "logs"."dim_client" AS d '
        'ON d."client_key" = s."client_key" WHERE d."client_key" IS NULL'
    )


def test_deletes_from_the_facts_this_day_only() -> None:
    sqls = load_statements(MANIFEST, staged(), ROLE)
    assert [sql for sql in sqls if sql.startswith('DELETE FROM "logs"."fact')] == [
        f"""DELETE FROM "logs"."fact_request" WHERE "dt" = CAST('{DT}' AS date)""",
        f"""DELETE FROM "logs"."fact_session" WHERE "dt" = CAST('{DT}' AS date)""",
    ]


def test_audits_the_run_once_with_its_counts() -> None:
    delete, insert = load_statements(MANIFEST, staged(), ROLE)[-2:]
    assert delete == (
        f"""DELETE FROM "loglake"."load_audit" WHERE "dt" = CAST('{DT}' AS date) AND "run_id" = '{RUN_ID}'"""
    )
    assert f"SELECT CAST('{DT}' AS date), '{RUN_ID}', 10, 7, 2, 1, r.row_count, s.row_count, 5, GETDATE() " in insert


def test_quotes_what_it_is_given() -> None:
    manifest = dataclasses.replace(MANIFEST, run_id="a'b")
    assert """"run_id" = 'a''b'""" in load_statements(manifest, staged(), ROLE)[-2]
