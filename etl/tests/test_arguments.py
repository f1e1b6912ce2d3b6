from __future__ import annotations

import pytest

from loglake_etl.arguments import Arguments, parse_arguments
from loglake_etl.errors import LoadError
from support import BUCKET, DT, ROLE, RUN_ID

GIVEN = {
    "run_id": RUN_ID,
    "dt": DT,
    "processed_bucket": BUCKET,
    "processed_database": "lake_processed",
    "cluster_identifier": "lake",
    "database": "logs",
    "copy_role_arn": ROLE,
}


def argv(**changes: str) -> list[str]:
    return [token for name, value in {**GIVEN, **changes}.items() for token in (f"--{name}", value)]


def test_reads_its_own_arguments_among_those_that_glue_adds() -> None:
    glue = ["--JOB_NAME", "lake-load", "--enable-metrics", "true", "--TempDir", "s3://x/y", "--continuous"]
    assert parse_arguments([*glue, *argv()]) == Arguments(**GIVEN)


def test_takes_a_value_after_an_equals_sign() -> None:
    assert parse_arguments([f"--{name}={value}" for name, value in GIVEN.items()]) == Arguments(**GIVEN)


def test_takes_a_run_id_that_begins_with_a_hyphen() -> None:
    assert parse_arguments(argv(run_id="-run")).run_id == "-run"


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_names_the_argument_that_is_missing(name: str) -> None:
    rest = [f"--{other}={value}" for other, value in GIVEN.items() if other != name]
    with pytest.raises(LoadError, match=f"^argument --{name} is missing$"):
        parse_arguments(rest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run_id", "run'; DROP TABLE x; --"),
        ("run_id", ""),
        ("run_id", "a" * 81),
        ("run_id", "run\n"),
        ("dt", "2026-3-1"),
        ("dt", "2026-02-30"),
        ("dt", "\u0662026-03-01"),
        ("processed_bucket", "a/b"),
        ("processed_database", "Lake"),
        ("cluster_identifier", "-lake"),
        ("database", 'lo"gs'),
        ("copy_role_arn", "arn:aws:iam::123456789012:user/x"),
        ("copy_role_arn", f"{ROLE}' FORMAT"),
    ],
)
def test_refuses_a_value_of_another_form_by_name(name: str, value: str) -> None:
    with pytest.raises(LoadError, match=f"^argument --{name} must be .*, got "):
        parse_arguments(argv(**{name: value}))
