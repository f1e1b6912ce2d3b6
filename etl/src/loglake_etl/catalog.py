"""Publishing: the catalog's partition of the day is pointed at the files of the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loglake_etl.clients import Glue
from loglake_etl.errors import LoadError
from loglake_etl.manifest import ProcessedTable


def publish(glue: Glue, database: str, dt: str, run_id: str, tables: Iterable[ProcessedTable]) -> None:
    """Points partition ``dt`` of every table at its folder of ``run_id``.

    A run writes to folders of its own, so a reader sees a table's old day or its new one and never a part of either;
    the tables follow each other within seconds. Publishing again, or after a failure half-way, has the same end.
    """
    for table in tables:
        _publish_table(glue, database, dt, run_id, table)


def _publish_table(glue: Glue, database: str, dt: str, run_id: str, table: ProcessedTable) -> None:
    declared = glue.get_table(DatabaseName=database, Name=table.table)["Table"]
    partition = _partition(declared, dt, run_id, table.location)
    answer = glue.batch_create_partition(DatabaseName=database, TableName=table.table, PartitionInputList=[partition])
    for failure in answer.get("Errors", []):
        detail = failure["ErrorDetail"]
        if detail["ErrorCode"] != "AlreadyExistsException":
            raise LoadError(
                f"partition dt={dt} of {database}.{table.table} can't be created: "
                f"{detail['ErrorCode']}: {detail.get('ErrorMessage', 'no message')}"
            )
        glue.update_partition(
            DatabaseName=database, TableName=table.table, PartitionValueList=[dt], PartitionInput=partition
        )


def _partition(declared: Mapping[str, Any], dt: str, run_id: str, location: str) -> dict[str, Any]:
    # The descriptor is the table's own, so that a reader finds in the partition the columns and the format it knows.
    return {
        "Values": [dt],
        "StorageDescriptor": {**declared["StorageDescriptor"], "Location": location},
        "Parameters": {"loglake.run_id": run_id},
    }
