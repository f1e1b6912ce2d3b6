"""The arguments of the job, checked before anything is read or written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from loglake_etl.errors import LoadError

# All of these end up in SQL, in a URI or in an API call, so each is held to the narrowest form that its service allows.
_FORMS: dict[str, tuple[str, str]] = {
    "run_id": (r"[A-Za-z0-9_-]{1,80}", "1 to 80 letters, digits, - and _"),
    "dt": (r"\d{4}-\d{2}-\d{2}", "YYYY-MM-DD"),
    "processed_bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket"),
    "processed_database": (r"[a-z0-9_]{1,255}", "lower case letters, digits and _"),
    "cluster_identifier": (r"[a-z][a-z0-9-]{0,62}", "lower case letters, digits and -"),
    "database": (r"[a-z][a-z0-9_]{0,63}", "lower case letters, digits and _"),
    "copy_role_arn": (r"arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}", "the ARN of an IAM role"),
}


@dataclass(frozen=True)
class Arguments:
    """What one run of the job works on."""

    run_id: str
    """Name of the workflow execution."""
    dt: str
    """The day, ``YYYY-MM-DD``."""
    processed_bucket: str
    """Bucket with the run's files, its manifest and the staging files."""
    processed_database: str
    """Glue database of the processed tables."""
    cluster_identifier: str
    """Redshift cluster."""
    database: str
    """Database in the cluster."""
    copy_role_arn: str
    """IAM role that COPY reads the staging files with."""


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """The job's own arguments out of ``--name value`` pairs, ignoring those that Glue adds for itself.

    Not argparse: it would take a value that begins with a hyphen, as the name of an execution may, for an option.
    """
    names = [field.name for field in fields(Arguments)]
    given: dict[str, str] = {}
    rest = iter(argv)
    for token in rest:
        name, equals, value = token.removeprefix("--").partition("=")
        if token.startswith("--") and name in names:
            given[name] = value if equals else next(rest, "")
    for name in names:
        if name not in given:
            raise LoadError(f"argument --{name} is missing")
        form, description = _FORMS[name]
        if not re.fullmatch(form, given[name], re.ASCII):
            raise LoadError(f"argument --{name} must be {description}, got {given[name]!r}")
    try:
        date.fromisoformat(given["dt"])
    except ValueError as error:
        raise LoadError(f"argument --dt must be a day of the calendar, got {given['dt']!r}") from error
    return Arguments(**given)
