"""The AWS calls that the job makes, as types, and the clients that make them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import boto3
from botocore.config import Config

# Throttling is answered by botocore itself: up to this many tries with growing, jittered waits.
MAX_ATTEMPTS = 8

Answer = Mapping[str, Any]


class S3(Protocol):
    """Calls on the processed bucket; names and arguments are those of boto3."""

    def get_object(self, *, Bucket: str, Key: str) -> Answer: ...
    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> Answer: ...
    def get_paginator(self, operation_name: str) -> Any: ...


class Glue(Protocol):
    """Calls on the Data Catalog."""

    def get_table(self, *, DatabaseName: str, Name: str) -> Answer: ...

    def batch_create_partition(
        self, *, DatabaseName: str, TableName: str, PartitionInputList: Sequence[Answer]
    ) -> Answer: ...

    def update_partition(
        self, *, DatabaseName: str, TableName: str, PartitionValueList: Sequence[str], PartitionInput: Answer
    ) -> Answer: ...


class RedshiftData(Protocol):
    """Calls on the Redshift Data API."""

    def batch_execute_statement(
        self, *, ClusterIdentifier: str, Database: str, Sqls: Sequence[str], StatementName: str, ClientToken: str
    ) -> Answer: ...

    def describe_statement(self, *, Id: str) -> Answer: ...
    def cancel_statement(self, *, Id: str) -> Answer: ...


@dataclass(frozen=True)
class Clients:
    """Every service that the job talks to, beside Spark's own file system."""

    s3: S3
    glue: Glue
    redshift_data: RedshiftData


def clients() -> Clients:
    """Clients with the credentials, the Region and the endpoints of the environment."""
    # boto3 reads AWS_DEFAULT_REGION and the configuration file, but not AWS_REGION, which all other SDKs do.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    config = Config(retries={"mode": "standard", "max_attempts": MAX_ATTEMPTS})
    return Clients(
        s3=session.client("s3", config=config),
        glue=session.client("glue", config=config),
        redshift_data=session.client("redshift-data", config=config),
    )
