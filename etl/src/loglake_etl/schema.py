"""The warehouse's tables as the job stages them: the columns of ``migrations/``, in their order.

COPY matches the columns of Parquet by position and fails on a type that differs, so a test holds this file and the
migrations together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TRUNCATED = "truncated"


@dataclass(frozen=True)
class Column:
    """A column and its type in Redshift."""

    name: str
    type: str

    @property
    def max_bytes(self) -> int | None:
        """Bytes that a varchar holds; its length counts bytes, not characters. None for other types."""
        match = re.fullmatch(r"varchar\((\d+)\)", self.type)
        return int(match[1]) if match else None

    @property
    def spark_type(self) -> str:
        """Type in Spark whose Parquet form COPY reads into the column."""
        return "string" if self.max_bytes is not None else self.type


@dataclass(frozen=True)
class Table:
    """A table in ``logs`` and its twin in ``staging``."""

    name: str
    key: str | None
    """Column that no two rows may share, None where no single column identifies a row."""
    columns: tuple[Column, ...]


def _table(name: str, key: str | None, **columns: str) -> Table:
    with_flag = {**columns, TRUNCATED: "boolean"}
    return Table(name=name, key=key, columns=tuple(Column(column, kind) for column, kind in with_flag.items()))


DIM_CLIENT = _table(
    "dim_client",
    "client_key",
    client_key="bigint",
    client_address="varchar(255)",
    network_type="varchar(4)",
)

DIM_URL = _table(
    "dim_url",
    "url_key",
    url_key="bigint",
    url_path="varchar(8192)",
    url_extension="varchar(16)",
)

DIM_USER_AGENT = _table(
    "dim_user_agent",
    "user_agent_key",
    user_agent_key="bigint",
    user_agent_original="varchar(8192)",
    user_agent_name="varchar(128)",
    user_agent_version="varchar(64)",
    user_agent_os_name="varchar(64)",
    user_agent_synthetic_type="varchar(16)",
)

FACT_REQUEST = _table(
    "fact_request",
    "event_id",
    event_id="varchar(64)",
    dt="date",
    event_time="timestamp",
    source="varchar(255)",
    client_key="bigint",
    url_key="bigint",
    user_agent_key="bigint",
    http_request_method="varchar(16)",
    http_response_status_code="smallint",
    http_response_status_class="varchar(8)",
    http_response_body_size="bigint",
    network_protocol_version="varchar(16)",
)

FACT_SESSION = _table(
    "fact_session",
    None,
    dt="date",
    source="varchar(255)",
    client_key="bigint",
    session_start="timestamp",
    session_end="timestamp",
    duration_seconds="bigint",
    requests="bigint",
    entry_url_key="bigint",
    exit_url_key="bigint",
)

TABLES = (DIM_CLIENT, DIM_URL, DIM_USER_AGENT, FACT_REQUEST, FACT_SESSION)
